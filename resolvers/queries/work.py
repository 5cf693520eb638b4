"""Jobs."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import JobId
from resolvers.context import Info
from resolvers.enums import JobState
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.work import JobConnection, JobType

Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The job's id.")]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
States: TypeAlias = Annotated[
    list[JobState] | None, strawberry.argument(description="In any of these states; all when not given.")
]
Parked: TypeAlias = Annotated[
    bool | None, strawberry.argument(description="Only those that gave up (true) or did not (false).")
]


@strawberry.type
class WorkQueries:
    @field(JobType | None, description="A job by its id.")
    def job(self, info: Info, id: Id) -> Awaitable[Any]:
        return info.context.loaders.jobs.load(JobId(id))

    @field(JobConnection | None, description="Jobs, newest first.")
    async def jobs(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        states: States = UNSET,
        parked: Parked = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.work.jobs(
            ctx.principal,
            project=given(project),
            states=tuple(states or ()),
            parked=given(parked),
            page=window(first, after, last, before),
        )
