"""A moment in the past."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from app.services.inputs import AsOf
from resolvers.inputs.reading import Reads, filled, optional
from resolvers.scalars import BigInt


@strawberry.input(
    name="AsOf",
    description="A moment on two clocks: what was known then (knownAt, revision; both hold where both are given), and "
    "what was true then (trueAt). What was erased has no past. Links, mentions and relations are told by time alone: "
    "for a revision, by the time of that change.",
)
class AsOfInput(Reads):
    known_at: datetime | None = optional("What was on record at this time; a time to come means now.")
    revision: BigInt | None = optional(
        "What was on record right after this change of the organization; 0 for nothing, one to come means now."
    )
    true_at: datetime | None = optional("What was true at this time, by validFrom and validTo.")

    def value(self) -> AsOf:
        return filled(AsOf, self)


AsOfArgument: TypeAlias = Annotated[
    AsOfInput | None,
    strawberry.argument(description="As it stood at a moment in the past; as it stands when left out."),
]


def moment(given: AsOfInput | None) -> AsOf | None:
    """None for the present."""
    return given.value() if given else None
