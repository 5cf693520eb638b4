"""Facts: what extraction states becomes memories of its own, joined with what is known already.

The thinking (vectors, neighbours) happens before the unit of work, the writing inside it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.memory import Kind, LinkType, Memory, MemoryLink, Status
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.domain.text import normalised
from app.domain.work import EventKind
from app.extraction.conflicts import Effect, Statement, Verdict, judge
from app.extraction.duplicates import StoredText, find_duplicate
from app.extraction.findings import Finding, FoundFact
from app.ports.models import Embedding, Passage
from app.ports.runtime import IdFactory
from app.ports.search import Candidate, SearchIndex
from app.ports.store import Store, UnitOfWork
from app.services.changes import memory_event
from app.services.linking import midnight
from app.services.vectors import Vectors

NEIGHBOURS = 5
NEAR = 0.55
FACT_IMPORTANCE = 0.6
_CHANGING = (Effect.REPLACES, Effect.CONTRADICTS)

Place = tuple[ProjectId, UserId | None, str]
"""Whose words they are, and the words, normalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement found in a memory. `fact` None: the memory itself is the statement.

    `twin` is a memory that says the same; `effects` are what it does to others: replace or contradict them.
    """

    memory: Memory
    fact: FoundFact | None
    text: str
    vector: Embedding | None
    twin: MemoryId | None = None
    effects: tuple[tuple[Memory, Verdict], ...] = ()


def claims_of(memory: Memory, finding: Finding) -> list[tuple[FoundFact | None, str]]:
    """What a memory states: its facts, or itself when it has none and holds until revoked."""
    facts = [fact for fact in finding.facts if normalised(fact.statement) != normalised(memory.text)]
    if facts:
        return [(fact, fact.statement) for fact in facts]
    return [(None, memory.text)] if finding.kind is Kind.SEMANTIC else []


class Claims:
    """Judges each statement against the living memories nearest to it, before anything is written."""

    def __init__(self, *, store: Store, index: SearchIndex, vectors: Vectors) -> None:
        self._store, self._index, self._vectors = store, index, vectors

    async def gather(self, principal: Principal, findings: Sequence[tuple[Memory, Finding]]) -> list[Claim]:
        stated = [(memory, fact, text) for memory, finding in findings for fact, text in claims_of(memory, finding)]
        if not stated:
            return []
        vectors = await self._vectors.read([Passage(text) for _, _, text in stated])
        if vectors is None:
            return [Claim(memory=memory, fact=fact, text=text, vector=None) for memory, fact, text in stated]
        near = [
            await self._near(principal, memory, vector) for (memory, _, _), vector in zip(stated, vectors, strict=True)
        ]
        async with self._store.read(principal) as reader:
            ids = list(dict.fromkeys(c.memory for found in near for c in found))
            memories = dict(zip(ids, await reader.memories.get_many(ids), strict=True)) if ids else {}
        claims = [
            (
                Claim(memory=memory, fact=fact, text=text, vector=vector),
                [(known, c.score) for c in found if (known := memories[c.memory]) is not None],
            )
            for (memory, fact, text), vector, found in zip(stated, vectors, near, strict=True)
        ]
        return await asyncio.to_thread(lambda: [_judged(claim, neighbours) for claim, neighbours in claims])

    async def _near(self, principal: Principal, memory: Memory, vector: Embedding) -> list[Candidate]:
        where = MemoryFilter(project=memory.project, users=(memory.user,) if memory.user else ())
        found = await self._index.nearest(principal, embedding=vector, where=where, limit=NEIGHBOURS + 1)
        return [c for c in found if c.score >= NEAR and c.memory != memory.id]


class Facts:
    """Writes claims inside a unit of work."""

    def __init__(self, uow: UnitOfWork, ids: IdFactory, now: datetime) -> None:
        self._uow, self._ids, self._now = uow, ids, now

    async def write(self, claims: Sequence[Claim]) -> list[tuple[Memory, Claim]]:
        """New facts that were written, each derived from its claim's memory; known ones gain support instead."""
        known = await self._known(claims)
        written: list[tuple[Memory, Claim]] = []
        links: list[MemoryLink] = []
        for claim in claims:
            place = _place(claim)
            same = claim.twin or (known.get(place) if claim.fact else None)
            if same is not None:
                links += self._joined(claim, same)
                continue
            statement = claim.memory.id
            if claim.fact is not None:
                fact = self._memory(claim, claim.fact)
                written.append((fact, claim))
                known[place] = statement = fact.id
                links.append(self._link(fact.id, claim.memory.id, LinkType.DERIVED_FROM))
            links += [await self._effect(claim, statement, old, verdict) for old, verdict in claim.effects]
        await self._put(written)
        if links:
            await self._uow.memories.link_many(links)
        return written

    async def _known(self, claims: Sequence[Claim]) -> dict[Place, MemoryId]:
        """The living memories that say the same words already."""
        known: dict[Place, MemoryId] = {}
        scopes: dict[tuple[ProjectId, UserId | None], list[Claim]] = {}
        for claim in claims:
            if claim.fact is not None:
                scopes.setdefault((claim.memory.project, claim.memory.user), []).append(claim)
        for (project, user), stated in scopes.items():
            texts = [claim.text for claim in stated]
            found = await self._uow.memories.same_text(project=project, user=user, texts=texts)
            known |= {_place(claim): id_ for claim, id_ in zip(stated, found, strict=True) if id_ is not None}
        return known

    async def _put(self, written: Sequence[tuple[Memory, Claim]]) -> None:
        if not written:
            return
        await self._uow.memories.put_many([fact for fact, _ in written])
        for fact, _ in written:
            self._uow.emit(memory_event(EventKind.MEMORY_CREATED, fact))
        vectors = {fact.id: claim.vector for fact, claim in written if claim.vector is not None}
        if vectors:
            await self._uow.memories.embed_many(vectors)

    def _joined(self, claim: Claim, known: MemoryId) -> list[MemoryLink]:
        """A fact that is known is supported by the text that says it again; two texts alike are similar."""
        if known == claim.memory.id:
            return []
        return [self._link(claim.memory.id, known, LinkType.SUPPORTS if claim.fact else LinkType.SIMILAR)]

    def _memory(self, claim: Claim, fact: FoundFact) -> Memory:
        source = claim.memory
        return Memory(
            id=MemoryId(self._ids.new("memory")),
            project=source.project,
            user=source.user,
            agent=source.agent,
            session=source.session,
            source=source.source,
            text=claim.text,
            kind=fact.kind,
            type=fact.type,
            categories=source.categories,
            tags=source.tags,
            importance=max(FACT_IMPORTANCE, source.importance),
            layer=source.layer,
            expires_at=source.expires_at,
            status=Status.COMPLETED,
            occurred_at=midnight(fact.occurred) if fact.occurred else source.occurred_at,
            valid_from=midnight(fact.valid_from) if fact.valid_from else None,
            created_at=self._now,
            updated_at=self._now,
        )

    async def _effect(self, claim: Claim, statement: MemoryId, old: Memory, verdict: Verdict) -> MemoryLink:
        """The link to what this statement replaces or contradicts; what is replaced stops being valid."""
        if verdict.effect is not Effect.REPLACES:
            return self._link(statement, old.id, LinkType.CONTRADICTION, verdict.confidence)
        await self._supersede(old, _moment(claim.memory))
        return self._link(statement, old.id, LinkType.SUPERSEDES, verdict.confidence)

    async def _supersede(self, old: Memory, at: datetime) -> None:
        current = (await self._uow.memories.get_many([old.id]))[0]
        if current is None or current.valid_to is not None:
            return
        ended = max(at, current.valid_from) if current.valid_from else at
        closed = replace(current, valid_to=ended, updated_at=self._now, version=current.version + 1)
        await self._uow.memories.put_many([closed])
        self._uow.emit(memory_event(EventKind.MEMORY_UPDATED, closed))

    def _link(self, source: MemoryId, target: MemoryId, type_: LinkType, confidence: float = 1.0) -> MemoryLink:
        return MemoryLink(source=source, target=target, type=type_, confidence=confidence, created_at=self._now)


def _judged(claim: Claim, neighbours: Sequence[tuple[Memory, float]]) -> Claim:
    """The claim with what it means for its neighbours."""
    stored = [StoredText(key=memory.id, text=memory.text, cosine=cosine) for memory, cosine in neighbours]
    twin = find_duplicate(claim.text, stored)
    new = _statement(claim.memory, claim.text, claim.fact)
    effects = []
    for old, cosine in neighbours:
        if old.deleted_at is None and old.valid_to is None:
            verdict = judge(new, _statement(old, old.text, None), cosine)
            if verdict.effect in _CHANGING:
                effects.append((old, verdict))
    return replace(claim, twin=MemoryId(twin.key) if twin else None, effects=tuple(effects))


def _place(claim: Claim) -> Place:
    return claim.memory.project, claim.memory.user, normalised(claim.text)


def _moment(memory: Memory) -> datetime:
    return memory.occurred_at or memory.created_at


def _statement(memory: Memory, text: str, fact: FoundFact | None) -> Statement:
    return Statement(
        text=text, speaker=memory.speaker, said=_moment(memory).date(), occurred=fact.occurred if fact else None
    )
