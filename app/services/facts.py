"""Facts: what extraction states becomes memories of its own, joined with what is known already.

The thinking (vectors, neighbours) happens before the unit of work, the writing inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import MemoryId
from app.domain.memory import Kind, LinkType, Memory, MemoryLink, Status
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.domain.text import normalised
from app.domain.work import EventKind
from app.extraction.conflicts import Effect, Statement, judge
from app.extraction.duplicates import StoredText, find_duplicate
from app.extraction.findings import Finding, FoundFact
from app.ports.models import Embedding
from app.ports.runtime import IdFactory
from app.ports.search import Candidate, SearchIndex
from app.ports.store import Store, UnitOfWork
from app.services.changes import memory_event
from app.services.linking import midnight
from app.services.vectors import Vectors

NEIGHBOURS = 5
NEAR = 0.55
FACT_IMPORTANCE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement found in a memory. `fact` None: the memory itself is the statement.

    `neighbours` are the living memories whose meaning is nearest, with their cosine.
    """

    memory: Memory
    fact: FoundFact | None
    text: str
    vector: Embedding | None
    neighbours: tuple[tuple[Memory, float], ...]


def claims_of(memory: Memory, finding: Finding) -> list[tuple[FoundFact | None, str]]:
    """What a memory states: its facts, or itself when it has none and holds until revoked."""
    facts = [fact for fact in finding.facts if normalised(fact.statement) != normalised(memory.text)]
    if facts:
        return [(fact, fact.statement) for fact in facts]
    return [(None, memory.text)] if finding.kind is Kind.SEMANTIC else []


class Claims:
    """Gathers what is needed to judge each statement: its vector and the living memories nearest to it."""

    def __init__(self, *, store: Store, index: SearchIndex, vectors: Vectors) -> None:
        self._store, self._index, self._vectors = store, index, vectors

    async def gather(self, principal: Principal, findings: Sequence[tuple[Memory, Finding]]) -> list[Claim]:
        stated = [(memory, fact, text) for memory, finding in findings for fact, text in claims_of(memory, finding)]
        if not stated:
            return []
        vectors = await self._vectors.of([text for _, _, text in stated])
        if vectors is None:
            return [Claim(memory=m, fact=f, text=t, vector=None, neighbours=()) for m, f, t in stated]
        near = [
            await self._near(principal, memory, vector) for (memory, _, _), vector in zip(stated, vectors, strict=True)
        ]
        async with self._store.read(principal) as reader:
            ids = list(dict.fromkeys(c.memory for found in near for c in found))
            memories = dict(zip(ids, await reader.memories.get_many(ids), strict=True)) if ids else {}
        return [
            Claim(
                memory=memory,
                fact=fact,
                text=text,
                vector=vector,
                neighbours=tuple((known, c.score) for c in found if (known := memories[c.memory]) is not None),
            )
            for (memory, fact, text), vector, found in zip(stated, vectors, near, strict=True)
        ]

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
        written: list[tuple[Memory, Claim]] = []
        vectors: dict[MemoryId, Embedding] = {}
        links: list[MemoryLink] = []
        for claim in claims:
            known = await self._known(claim)
            if known is not None:
                links += self._joined(claim, known)
                continue
            statement = claim.memory.id
            if claim.fact is not None:
                fact = self._memory(claim, claim.fact)
                await self._uow.memories.put_many([fact])
                self._uow.emit(memory_event(EventKind.MEMORY_CREATED, fact))
                written.append((fact, claim))
                links.append(self._link(fact.id, claim.memory.id, LinkType.DERIVED_FROM))
                statement = fact.id
                if claim.vector is not None:
                    vectors[fact.id] = claim.vector
            links += await self._conflicts(claim, statement)
        if vectors:
            await self._uow.memories.embed_many(vectors)
        if links:
            await self._uow.memories.link_many(links)
        return written

    async def _known(self, claim: Claim) -> MemoryId | None:
        """A memory that says the same already."""
        memory = claim.memory
        if claim.fact is not None:
            same = await self._uow.memories.same_text(project=memory.project, user=memory.user, texts=[claim.text])
            if same[0] is not None:
                return same[0]
        stored = [StoredText(key=m.id, text=m.text, cosine=cosine) for m, cosine in claim.neighbours]
        twin = find_duplicate(claim.text, stored)
        return MemoryId(twin.key) if twin else None

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

    async def _conflicts(self, claim: Claim, statement: MemoryId) -> list[MemoryLink]:
        """Links to what this statement replaces or contradicts; what is replaced stops being valid."""
        links = []
        new = _statement(claim.memory, claim.text, claim.fact)
        for old, cosine in claim.neighbours:
            if old.id == statement or old.deleted_at is not None or old.valid_to is not None:
                continue
            verdict = judge(new, _statement(old, old.text, None), cosine)
            match verdict.effect:
                case Effect.REPLACES:
                    await self._supersede(old, _moment(claim.memory))
                    links.append(self._link(statement, old.id, LinkType.SUPERSEDES, verdict.confidence))
                case Effect.CONTRADICTS:
                    links.append(self._link(statement, old.id, LinkType.CONTRADICTION, verdict.confidence))
                case Effect.ADDS | Effect.UNRELATED:
                    pass
        return links

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


def _moment(memory: Memory) -> datetime:
    return memory.occurred_at or memory.created_at


def _statement(memory: Memory, text: str, fact: FoundFact | None) -> Statement:
    return Statement(
        text=text, speaker=memory.speaker, said=_moment(memory).date(), occurred=fact.occurred if fact else None
    )
