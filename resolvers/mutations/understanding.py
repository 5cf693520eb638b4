"""What memories come to, made anew."""

from typing import Annotated, Any, TypeAlias

import strawberry

from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.reading import given
from resolvers.inputs.understanding import RefreshClustersInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.work import JobType


@strawberry.type(description="What refreshClusters did.")
class RefreshClustersPayload(Payload):
    job = done(JobType | None, lambda job: job, "The job that re-balances; jobStatus tells how it goes.")


RefreshClusters: TypeAlias = Annotated[
    RefreshClustersInput, strawberry.argument(description="Whose clusters to re-balance.")
]


@strawberry.type
class UnderstandingMutations:
    @mutation(
        RefreshClustersPayload,
        description="Re-balances the clusters of one end user, or of memories about nobody. Those that survive keep "
        "their ids; of two that become one, the older.",
    )
    async def refresh_clusters(self, info: Info, input: RefreshClusters) -> Any:
        ctx = info.context
        project, user = given(input.project), given(input.user)
        return await outcome(ctx.services.clusters.refresh(ctx.principal, project=project, user=user))
