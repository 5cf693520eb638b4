"""Entities, their relations, and what walking the graph shows."""

from asyncio import gather
from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.graph import Entity, GraphPath, Relation
from app.domain.query import MemoryFilter
from app.services.results import Neighborhood, Reached
from resolvers.context import Info
from resolvers.enums import EdgeKind, EntityType
from resolvers.fields import ENTITY, PROJECT, USER, linked, part, related
from resolvers.types.connection import Connection, within
from resolvers.types.lists import memories_of
from resolvers.types.memories import MemoryType, MentionType
from resolvers.types.node import GraphNode, Node
from resolvers.types.understanding import KnowledgePageType

Limit: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many at most, 1 to 100.")]


async def _evidence(relation: strawberry.Parent[Relation], info: Info, limit: Limit = 20) -> Any:
    found = await info.context.loaders.memories.load_many(relation.evidence[: within(limit)])
    return [memory for memory in found if memory is not None]


@strawberry.type(name="Relation", description="One entity to another, read from source to target.")
class RelationType(Node):
    source = linked(ENTITY, lambda relation: relation.source, lambda loaders: loaders.entities, "Where it starts.")
    target = linked(ENTITY, lambda relation: relation.target, lambda loaders: loaders.entities, "Where it leads.")
    type: str = strawberry.field(description="What the source is to the target, in snake case: works_at, lives_in.")
    weight: float = strawberry.field(description="How well it is supported, 0 to 1.")
    valid_from: datetime | None = strawberry.field(description="Since when it is true; null when that is not known.")
    valid_to: datetime | None = strawberry.field(description="Until when it was true; null while it is.")
    evidence = strawberry.field(
        resolver=_evidence, graphql_type=list[MemoryType], description="The memories that say so."
    )


def _mentions(entity: strawberry.Parent[Entity], info: Info, limit: Limit = 20) -> Awaitable[Any]:
    return info.context.loaders.mentioned_by.load((entity.id, within(limit)))


def _relations(entity: strawberry.Parent[Entity], info: Info, limit: Limit = 20) -> Awaitable[Any]:
    return info.context.loaders.entity_relations.load((entity.id, within(limit)))


async def _page(entity: strawberry.Parent[Entity], info: Info) -> Any:
    ctx = info.context
    return await ctx.services.understand.page(ctx.principal, entity=entity.id)


@strawberry.type(name="Entity", description="A named thing that memories speak of.")
class EntityNode(GraphNode):
    name: str = strawberry.field(description="Its canonical name.")
    type: EntityType = strawberry.field(description="What it is.")
    aliases: list[str] = strawberry.field(description="Other names it goes by.")
    description: str | None = strawberry.field(description="What is known of it in a sentence.")
    created_at: datetime = strawberry.field(description="When it was first named.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    project = linked(PROJECT, lambda entity: entity.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(
        USER,
        lambda entity: entity.user,
        lambda loaders: loaders.users,
        "The one end user from whose memories it is known.",
    )
    page = strawberry.field(
        resolver=_page,
        graphql_type=KnowledgePageType | None,
        description="All that is known of it on one page, with the memories that say so.",
    )
    mention_count = related(int, lambda loaders: loaders.mention_counts, "How many live memories name it.")
    mentions = strawberry.field(
        resolver=_mentions, graphql_type=list[MentionType], description="Who names it, the newest memory first."
    )
    relations = strawberry.field(
        resolver=_relations,
        graphql_type=list[RelationType],
        description="Its current relations from and to it, heaviest first.",
    )
    memories = memories_of(
        lambda entity: MemoryFilter(project=entity.project, entities=(entity.id,)),
        "The memories that name it, newest first.",
    )


@strawberry.type(name="EntityConnection", description="A page of entities.")
class EntityConnection(Connection[EntityNode]):
    pass


@strawberry.type(name="Merge", description="An entity that another took in; splitEntity takes it back.")
class MergeType:
    entity_id = part(strawberry.ID, lambda merge: merge.entity.id, "The id of the entity that was taken in.")
    name = part(str, lambda merge: merge.entity.name, "Its name.")
    into = linked(ENTITY, lambda merge: merge.into, lambda loaders: loaders.entities, "The one that took it in.")
    aliases: list[str] = strawberry.field(description="The names that the other one gained.")
    reason: str | None = strawberry.field(description="Why, as it was given.")
    actor: str = strawberry.field(description="Who did it.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(name="MergeConnection", description="A page of merges.")
class MergeConnection(Connection[MergeType]):
    pass


@strawberry.type(description="An edge of the graph between any two nodes.")
class GraphEdge:
    source: strawberry.ID = strawberry.field(description="The node it starts from.")
    target: strawberry.ID = strawberry.field(description="The node it leads to.")
    kind: EdgeKind = strawberry.field(description="Which kind of edge.")
    type: str = strawberry.field(description="What the source is to the target: a relation's or a link's type.")
    label: str | None = strawberry.field(description="Of a link, which of the project's own relation types it is.")
    weight: float = strawberry.field(description="How heavy it is, 0 to 1: salience, weight or confidence.")


async def _reached(reached: strawberry.Parent[Reached], info: Info) -> Any:
    return reached.stood or await info.context.loaders.node(reached.id)


@strawberry.type(description="A node that a walk came to.")
class ReachedNode:
    id = part(strawberry.ID, lambda reached: reached.id, "Its id.")
    distance = part(int, lambda reached: reached.distance, "How many edges away from the start, from 0.")
    node = strawberry.field(
        resolver=_reached, graphql_type=GraphNode | None, description="The node; null when it went in the meantime."
    )


async def _start(found: strawberry.Parent[Neighborhood], info: Info) -> Any:
    stood = next((reached.stood for reached in found.nodes if reached.id == found.start), None)
    return stood or await info.context.loaders.node(found.start)


@strawberry.type(name="Neighborhood", description="What lies around a node.")
class NeighborhoodType:
    start = strawberry.field(resolver=_start, graphql_type=GraphNode | None, description="Where the walk began.")
    nodes: list[ReachedNode] = strawberry.field(description="What it came to, nearest first; the start is among them.")
    edges: list[GraphEdge] = strawberry.field(description="The edges among these nodes.")
    truncated: bool = strawberry.field(description="Whether the limit cut it short.")


async def _along(path: strawberry.Parent[GraphPath], info: Info) -> Any:
    return await gather(*(info.context.loaders.node(each) for each in path.nodes))


@strawberry.type(name="GraphPath", description="A way from one node to another.")
class GraphPathType:
    length = part(int, lambda path: len(path.edges), "How many edges it has.")
    node_ids = part(list[strawberry.ID], lambda path: path.nodes, "The nodes' ids from one end to the other.")
    nodes = strawberry.field(
        resolver=_along,
        graphql_type=list[GraphNode | None],
        description="The nodes from one end to the other; null for one that went in the meantime.",
    )
    edges: list[GraphEdge] = strawberry.field(description="The edge between each pair, in order.")
