"""Jobs that are started again."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import JobId
from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.accounts import ReplayJobInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.work import JobType


@strawberry.type(description="What replayJob did.")
class ReplayJobPayload(Payload):
    job = done(JobType | None, lambda job: job, "The job, waiting again.")


ReplayJob: TypeAlias = Annotated[ReplayJobInput, strawberry.argument(description="The job to start again.")]


@strawberry.type
class WorkMutations:
    @mutation(ReplayJobPayload, description="Starts a failed job again. Needs scope admin.")
    async def replay_job(self, info: Info, input: ReplayJob) -> Any:
        ctx = info.context
        return await outcome(ctx.services.work.replay(ctx.principal, job=JobId(input.id)))
