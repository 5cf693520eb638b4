"""One's own writes in front of an index that follows: what it does not know yet is scored from the record.

The record is asked first what is pending, the index after that. A memory that is settled in between is then
in the index; the other way round it could be in neither answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from app.domain.errors import Unavailable
from app.domain.ids import EntityId, MemoryId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.ports.indexing import Pending, RecordSearch
from app.ports.models import Embedding
from app.ports.search import Candidate, SearchIndex

FEW = 2_000
"""Up to so many pending memories are laid over the index's answer. Of more, words are the record's own business."""
MANY = 20_000
"""Up to so many vectors are compared here, a search. Beyond, the index is too far behind to answer by meaning."""


class LayeredSearch:
    def __init__(self, *, index: SearchIndex, record: RecordSearch, few: int = FEW, many: int = MANY) -> None:
        self._index, self._record, self._few, self._many = index, record, few, many

    def for_one_question(self) -> "LayeredSearch":
        return LayeredSearch(index=self._index, record=_PendingOnce(self._record), few=self._few, many=self._many)

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        pending = await self._pending(principal, where, self._few)
        if pending is None:
            return await self._record.words(principal, terms=terms, where=where, limit=limit)

        async def best(count: int) -> list[Candidate]:
            return await self._index.words(principal, terms=terms, where=where, limit=count)

        ids = tuple(each.memory for each in pending)
        found = await _without(best, frozenset(ids), limit)
        if not ids:
            return found
        fresh = await self._record.words(principal, terms=terms, where=replace(where, ids=ids), limit=limit)
        return _best((*found, *fresh), limit)

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        pending = await self._pending(principal, where, self._few)
        if pending is None:
            pending = await self._pending(principal, where, self._many)
        if pending is None:
            raise Unavailable("The search index is too far behind")

        async def best(count: int) -> list[Candidate]:
            return await self._index.nearest(principal, embedding=embedding, where=where, limit=count)

        found = await _without(best, frozenset(each.memory for each in pending), limit)
        return _best((*found, *_scored(pending, embedding)), limit)

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        return await self._record.mentioning(principal, entities=entities, where=where, limit=limit)

    async def _pending(self, principal: Principal, where: MemoryFilter, most: int) -> list[Pending] | None:
        """All that is pending, or None when that is more than `most`."""
        found = await self._record.pending(principal, where=where, limit=most + 1)
        return found if len(found) <= most else None


class _PendingOnce:
    """The record's search in which a question asks once what is pending, however many calls it makes of it."""

    def __init__(self, record: RecordSearch) -> None:
        self._record = record
        self.words, self.mentioning = record.words, record.mentioning
        self._asking = asyncio.Lock()
        self._told: tuple[MemoryFilter, int, list[Pending]] | None = None

    async def pending(self, principal: Principal, *, where: MemoryFilter, limit: int) -> list[Pending]:
        async with self._asking:
            if self._told is None or self._told[:2] != (where, limit):
                self._told = where, limit, await self._record.pending(principal, where=where, limit=limit)
            return self._told[2]


async def _without(
    best: Callable[[int], Awaitable[list[Candidate]]], pending: Collection[MemoryId], limit: int
) -> list[Candidate]:
    """At least the `limit` best of the index that are not pending.

    Most of what is pending is new and not in the index, so room for all of it is asked for only where it was needed.
    """
    some = limit + min(limit, len(pending))
    found = await best(some)
    kept = [hit for hit in found if hit.memory not in pending]
    enough = len(kept) >= limit or len(found) < some or len(pending) <= limit
    if enough:
        return kept
    return [hit for hit in await best(limit + len(pending)) if hit.memory not in pending]


def _best(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    return sorted(candidates, key=lambda hit: (-hit.score, hit.memory))[:limit]


def _scored(pending: Sequence[Pending], embedding: Embedding) -> list[Candidate]:
    """Cosines of those whose vector is of the same model and dimension."""
    alike = [
        (each.memory, each.embedding.vector)
        for each in pending
        if each.embedding is not None
        and each.embedding.model == embedding.model
        and each.embedding.vector.shape == embedding.vector.shape
    ]
    if not alike:
        return []
    cosines = np.clip(np.stack([vector for _, vector in alike]) @ embedding.vector, -1.0, 1.0)
    return [Candidate(memory, float(cosine)) for (memory, _), cosine in zip(alike, cosines, strict=True)]
