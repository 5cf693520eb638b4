"""Entities and walks over the graph."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import EntityId
from app.services.inputs import EntityWhere, Route, Walk
from resolvers.context import Info
from resolvers.enums import EdgeKind
from resolvers.errors import present
from resolvers.fields import field
from resolvers.inputs.filters import EntityFilter
from resolvers.inputs.past import AsOfArgument, moment
from resolvers.inputs.reading import given
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.graph import EntityConnection, EntityNode, GraphPathType, MergeConnection, NeighborhoodType

Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The entity's id.")]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
Filter: TypeAlias = Annotated[
    EntityFilter | None, strawberry.argument(description="Which entities; all in sight when not given.")
]
Start: TypeAlias = Annotated[
    strawberry.ID, strawberry.argument(name="from", description="Where to begin: a memory, an entity or a user.")
]
End: TypeAlias = Annotated[
    strawberry.ID, strawberry.argument(name="to", description="Where to get: a memory, an entity or a user.")
]
Depth: TypeAlias = Annotated[int, strawberry.argument(description="How many edges away at most, 1 to 4.")]
Length: TypeAlias = Annotated[
    int, strawberry.argument(name="depth", description="How many edges a path may have, 1 to 8.")
]
Kinds: TypeAlias = Annotated[
    list[EdgeKind] | None, strawberry.argument(description="Follow these kinds of edges only; all when not given.")
]
Nodes: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many nodes at most, 1 to 500.")]
Paths: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many paths at most, 1 to 5.")]


@strawberry.type
class GraphQueries:
    @field(EntityNode | None, description="An entity by its id.")
    def entity(self, info: Info, id: Id) -> Awaitable[Any]:
        return info.context.loaders.entities.load(EntityId(id))

    @field(EntityConnection | None, description="Entities by filter, by name.")
    async def entities(
        self,
        info: Info,
        *,
        filter: Filter = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        where = filter.value() if filter else EntityWhere()
        page = window(first, after, last, before)
        return await ctx.services.explore.entities(ctx.principal, where=where, page=page)

    @field(MergeConnection | None, description="Entities that others took in, newest first.")
    async def merges(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.merging.merges(ctx.principal, project=given(project), page=page)

    @field(
        NeighborhoodType | None,
        description="What lies around a node, nearest first, the heaviest edges of a hub before others. "
        "Edges are followed both ways. With asOf, over the edges that held and the memories that lived then; entities "
        "and users are shown as they are.",
    )
    async def neighborhood(
        self,
        info: Info,
        *,
        start: Start,
        depth: Depth = 1,
        kinds: Kinds = UNSET,
        limit: Nodes = 100,
        as_of: AsOfArgument = UNSET,
    ) -> Any:
        ctx, then = info.context, moment(as_of)
        walk = Walk(start=start, depth=depth, kinds=tuple(kinds or ()), limit=limit)
        if then is not None:
            return await present(ctx.services.past.neighborhood(ctx.principal, walk=walk, as_of=then))
        return await present(ctx.services.explore.neighborhood(ctx.principal, walk=walk))

    @field(
        list[GraphPathType] | None,
        description="The shortest ways from one node to another, shortest first; empty when there is none.",
    )
    async def paths(self, info: Info, *, start: Start, end: End, count: Paths = 1, depth: Length = 6) -> Any:
        ctx = info.context
        route = Route(start=start, end=end, count=count, depth=depth)
        return await present(ctx.services.explore.paths(ctx.principal, route=route))
