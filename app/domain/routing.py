"""What kind of answer a question wants."""

from dataclasses import dataclass
from enum import StrEnum


class RouteKind(StrEnum):
    KEYPATH = "KEYPATH"
    ENTITY = "ENTITY"
    TIME = "TIME"
    DECISION = "DECISION"
    COUNT = "COUNT"
    PROFILE = "PROFILE"
    HYBRID = "HYBRID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A kind of answer, what in the question speaks for it, and how sure that is, 0 to 1."""

    kind: RouteKind
    why: str
    confidence: float
