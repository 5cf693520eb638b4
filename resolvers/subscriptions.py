"""The root of subscriptions: the state first, then each change, in order, nothing missed in between."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import JobId
from app.domain.work import EventKind
from app.services.inputs import Where
from resolvers.context import Info
from resolvers.fields import subscription
from resolvers.inputs.filters import MemoryEventFilter
from resolvers.inputs.reading import given
from resolvers.types.work import GraphChange, JobUpdate, MemoryEvent

Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The job's id.")]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
Filter: TypeAlias = Annotated[
    MemoryEventFilter | None, strawberry.argument(description="Which changes; all in sight when not given.")
]


@strawberry.type(
    description="What can be watched. A stream ends with its job, or with the credential; one that lags behind loses "
    "changes and is told so by `gap`."
)
class Subscription:
    @subscription(JobUpdate, description="A job as it is, then as it becomes, until it has ended.")
    def job_status(self, info: Info, id: Id) -> AsyncIterator[Any]:
        ctx = info.context
        return ctx.services.live.job(ctx.principal, job=JobId(id))

    @subscription(JobUpdate, description="Jobs that have not ended, oldest first, then each job that changes.")
    def jobs(self, info: Info, project: Project = UNSET) -> AsyncIterator[Any]:
        ctx = info.context
        return ctx.services.live.jobs(ctx.principal, project=given(project))

    @subscription(MemoryEvent, description="The present revision, then each change of a memory.")
    def memory_events(self, info: Info, project: Project = UNSET, filter: Filter = UNSET) -> AsyncIterator[Any]:
        ctx = info.context
        where = filter.value() if filter else Where()
        kinds = tuple(EventKind(kind) for kind in (filter.events or ())) if filter else ()
        return ctx.services.live.memories(ctx.principal, project=given(project), where=where, kinds=kinds)

    @subscription(
        GraphChange,
        description="The present revision, then each change of an entity, a relation or a link between memories.",
    )
    def graph_changes(self, info: Info, project: Project = UNSET) -> AsyncIterator[Any]:
        ctx = info.context
        return ctx.services.live.graph(ctx.principal, project=given(project))
