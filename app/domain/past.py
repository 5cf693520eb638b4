"""The record as it stood: two clocks, what was known then and what was true then."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.domain.graph import Edge
from app.domain.ids import MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What was known by a revision and by a time, where they are given; `at` tells what had expired, and which edges held."""

    revision: int | None = None
    recorded: datetime | None = None
    at: datetime


class PastEdge(NamedTuple):
    """An edge that held then. A relation that was known from memories held while one of these lived."""

    edge: Edge
    evidence: tuple[MemoryId, ...]
