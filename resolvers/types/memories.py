"""A memory and what hangs on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from app.domain.cluster import LEAST, Cluster
from app.domain.ids import MemoryId
from app.domain.memory import LinkType as Link
from app.domain.memory import Memory, MemoryLink
from resolvers.context import Info
from resolvers.enums import Kind, Layer, LinkType, Status
from resolvers.fields import AGENT, CLUSTER, ENTITY, MEMORY, PROJECT, SESSION, SOURCE, USER, linked, many, part, related
from resolvers.scalars import JSON, BigInt
from resolvers.types.connection import Connection
from resolvers.types.lists import FEEDBACK, VERSIONS, MemoryListing, paged
from resolvers.types.node import GraphNode

_SAYING = frozenset({Link.SUPPORTS, Link.SIMILAR})


@strawberry.type(description="A stretch of a memory's text, counted in Unicode code points.")
class Span:
    start: int = strawberry.field(description="The first code point, from 0.")
    end: int = strawberry.field(description="The code point after the last.")


@strawberry.type(name="Mention", description="A memory names an entity.")
class MentionType:
    memory = linked(
        MEMORY, lambda mention: mention.memory, lambda loaders: loaders.memories, "The memory that names it."
    )
    entity = linked(ENTITY, lambda mention: mention.entity, lambda loaders: loaders.entities, "What is named.")
    salience: float = strawberry.field(description="How much the memory is about it, 0 to 1.")
    spans: list[Span] = strawberry.field(description="Where in the text it is named.")


@strawberry.type(name="MemoryLink", description="An edge from one memory to another.")
class MemoryLinkType:
    source_id = part(strawberry.ID, lambda link: link.source, "The memory it starts from.")
    target_id = part(strawberry.ID, lambda link: link.target, "The memory it leads to.")
    source = linked(MEMORY, lambda link: link.source, lambda loaders: loaders.memories, "The memory it starts from.")
    target = linked(MEMORY, lambda link: link.target, lambda loaders: loaders.memories, "The memory it leads to.")
    type: LinkType = strawberry.field(description="What the source is to the target.")
    label: str | None = strawberry.field(description="Which of the project's own relation types, where it is one.")
    confidence: float = strawberry.field(description="How sure it is, 0 to 1.")
    reason: str | None = strawberry.field(description="Why it was made, where that was said.")
    created_at: datetime = strawberry.field(description="When it was made.")


@strawberry.type(description="What reading and feedback left on a memory. Not versioned.")
class Usage:
    access_count: int = strawberry.field(description="How often it was found or read.")
    last_accessed_at: datetime | None = strawberry.field(description="When it was last found or read.")
    feedback: float = strawberry.field(description="The sum of the feedback given; 0 for none.")


async def _cluster(memory: strawberry.Parent[Memory], info: Info) -> Cluster | None:
    loaders = info.context.loaders
    own = await loaders.cluster_of.load(memory.id)
    if own is None or await loaders.cluster_sizes.load(own) < LEAST:
        return None
    return await loaders.clusters.load(own)


@strawberry.type(name="Feedback", description="What somebody said of a memory.")
class FeedbackType:
    number: int = strawberry.field(description="Counts what was said of the memory, from 1.")
    value: float = strawberry.field(description="-1 (wrong, of no use) to 1 (right, of use).")
    reason: str | None = strawberry.field(description="Why, where that was said.")
    actor: str = strawberry.field(description="Who said it.")
    at: datetime = strawberry.field(description="When.")


async def _said(memory: Memory, info: Info) -> list[MemoryId]:
    links: Sequence[MemoryLink] = await info.context.loaders.links.load(memory.id)
    drawn = [link.target for link in links if link.source == memory.id and link.type is Link.DERIVED_FROM]
    again = [link.source for link in links if link.target == memory.id and link.type in _SAYING]
    return list(dict.fromkeys((*drawn, *again)))


async def _said_count(memory: strawberry.Parent[Memory], info: Info) -> int:
    return len(await _said(memory, info))


async def _said_by(memory: strawberry.Parent[Memory], info: Info) -> Any:
    found = await info.context.loaders.memories.load_many(await _said(memory, info))
    return [one for one in found if one is not None]


@strawberry.type(name="Memory", description="A piece of text with what is known about it, on two clocks.")
class MemoryType(GraphNode):
    text: str = strawberry.field(
        description="What is remembered, as it was written; at most 50,000 characters, 100,000 at a keypath."
    )
    title: str | None = strawberry.field(description="At most 500 characters.")
    summary: str | None = strawberry.field(description="At most 5,000 characters.")
    kind: Kind | None = strawberry.field(description="How it holds; null until extraction has told.")
    type: str | None = strawberry.field(
        description="fact, preference, event, decision, gotcha, architecture, pattern, discovery, insight, reference, "
        "summary, note, or a word of the caller's own; null until extraction has told."
    )
    categories: list[str] = strawberry.field(description="At most 50, of at most 100 characters.")
    tags: list[str] = strawberry.field(description="The caller's own labels; at most 50, of at most 100 characters.")
    files: list[str] = strawberry.field(description="Files it speaks of.")
    keypath: str | None = strawberry.field(description="Its address in a tree, as `a.b.c`; see memoryAt.")
    importance: float = strawberry.field(description="0 to 1.")
    layer: Layer = strawberry.field(description="How long it is meant to stay.")
    expires_at: datetime | None = strawberry.field(description="When it stops being found; null for never.")
    status: Status = strawberry.field(description="How far extraction has come.")
    skip_reason: str | None = strawberry.field(description="Why extraction found nothing to keep, if so.")
    metadata: JSON = strawberry.field(description="What the caller keeps with it; at most 16 KiB and 8 levels.")
    position: int | None = strawberry.field(description="Its place in its session or source, from 0.")
    role: str | None = strawberry.field(description="The role of who said it: user, assistant, system, tool.")
    speaker: str | None = strawberry.field(description="The name of who said it.")
    occurred_at: datetime | None = strawberry.field(description="When it happened.")
    valid_from: datetime | None = strawberry.field(description="Since when it is true; null when that is not known.")
    valid_to: datetime | None = strawberry.field(description="Until when it was true; null while it is.")
    created_at: datetime = strawberry.field(description="When it was stored.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    version: int = strawberry.field(description="Counts its changes, from 1.")
    deleted_at: datetime | None = strawberry.field(description="When it was forgotten; null while it lives.")
    project = linked(PROJECT, lambda memory: memory.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(USER, lambda memory: memory.user, lambda loaders: loaders.users, "Whom it is about, if anybody.")
    agent = linked(
        AGENT, lambda memory: memory.agent, lambda loaders: loaders.agents, "What program wrote it, if one did."
    )
    session = linked(
        SESSION, lambda memory: memory.session, lambda loaders: loaders.sessions, "The conversation it is from, if any."
    )
    source = linked(
        SOURCE, lambda memory: memory.source, lambda loaders: loaders.sources, "What it came from, if known."
    )
    cluster = strawberry.field(
        resolver=_cluster, graphql_type=CLUSTER | None, description="The group of memories that it is in, if any."
    )
    mentions = related(
        list[MentionType], lambda loaders: loaders.mentions, "The entities it names, by salience; at most 100."
    )
    links = related(
        list[MemoryLinkType],
        lambda loaders: loaders.links,
        "Links from it and to it whose other end lives, strongest first; at most 100.",
    )
    said_count = strawberry.field(
        resolver=_said_count,
        graphql_type=int,
        description="How many memories it was drawn from or joined with; at most 100.",
    )
    said_by = strawberry.field(
        resolver=_said_by,
        graphql_type=many(MEMORY),
        description="The memories that it was drawn from, and those that said the same again.",
    )
    usage = related(Usage, lambda loaders: loaders.usage, "How often it was read, and what was said of it.")
    versions = paged(
        VERSIONS,
        lambda services, principal, memory, page: services.explore.versions(principal, memory=memory.id, page=page),
        "How it stood after each of its changes, newest first.",
    )
    feedback = paged(
        FEEDBACK,
        lambda services, principal, memory, page: services.curate.feedback(principal, memory=memory.id, page=page),
        "What was said of it, newest first.",
    )


def _as_it_stood(graphql_type: Any, name: str, description: str) -> Any:
    return part(graphql_type, lambda version: getattr(version.memory, name), description)


@strawberry.type(name="MemoryVersion", description="A memory as it stood after one change.")
class MemoryVersionType:
    version: int = strawberry.field(description="Counts the memory's changes, from 1.")
    revision: BigInt = strawberry.field(description="The number of that change among all of the organization.")
    recorded_at: datetime = strawberry.field(description="When it was changed.")
    actor: str = strawberry.field(description="Who changed it.")
    memory_id = part(strawberry.ID, lambda version: version.memory.id, "The memory that it is a version of.")
    keypath = _as_it_stood(str | None, "keypath", "Its address in a tree.")
    text = _as_it_stood(str, "text", "The text as it stood.")
    title = _as_it_stood(str | None, "title", "The title as it stood.")
    summary = _as_it_stood(str | None, "summary", "The summary as it stood.")
    kind = _as_it_stood(Kind | None, "kind", "The kind as it stood.")
    type = _as_it_stood(str | None, "type", "The type as it stood.")
    categories = _as_it_stood(list[str], "categories", "The categories as they stood.")
    tags = _as_it_stood(list[str], "tags", "The tags as they stood.")
    importance = _as_it_stood(float, "importance", "The importance as it stood, 0 to 1.")
    metadata = _as_it_stood(JSON, "metadata", "The metadata as they stood.")
    occurred_at = _as_it_stood(datetime | None, "occurred_at", "When it happened, as it was known.")
    valid_from = _as_it_stood(datetime | None, "valid_from", "Since when it was true, as it was known.")
    valid_to = _as_it_stood(datetime | None, "valid_to", "Until when it was true, as it was known.")
    deleted_at = _as_it_stood(datetime | None, "deleted_at", "When it was forgotten; null while it lived.")


async def _total(listing: strawberry.Parent[MemoryListing], info: Info) -> int:
    ctx = info.context
    if listing.as_of is not None:
        return await ctx.services.past.count_memories(ctx.principal, where=listing.where, as_of=listing.as_of)
    return await ctx.services.explore.count_memories(ctx.principal, where=listing.where)


@strawberry.type(name="MemoryConnection", description="A page of memories.")
class MemoryConnection(Connection[MemoryType]):
    total_count: int = strawberry.field(
        resolver=_total, description="How many there are in all; counted when asked for."
    )


@strawberry.type(name="MemoryVersionConnection", description="A page of a memory's versions.")
class MemoryVersionConnection(Connection[MemoryVersionType]):
    pass


@strawberry.type(name="FeedbackConnection", description="A page of what was said of a memory.")
class FeedbackConnection(Connection[FeedbackType]):
    pass
