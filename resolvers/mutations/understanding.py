"""What memories come to, made anew."""

from typing import Annotated, Any, TypeAlias

import strawberry

from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.reading import given
from resolvers.inputs.understanding import RefreshClustersInput, RefreshVectorsInput, SummarizeMemoriesInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.memories import MemoryType
from resolvers.types.summaries import SummarySentenceType
from resolvers.types.work import JobType


@strawberry.type(description="What refreshClusters did.")
class RefreshClustersPayload(Payload):
    job = done(JobType | None, lambda job: job, "The job that re-balances; jobStatus tells how it goes.")


@strawberry.type(description="What refreshVectors did.")
class RefreshVectorsPayload(Payload):
    job = done(JobType | None, lambda job: job, "The job that reads them; jobStatus tells how it goes.")


@strawberry.type(description="What summarizeMemories did, or would do.")
class SummarizeMemoriesPayload(Payload):
    text = done(str | None, lambda summary: summary.text, "The summary, in sentences of the memories themselves.")
    sentences = done(
        list[SummarySentenceType],
        lambda summary: summary.sentences,
        "Its sentences, each with the memory that it stands in.",
        instead=(),
    )
    read_count = done(int, lambda summary: summary.read, "How many memories were read.", instead=0)
    memory = done(
        MemoryType | None,
        lambda summary: summary.memory,
        "The summary as a memory, linked with those that it quotes; null for a trial.",
    )


SummarizeMemories: TypeAlias = Annotated[SummarizeMemoriesInput, strawberry.argument(description="What to sum up.")]
RefreshClusters: TypeAlias = Annotated[
    RefreshClustersInput, strawberry.argument(description="Whose clusters to re-balance.")
]

RefreshVectors: TypeAlias = Annotated[RefreshVectorsInput, strawberry.argument(description="Whose memories to read.")]


@strawberry.type
class UnderstandingMutations:
    @mutation(
        RefreshVectorsPayload,
        description="Reads memories anew for the search by meaning, with the model that is set now. Their words and "
        "versions stay as they are.",
    )
    async def refresh_vectors(self, info: Info, input: RefreshVectors) -> Any:
        ctx = info.context
        project, user = given(input.project), given(input.user)
        return await outcome(ctx.services.refresh.begin(ctx.principal, project=project, user=user))

    @mutation(
        RefreshClustersPayload,
        description="Re-balances the clusters of one end user, or of memories about nobody. Those that survive keep "
        "their ids; of two that become one, the older.",
    )
    async def refresh_clusters(self, info: Info, input: RefreshClusters) -> Any:
        ctx = info.context
        project, user = given(input.project), given(input.user)
        return await outcome(ctx.services.clusters.refresh(ctx.principal, project=project, user=user))

    @mutation(
        SummarizeMemoriesPayload,
        description="Sums memories up in a few of their own sentences and keeps that as a memory of type summary. "
        "It goes when one of the memories that it quotes is forgotten.",
    )
    async def summarize_memories(self, info: Info, input: SummarizeMemories) -> Any:
        services, principal = info.context.services, info.context.principal
        use_case = services.summarize.preview if input.dry_run else services.summarize.summarize
        return await outcome(use_case(principal, request=input.value()))
