"""Extraction as a job: what texts say becomes entities, facts and links. Safe to run twice.

Each batch reads, thinks outside any transaction, and writes once; the job's progress lands with it,
so that a killed worker's successor goes on after the last batch that is in the record.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.domain import errors
from app.domain.graph import EntityType
from app.domain.ids import JobId, MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink, Status
from app.domain.principal import Permission, Principal, require
from app.domain.text import folded
from app.domain.work import EventKind, Job, completed, progressed
from app.extraction.chunk import chunk
from app.extraction.findings import Finding, FoundEntity, Turn
from app.extraction.pipeline import Extractor
from app.extraction.vocabulary import EMPTY
from app.ports.models import Embedding, Passage
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, Store, UnitOfWork
from app.services.changes import memory_event
from app.services.clusters import Grouping
from app.services.context import Context
from app.services.facts import Claim, Claims, Facts
from app.services.linking import Linking
from app.services.sharpen import RESULT, Piece, Sharpen, Tally, with_findings
from app.services.vectors import Vectors, passage_of
from app.services.vocabulary import Taught

_log = structlog.get_logger(__name__)
BATCH = 32
SHARPENED_BATCH = 8
"""With a language model, which reads the texts of a batch at once."""
PASSAGE = 1_000
"""Characters; a longer text also gets passages, each with a vector of its own."""
MAX_SKIPPED = 100
_READINGS = 3


Found = tuple[Memory, Finding]


class Extract:
    def __init__(
        self,
        *,
        store: Store,
        claims: Claims,
        vectors: Vectors,
        extractor: Extractor,
        clock: Clock,
        ids: IdFactory,
        lease: timedelta,
        sharpen: Sharpen | None = None,
    ) -> None:
        """`sharpen` asks a language model as well; without one the rules read alone."""
        self._sharpen, self._batch_size = sharpen, BATCH if sharpen is None else SHARPENED_BATCH
        self._store, self._claims, self._vectors = store, claims, vectors
        self._extractor, self._clock, self._ids, self._lease = extractor, clock, ids, lease
        self._context = Context(store)
        self._taught = Taught()
        self._one_thread = asyncio.Lock()

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """The jobs as they ended, short ones first. Raises Conflict when another worker has taken one over."""
        require(principal, Permission.MEMORY_WRITE)
        left = sorted(jobs, key=lambda job: len(_memory_ids(job)) - job.done)
        ended: list[Job] = []
        while left:
            shares = _shares(left, self._batch_size)
            after = await self._steady_batch(principal, shares)
            ended += [job for job in after if job.state.ended]
            waiting = await self._still_held(principal, left[len(after) :])
            left = [job for job in after if not job.state.ended] + waiting
        return ended

    async def _still_held(self, principal: Principal, waiting: Sequence[Job]) -> list[Job]:
        """A model takes its time: what waits for its turn is leased anew, lest another worker begins it too."""
        if self._sharpen is None or not waiting:
            return [*waiting]
        async with self._store.write(principal) as uow:
            now = self._clock.now()
            held = [await uow.jobs.held(job.id, job.fence) for job in waiting]
            leased = [replace(job, leased_until=now + self._lease, updated_at=now) for job in held]
            await uow.jobs.put_many(leased)
        return leased

    async def abandon(self, principal: Principal, *, job: Job) -> None:
        """Marks what the failed job leaves unread; the texts stay findable as they are."""
        ids = _memory_ids(job)[job.done :]
        async with self._store.write(principal) as uow:
            left = [m for m in await uow.memories.get_many(ids) if m is not None and m.status is Status.PENDING]
            now = self._clock.now()
            failed = [replace(m, status=Status.FAILED, version=m.version + 1, updated_at=now) for m in left]
            await uow.memories.put_many(failed)
            for memory in failed:
                uow.emit(memory_event(EventKind.MEMORY_UPDATED, memory))

    async def _steady_batch(self, principal: Principal, shares: Sequence["_Share"]) -> list[Job]:
        """A batch whose memories were edited or erased while it was read is read again."""
        for _ in range(_READINGS - 1):
            try:
                return await self._batch(principal, shares)
            except (errors.Conflict, errors.NotFound) as changed:
                _log.info("extract.read_again", code=changed.code)
        try:
            return await self._batch(principal, shares)
        except errors.NotFound as gone:
            raise errors.Conflict("memories are erased faster than they are read") from gone

    async def _batch(self, principal: Principal, shares: Sequence["_Share"]) -> list[Job]:
        """Reads the next memories of these jobs and writes what was found; the jobs as that leaves them."""
        found, turns = await self._think(principal, [id_ for share in shares for id_ in share.ids])
        verbatim = {id_ for share in shares for id_ in share.job.arguments["verbatim"]}
        found, tallies = await self._sharpened(principal, shares, found, turns, kept=verbatim)
        factual = [(memory, finding) for memory, finding in found if memory.id not in verbatim]
        claims = await self._claims.gather(principal, factual)
        passages = await self._passages(factual)
        bare = {id_ for share in shares if not share.job.arguments["embedded"] for id_ in share.ids}
        vectors = await self._missing_vectors(principal, [memory for memory, _ in found if memory.id in bare])
        async with self._store.write(principal) as uow:
            held = [await uow.jobs.held(share.job.id, share.job.fence) for share in shares]
            now = self._clock.now()
            await self._annotate(uow, found, now)
            if vectors:
                await uow.memories.embed_many(vectors)
            linking = Linking(uow, self._ids, now)
            created = await linking.link(found)
            written = await Facts(uow, self._ids, now).write(claims)
            if written:
                await linking.link(_stated(written, found))
            await Grouping(uow, self._ids, now).place([memory.id for memory, _ in found])
            await self._write_passages(uow, passages, now)
            told = _Told(found, [claim for _, claim in written], created, tallies)
            after = [self._advanced(job, share, told, now) for job, share in zip(held, shares, strict=True)]
            await uow.jobs.put_many(after)
        return after

    def _advanced(self, job: Job, share: "_Share", told: "_Told", now: datetime) -> Job:
        result = told.result(job, share)
        done = job.done + len(share.ids)
        if done >= len(_memory_ids(job)):
            return completed(job, result=result, now=now)
        further = replace(job, result=result)
        return progressed(further, stage="extracting", done=done, leased_until=now + self._lease, now=now)

    async def _sharpened(
        self,
        principal: Principal,
        shares: Sequence["_Share"],
        found: list[Found],
        turns: Sequence[Turn],
        *,
        kept: Collection[MemoryId],
    ) -> tuple[list[Found], Mapping[JobId, Tally]]:
        """What the rules found worth keeping, read by the model too. What is kept verbatim is not sent to it."""
        if self._sharpen is None:
            return found, {}
        jobs = {id_: share.job for share in shares for id_ in share.ids}
        pieces = [
            Piece(memory, turn, finding, jobs[memory.id])
            for (memory, finding), turn in zip(found, turns, strict=True)
            if finding.skip_reason is None and memory.id not in kept
        ]
        told = await self._sharpen.sharpen(principal, pieces)
        return with_findings(found, told.findings), told.tallies

    async def _think(self, principal: Principal, ids: Sequence[MemoryId]) -> tuple[list[Found], list[Turn]]:
        """The living memories among `ids` with what the rules find in them, and how they were read."""
        async with self._store.read(principal) as reader:
            distinct = list(dict.fromkeys(ids))
            memories = [m for m in await reader.memories.get_many(distinct) if m is not None and m.deleted_at is None]
            before = await _before(reader, memories)
            taught = await self._taught.of(reader, principal.tenant, (memory.project for memory in memories))
        turns = [_turn(memory, before.get(memory.id)) for memory in memories]
        async with self._one_thread:
            vocabularies = [taught.get(memory.project, EMPTY) for memory in memories]
            findings = await asyncio.to_thread(self._extractor.extract, turns, taught=vocabularies)
        return list(zip(memories, findings, strict=True)), turns

    async def _annotate(self, uow: UnitOfWork, found: Sequence[Found], now: datetime) -> None:
        """Writes what was found of each memory; what its author said of it stands. Reworded ones lose stale facts."""
        reworded = [memory.id for memory, _ in found if memory.version > 1]
        stale = await uow.memories.get_many(await uow.memories.derived_only(reworded)) if reworded else []
        forgotten = [
            replace(m, deleted_at=now, updated_at=now, version=m.version + 1)
            for m in stale
            if m is not None and m.deleted_at is None and m.id not in reworded
        ]
        noted = [_noted(memory, finding, now) for memory, finding in found]
        await uow.memories.put_many([*noted, *forgotten], expected={memory.id: memory.version for memory, _ in found})
        for memory in noted:
            uow.emit(memory_event(EventKind.MEMORY_UPDATED, memory, processed=True))
        for memory in forgotten:
            uow.emit(memory_event(EventKind.MEMORY_FORGOTTEN, memory))

    async def _missing_vectors(self, principal: Principal, memories: Sequence[Memory]) -> dict[MemoryId, Embedding]:
        if not memories:
            return {}
        async with self._store.read(principal) as reader:
            passages = await self._context.of_memories(reader, memories)
        vectors = await self._vectors.require_read(passages)
        return {memory.id: vector for memory, vector in zip(memories, vectors, strict=True)}

    async def _passages(self, found: Sequence[Found]) -> list[tuple[Memory, str, Embedding]]:
        """The passages of long texts with their vectors."""
        pieces = [
            (memory, piece.text)
            for memory, _ in found
            if len(memory.text) > PASSAGE
            for piece in chunk(memory.text, PASSAGE)
        ]
        vectors = (
            await self._vectors.require_read([Passage(passage_of(m.title, text)) for m, text in pieces])
            if pieces
            else []
        )
        return [(memory, text, vector) for (memory, text), vector in zip(pieces, vectors, strict=True)]

    async def _write_passages(
        self, uow: UnitOfWork, passages: Sequence[tuple[Memory, str, Embedding]], now: datetime
    ) -> None:
        """Each passage once, however often the job runs."""
        for memory, text, vector in passages:
            known = await uow.memories.same_text(project=memory.project, user=memory.user, texts=[text])
            if known[0] is not None:
                continue
            part = _part(memory, text, MemoryId(self._ids.new("memory")), now)
            await uow.memories.put_many([part])
            await uow.memories.embed_many({part.id: vector})
            link = MemoryLink(source=part.id, target=memory.id, type=LinkType.DETAIL_OF, confidence=1.0, created_at=now)
            await uow.memories.link_many([link])
            uow.emit(memory_event(EventKind.MEMORY_CREATED, part))


@dataclass(frozen=True, slots=True)
class _Share:
    """The next memories of one job."""

    job: Job
    ids: Sequence[MemoryId]


def _shares(jobs: Sequence[Job], room: int) -> list[_Share]:
    """A batch: the next memories of the first jobs, until it is full."""
    shares: list[_Share] = []
    for job in jobs:
        ids = _memory_ids(job)[job.done : job.done + room]
        shares.append(_Share(job, ids))
        room -= len(ids)
        if room <= 0:
            break
    return shares


@dataclass(frozen=True, slots=True)
class _Told:
    """What one batch found and wrote, for the results of its jobs: ids, numbers and reasons, never text."""

    found: Sequence[Found]
    claims: Sequence[Claim]
    created: Mapping[MemoryId, int]
    tallies: Mapping[JobId, Tally]

    def result(self, job: Job, share: _Share) -> dict[str, Any]:
        """The job's result so far, with this batch added."""
        mine = frozenset(share.ids)
        found = [(memory, finding) for memory, finding in self.found if memory.id in mine]
        skipped = [{"memory": memory.id, "reason": f.skip_reason} for memory, f in found if f.skip_reason]
        before = job.result
        tally = self.tallies.get(job.id)
        model = {RESULT: tally.added_to(before.get(RESULT, {}))} if tally else _already(before)
        return model | {
            "memories": before.get("memories", 0) + len(found),
            "facts": before.get("facts", 0) + sum(claim.memory.id in mine for claim in self.claims),
            "entities": before.get("entities", 0) + sum(n for id_, n in self.created.items() if id_ in mine),
            "skipped": [*before.get("skipped", []), *skipped][:MAX_SKIPPED],
        }


def _already(result: Mapping[str, Any]) -> dict[str, Any]:
    return {RESULT: result[RESULT]} if RESULT in result else {}


def _memory_ids(job: Job) -> list[MemoryId]:
    return [MemoryId(id_) for id_ in job.arguments["memories"]]


async def _before(reader: Reader, memories: Sequence[Memory]) -> dict[MemoryId, Memory]:
    """For each message of a session the one before it."""
    before: dict[MemoryId, Memory] = {}
    for session in dict.fromkeys(memory.session for memory in memories if memory.session):
        placed = {m.position: m for m in memories if m.session == session and m.position is not None}
        if not placed:
            continue
        start, stop = max(0, min(placed) - 1), max(placed)
        turns = {m.position: m for m in await reader.memories.session_turns(session, start=start, stop=stop)}
        for position, memory in placed.items():
            if (previous := turns.get(position - 1)) is not None:
                before[memory.id] = previous
    return before


def _turn(memory: Memory, before: Memory | None) -> Turn:
    return Turn(
        text=memory.text,
        at=memory.occurred_at or memory.created_at,
        speaker=memory.speaker,
        role=memory.role,
        previous=before.text if before else None,
        previous_speaker=before.speaker if before else None,
    )


def _noted(memory: Memory, finding: Finding, now: datetime) -> Memory:
    return replace(
        memory,
        kind=memory.kind or finding.kind,
        type=memory.type or finding.type,
        categories=memory.categories or finding.categories,
        skip_reason=finding.skip_reason,
        status=Status.COMPLETED,
        updated_at=now,
        version=memory.version + 1,
    )


def _part(memory: Memory, text: str, id_: MemoryId, now: datetime) -> Memory:
    return replace(
        memory,
        id=id_,
        text=text,
        position=None,
        keypath=None,
        summary=None,
        metadata={},
        status=Status.COMPLETED,
        created_at=now,
        updated_at=now,
        version=1,
    )


def _stated(written: Sequence[tuple[Memory, Claim]], found: Sequence[Found]) -> list[Found]:
    """The new facts as findings: the entities that their statements name, by the types found in their source."""
    findings = {memory.id: finding for memory, finding in found}
    return [
        (fact, Finding(entities=tuple(_in_statement(fact, claim, findings[claim.memory.id]))))
        for fact, claim in written
    ]


def _in_statement(fact: Memory, claim: Claim, source: Finding) -> Iterator[FoundEntity]:
    types = {folded(entity.name): entity.type for entity in source.entities}
    speaker = (claim.memory.speaker,) if claim.memory.speaker and claim.memory.speaker in fact.text else ()
    for name in dict.fromkeys((*speaker, *(claim.fact.entities if claim.fact else ()))):
        start = fact.text.find(name)
        type_ = types.get(folded(name), EntityType.PERSON)
        yield FoundEntity(name=name, type=type_, start=max(start, 0), end=start + len(name) if start >= 0 else 0)
