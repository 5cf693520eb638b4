"""What is chosen between memories."""

import strawberry

from resolvers.enums import Outcome


@strawberry.input(name="ResolveDecisionInput", description="An outcome for a decision, open or settled.")
class ResolveDecisionInput:
    decision: strawberry.ID = strawberry.field(description="The decision.")
    outcome: Outcome = strawberry.field(description="Which of its memories still hold.")
    reason: str = strawberry.field(description="Why; 1 to 500 characters.")
