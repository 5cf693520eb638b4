"""Two memories that do not hold together, and what was chosen between them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import DecisionId, MemoryId, ProjectId, UserId
from app.domain.memory import Memory

RULES = "rules"
"""Who settled what extraction settled by itself."""


class Outcome(StrEnum):
    """Which of the two still hold. What no longer does stays in the record, with its `valid_to`."""

    KEEP_NEWER = "KEEP_NEWER"
    KEEP_OLDER = "KEEP_OLDER"
    KEEP_BOTH = "KEEP_BOTH"
    REJECT_BOTH = "REJECT_BOTH"


class DecisionState(StrEnum):
    OPEN = "OPEN"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Open while it has no outcome; one that is settled may be settled anew.

    `why` and `confidence` (0..1) are what was found between the two, `reason` is why the outcome was chosen.
    `ended_at` is the `valid_to` that the outcome gave to what no longer holds.
    """

    id: DecisionId
    project: ProjectId
    user: UserId | None
    newer: MemoryId
    older: MemoryId
    why: str
    confidence: float
    opened_at: datetime
    outcome: Outcome | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def state(self) -> DecisionState:
        return DecisionState.SETTLED if self.outcome else DecisionState.OPEN

    @property
    def ended(self) -> frozenset[MemoryId]:
        """Which of the two the outcome ends."""
        return frozenset(self.ended_by(self.outcome)) if self.outcome else frozenset()

    def ended_by(self, outcome: Outcome) -> tuple[MemoryId, ...]:
        match outcome:
            case Outcome.KEEP_NEWER:
                return (self.older,)
            case Outcome.KEEP_OLDER:
                return (self.newer,)
            case Outcome.KEEP_BOTH:
                return ()
            case Outcome.REJECT_BOTH:
                return (self.newer, self.older)


def said_at(memory: Memory) -> datetime:
    """When what a memory says was said."""
    return memory.occurred_at or memory.created_at
