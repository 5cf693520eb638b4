"""Jobs, and what the live streams tell."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import strawberry

from app.domain.ids import noun_of
from app.domain.work import Job
from app.services.results import Change
from resolvers.context import Info
from resolvers.enums import GraphChangeKind, JobState, MemoryEventKind
from resolvers.fields import PROJECT, USER, linked, part
from resolvers.scalars import JSON, BigInt
from resolvers.types.connection import Connection
from resolvers.types.memories import MemoryType
from resolvers.types.node import Node


def _parked(job: Job) -> bool:
    return job.state is JobState.FAILED and job.attempts >= job.max_attempts


@strawberry.type(name="Job", description="A piece of work that follows from a request, with its state. Every job ends.")
class JobType(Node):
    name: str = strawberry.field(description="What it does: extract, scrub and the like.")
    state: JobState = strawberry.field(description="Where it stands; COMPLETED is said once its result is findable.")
    stage: str = strawberry.field(description="What it is doing just now, in a word.")
    done: int = strawberry.field(description="How many of its parts are done.")
    total: int = strawberry.field(description="How many parts it has; 0 until that is known.")
    attempts: int = strawberry.field(description="How often it was started.")
    max_attempts: int = strawberry.field(description="After so many it gives up.")
    parked = part(bool, _parked, "Whether it gave up and waits for replayJob.")
    error: str | None = strawberry.field(description="Why the last attempt failed.")
    error_code: str | None = strawberry.field(description="The same for programs.")
    result: JSON = strawberry.field(description="What it found: counts by name; empty until it is done.")
    due_at: datetime = strawberry.field(description="When its next attempt may start.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    updated_at: datetime = strawberry.field(description="When it last made progress.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null until then.")
    project = linked(PROJECT, lambda job: job.project, lambda loaders: loaders.projects, "Where it works.")
    user = linked(USER, lambda job: job.user, lambda loaders: loaders.users, "Whom it is about, if anybody.")


@strawberry.type(name="JobConnection", description="A page of jobs.")
class JobConnection(Connection[JobType]):
    pass


def _job(news: Job | Change) -> Job | None:
    return news if isinstance(news, Job) else None


def _gap(news: Job | Change) -> bool:
    return isinstance(news, Change) and news.gap


@strawberry.type(description="A job as it is now, or word of a gap.")
class JobUpdate:
    job = part(JobType | None, _job, "The job as it is; null when this tells of a gap.")
    gap = part(bool, _gap, "Updates before this one were lost: read the jobs anew.")


def _memory(change: strawberry.Parent[Change], info: Info) -> Awaitable[Any] | None:
    ctx = info.context
    return ctx.services.live.memory(ctx.principal, change=change) if change.event else None


@strawberry.type(description="A change of a memory. The first of a stream has no kind: it names the present revision.")
class MemoryEvent:
    revision: BigInt = strawberry.field(description="The number of the change among all of the organization; it grows.")
    gap: bool = strawberry.field(description="Changes before this one were lost: read the memories anew.")
    kind = part(
        MemoryEventKind | None,
        lambda change: change.event and MemoryEventKind(change.event.kind),
        "What happened; null in the first of a stream and in word of a gap.",
    )
    memory_id = part(
        strawberry.ID | None, lambda change: change.event and change.event.subject, "Which memory; null without a kind."
    )
    memory = strawberry.field(
        resolver=_memory,
        graphql_type=MemoryType | None,
        description="The memory as it is now; null when it is erased or hidden.",
    )


def _node(change: strawberry.Parent[Change], info: Info) -> Awaitable[Any] | None:
    ctx = info.context
    match noun_of(change.event.subject) if change.event else None:
        case "entity":
            return ctx.services.live.entity(ctx.principal, change=change)
        case "relation":
            return ctx.services.live.relation(ctx.principal, change=change)
        case "memory":
            return ctx.services.live.memory(ctx.principal, change=change)
        case _:
            return None


@strawberry.type(description="A change of the graph. The first of a stream has no kind: it names the present revision.")
class GraphChange:
    revision: BigInt = strawberry.field(description="The number of the change among all of the organization; it grows.")
    gap: bool = strawberry.field(description="Changes before this one were lost: read the graph anew.")
    kind = part(
        GraphChangeKind | None,
        lambda change: change.event and GraphChangeKind(change.event.kind),
        "What happened; null in the first of a stream and in word of a gap.",
    )
    node_id = part(
        strawberry.ID | None,
        lambda change: change.event and change.event.subject,
        "Which entity, relation or memory; null without a kind.",
    )
    node = strawberry.field(
        resolver=_node, graphql_type=Node | None, description="The same as it is now; null when it is gone or hidden."
    )
