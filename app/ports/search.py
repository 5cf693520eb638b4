"""Candidate search. An index answers with ids and scores; the record confirms them before they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.ids import EntityId, MemoryId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.ports.models import Embedding


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory with one source's score; higher is nearer."""

    memory: MemoryId
    score: float


class SearchIndex(Protocol):
    """Each method keeps to what the principal sees and to the filter, best first, ties by id."""

    def for_one_question(self) -> "SearchIndex":
        """The same for the calls of one question of one principal: what it has to know first, it reads once."""
        ...

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """Memories that share any term with the query, by BM25 (> 0, unbounded). Terms are plain words."""
        ...

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """Memories by cosine (-1..1), exact. Vectors of other models or dimensions are not compared."""
        ...

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """Memories that mention the entities, by the sum of salience (0..number of entities)."""
        ...
