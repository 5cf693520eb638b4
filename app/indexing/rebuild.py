"""The rebuild: a new generation of the index is filled beside the one that answers, compared, and takes over.

From the moment it is begun every writer writes to both. What the filling itself may write too late is
found by the rounds of comparing that follow; whatever changes after those is the indexer's and the repair's.
Ended at any place, it goes on where the new generation is not yet as the record is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from app.domain.errors import Conflict
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.query import Life, MemoryFilter
from app.indexing.pace import DEFAULT, Pace
from app.ports.indexing import Document, Entry, IndexWriter, Outbox
from app.ports.models import Embedding
from app.ports.search import SearchIndex

_log = structlog.get_logger(__name__)
_ROUNDS = 5
_SAMPLE = 20
_ALIKE = 0.999
_ENOUGH = 0.95


class Generations(Protocol):
    """The index's generations: one answers, at most one is being filled."""

    @property
    def lag(self) -> float:
        """Seconds until every writer knows of a generation that was begun."""
        ...

    async def begin(self) -> str:
        """The generation to fill: the one that was begun before, or a new one."""
        ...

    def writing(self, generation: str) -> IndexWriter: ...

    def searching(self, generation: str) -> SearchIndex: ...

    async def switch(self, generation: str) -> None:
        """From now on this one answers."""
        ...

    async def retire(self) -> list[str]:
        """Drops those that neither answer nor are being filled; their names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage is: memories compared, of all; `written` ones were not in the new generation as they should be."""

    stage: str
    compared: int
    total: int
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came of it. `found` of `asked` samples were found in the new generation before it took over.

    `refused` are memories that the index does not take, `embedded` those that got a vector of the present model.
    """

    generation: str
    memories: int
    embedded: int
    refused: int
    asked: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Embeddings:
    """How memories get vectors of the present model (in the order given), and where these are kept."""

    model: str
    make: Callable[[OrganizationId, Sequence[Memory]], Awaitable[Sequence[Embedding]]]
    keep: Callable[[OrganizationId, Mapping[MemoryId, Embedding]], Awaitable[None]]


class Rebuild:
    def __init__(
        self,
        *,
        outbox: Outbox,
        generations: Generations,
        tenants: Callable[[], Awaitable[Sequence[OrganizationId]]],
        principal: Callable[[OrganizationId], Principal],
        embeddings: Embeddings,
        pace: Pace = DEFAULT,
    ) -> None:
        """`principal` sees all of its tenant; only the samples are searched for with it."""
        self._outbox, self._generations, self._tenants = outbox, generations, tenants
        self._principal, self._embeddings, self._pace = principal, embeddings, pace

    async def run(self, *, told: Callable[[Progress], None]) -> Rebuilt:
        """Raises Conflict, and leaves the old generation in place, when the new one does not find what it holds."""
        generation = await self._generations.begin()
        await asyncio.sleep(self._generations.lag)
        tenants = await self._tenants()
        work = _Work(self._outbox, self._generations.writing(generation), self._embeddings, self._pace, told)
        await work.count(tenants)
        await work.fill(tenants)
        await work.compare(tenants)
        asked, found = await self._sampled(tenants, self._generations.searching(generation), work)
        if found < asked * _ENOUGH:
            raise Conflict(f"the new index found {found} of {asked} samples; the old one stays")
        await self._generations.switch(generation)
        await self._outbox.revive_marks()
        return Rebuilt(
            generation=generation,
            memories=work.memories,
            embedded=work.embedded,
            refused=len(work.refused),
            asked=asked,
            found=found,
        )

    async def retire(self) -> list[str]:
        """Drops the generations that answer no more; their names."""
        return await self._generations.retire()

    async def _sampled(self, tenants: Sequence[OrganizationId], search: SearchIndex, work: "_Work") -> tuple[int, int]:
        """Asks for some memories by their own vectors: how many were asked for, and how many found."""
        asked = found = 0
        for tenant in tenants:
            for memory, embedding in await work.sample(tenant):
                asked += 1
                where = MemoryFilter(ids=(memory,), life=Life.ANY)
                hits = await search.nearest(self._principal(tenant), embedding=embedding, where=where, limit=1)
                found += bool(hits) and hits[0].score >= _ALIKE
        return asked, found


class _Work:
    """One run: what it has done so far."""

    def __init__(
        self,
        outbox: Outbox,
        index: IndexWriter,
        embeddings: Embeddings,
        pace: Pace,
        told: Callable[[Progress], None],
    ) -> None:
        self._outbox, self._index, self._embeddings, self._pace, self._told = outbox, index, embeddings, pace, told
        self._written = self._compared = self._total = 0
        self.memories = self.embedded = 0
        self.refused: dict[tuple[OrganizationId, MemoryId], int] = {}

    async def count(self, tenants: Sequence[OrganizationId]) -> None:
        for tenant in tenants:
            async for page in self._walk(tenant):
                self._total += len(page)

    async def fill(self, tenants: Sequence[OrganizationId]) -> None:
        self.memories = await self._round("fill", tenants)

    async def compare(self, tenants: Sequence[OrganizationId]) -> None:
        """Until a round finds nothing to write, or only what changes under its hands."""
        for _ in range(_ROUNDS):
            before = self._written
            self.memories = await self._round("compare", tenants)
            for tenant in tenants:
                await self._remove_extra(tenant)
            if self._written == before:
                return

    async def sample(self, tenant: OrganizationId) -> list[tuple[MemoryId, Embedding]]:
        """Some memories from all over the tenant, with the vectors that they should be found by."""
        ids = [entry.memory async for page in self._walk(tenant) for entry in page]
        chosen = ids[:: max(1, len(ids) // _SAMPLE)][:_SAMPLE]
        documents = [document for document in await self._outbox.documents(tenant, chosen) if document is not None]
        return [
            (document.memory.id, document.embedding)
            for document in documents
            if document.embedding is not None
            and document.embedding.model == self._embeddings.model
            and (tenant, document.memory.id) not in self.refused
        ]

    async def _round(self, stage: str, tenants: Sequence[OrganizationId]) -> int:
        """Brings the generation to where the record is; how many memories there are."""
        self._compared = 0
        for tenant in tenants:
            async for page in self._walk(tenant):
                await self._bring(tenant, page)
                self._compared += len(page)
                self._tell(stage)
                await asyncio.sleep(self._pace.rest)
        self._tell(stage)
        return self._compared

    async def _walk(self, tenant: OrganizationId) -> AsyncIterator[list[Entry]]:
        after: MemoryId | None = None
        while page := await self._outbox.stamps_after(tenant, after, limit=self._pace.page):
            after = page[-1].memory
            yield page

    async def _bring(self, tenant: OrganizationId, page: Sequence[Entry]) -> None:
        there = await self._index.entries(tenant, [entry.memory for entry in page])
        behind = [
            entry.memory
            for entry, stamp in zip(page, there, strict=True)
            if stamp != entry.stamp and self.refused.get((tenant, entry.memory)) != entry.stamp
        ]
        if not behind:
            return
        found = [document for document in await self._outbox.documents(tenant, behind) if document is not None]
        refused = await self._index.put(tenant, await self._of_present_model(tenant, found))
        for memory, reason in refused.items():
            _log.error("index.refused", memory=memory, reason=reason)
        self.refused |= {(tenant, d.memory.id): d.stamp for d in found if d.memory.id in refused}
        self._written += len(found) - len(refused)

    async def _of_present_model(self, tenant: OrganizationId, documents: Sequence[Document]) -> list[Document]:
        model = self._embeddings.model
        old = [d for d in documents if d.embedding is None or d.embedding.model != model]
        if not old:
            return list(documents)
        vectors = await self._embeddings.make(tenant, [document.memory for document in old])
        made = {document.memory.id: vector for document, vector in zip(old, vectors, strict=True)}
        await self._embeddings.keep(tenant, made)
        self.embedded += len(made)
        return [replace(d, embedding=made.get(d.memory.id, d.embedding)) for d in documents]

    async def _remove_extra(self, tenant: OrganizationId) -> None:
        """What was erased while it was being written here."""
        after: str | None = None
        while True:
            entries, after = await self._index.entries_after(tenant, after, limit=self._pace.page)
            memories = [entry.memory for entry in entries]
            stamps = await self._outbox.stamps(tenant, memories) if memories else []
            extra = [memory for memory, stamp in zip(memories, stamps, strict=True) if stamp is None]
            if extra:
                await self._index.remove(tenant, extra)
                self._written += len(extra)
            if after is None:
                return

    def _tell(self, stage: str) -> None:
        progress = Progress(
            stage=stage,
            compared=self._compared,
            total=max(self._total, self._compared),
            written=self._written,
        )
        self._told(progress)
