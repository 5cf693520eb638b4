"""Settling what does not hold together."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import DecisionId
from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.deciding import ResolveDecisionInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.decisions import DecisionType


@strawberry.type(description="What resolveDecision did.")
class ResolveDecisionPayload(Payload):
    decision = done(DecisionType | None, lambda decision: decision, "The decision as it is settled.")


ResolveDecision: TypeAlias = Annotated[ResolveDecisionInput, strawberry.argument(description="What was chosen.")]


@strawberry.type
class DecidingMutations:
    @mutation(
        ResolveDecisionPayload,
        description="Settles a decision: what no longer holds gets its validTo and stays in the record. "
        "One that is settled may be settled anew.",
    )
    async def resolve_decision(self, info: Info, input: ResolveDecision) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.deciding.resolve(
                ctx.principal, decision=DecisionId(input.decision), outcome=input.outcome, reason=input.reason
            )
        )
