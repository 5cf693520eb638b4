"""What is said of memories that are there."""

from datetime import datetime

import strawberry

from app.services.inputs import NewFeedback
from resolvers.inputs.filters import PROJECT
from resolvers.inputs.reading import filled, optional


@strawberry.input(name="GiveFeedbackInput", description="What you say of a memory. It adds to what was said before.")
class GiveFeedbackInput:
    memory: strawberry.ID = strawberry.field(description="The memory.")
    value: float = strawberry.field(
        description="-1 (wrong, of no use) to 1 (right, of use); 0 is noted and moves nothing."
    )
    reason: str | None = optional("Why; at most 1,000 characters.")
    importance_by: float = strawberry.field(
        default=0.0, description="Added to its importance as well, which stays within 0.05 and 1."
    )

    def feedback(self) -> NewFeedback:
        return filled(NewFeedback, self)


@strawberry.input(name="PromoteMemoryInput", description="Working memory that is to stay.")
class PromoteMemoryInput:
    id: strawberry.ID = strawberry.field(description="A memory of the layer TASK.")
    expires_at: datetime | None = optional("When it stops being found all the same; never when left out.")


@strawberry.input(name="DemoteMemoryInput", description="A memory that is to become working memory.")
class DemoteMemoryInput:
    id: strawberry.ID = strawberry.field(description="A memory of the layer RAW.")
    expires_at: datetime | None = optional("When it ends; after the life of working memory (24 h) when left out.")


@strawberry.input(name="SetBioInput", description="A bio that is written by hand.")
class SetBioInput:
    user: str = strawberry.field(description="Whose, by the caller's own id or ours; created on first use.")
    project: str | None = optional(PROJECT)
    text: str | None = optional("The words, at most 5,000 characters; left out to go back to what memories say.")
