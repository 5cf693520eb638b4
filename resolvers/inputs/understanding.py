"""What is to be understood anew."""

import strawberry

from app.services.inputs import SummaryRequest
from resolvers.inputs.filters import MemoryFilter
from resolvers.inputs.reading import Reads, filled, optional


@strawberry.input(name="RefreshClustersInput", description="Whose clusters to re-balance.")
class RefreshClustersInput:
    project: str | None = optional("A project, by id or slug; the only one the key opens, else default.")
    user: str | None = optional(
        "This end user's, by the caller's own id or ours; of what is about nobody in particular when left out."
    )


@strawberry.input(name="RefreshVectorsInput", description="Whose memories to read anew.")
class RefreshVectorsInput:
    project: str | None = optional("A project, by id or slug; the only one the key opens, else default.")
    user: str | None = optional("Only those about this end user, by the caller's own id or ours.")


@strawberry.input(
    name="SummarizeMemoriesInput",
    description="What to sum up, and how long the summary may be. Exactly one of ids and filter.",
)
class SummarizeMemoriesInput(Reads):
    ids: list[strawberry.ID] | None = optional("These memories; at most 500.")
    where: MemoryFilter | None = strawberry.field(
        name="filter", default=strawberry.UNSET, description="What this filter finds, the newest 500."
    )
    max_sentences: int = strawberry.field(default=5, description="How many sentences at most, 1 to 50.")
    max_tokens: int = strawberry.field(default=500, description="How many tokens (o200k_base) at most, 1 to 10,000.")
    dry_run: bool = strawberry.field(default=False, description="Only tell the summary; store nothing.")

    def value(self) -> SummaryRequest:
        return filled(SummaryRequest, self)
