"""Facts: what extraction states becomes memories of its own, joined with what is known already.

The thinking (vectors, neighbours) happens before the unit of work, the writing inside it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.decisions import RULES, Decision, Outcome, said_at
from app.domain.graph import Entity
from app.domain.ids import DecisionId, EntityId, MemoryId, ProjectId, UserId
from app.domain.memory import Kind, LinkType, Memory, MemoryLink, Status
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.domain.text import folded, normalised
from app.domain.work import EventKind
from app.extraction.conflicts import Effect, Statement, Verdict, judge, strongest, tells_of_change
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
NEAR = 0.4
"""Cosine from which on a memory is held against a statement."""
RELATED = 24
"""Statements that speak of the same things, beside those that are near."""
SURE = 0.8
"""Confidence from which on a replacement is not asked about."""
AT_ONCE = 8
"""How many statements are looked around for side by side: on servers each waits for answers most of its time."""
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
    """What a memory states: its facts, or itself when it has none and holds until revoked, or tells of a change."""
    facts = [fact for fact in finding.facts if normalised(fact.statement) != normalised(memory.text)]
    if facts:
        return [(fact, fact.statement) for fact in facts]
    states = finding.kind is Kind.SEMANTIC or (
        finding.kind is not None and tells_of_change(memory.text, memory.speaker)
    )
    return [(None, memory.text)] if states else []


@dataclass(frozen=True, slots=True)
class _Stated:
    """A statement before it is judged; `names` are those that it speaks of."""

    memory: Memory
    fact: FoundFact | None
    text: str
    names: tuple[str, ...]


class Claims:
    """Judges each statement against living memories, before anything is written.

    Those are the nearest ones, and those that speak of the same things however far apart their words are.
    """

    def __init__(self, *, store: Store, index: SearchIndex, vectors: Vectors) -> None:
        self._store, self._index, self._vectors = store, index, vectors

    async def gather(self, principal: Principal, findings: Sequence[tuple[Memory, Finding]]) -> list[Claim]:
        stated = [
            _Stated(memory, fact, text, _names(memory, finding, fact))
            for memory, finding in findings
            for fact, text in claims_of(memory, finding)
        ]
        if not stated:
            return []
        read = await self._vectors.read([Passage(one.text) for one in stated])
        vectors: Sequence[Embedding | None] = read if read is not None else [None] * len(stated)
        named = await self._named(principal, stated)
        found = await self._all_around(principal, stated, vectors, named)
        async with self._store.read(principal) as reader:
            ids = list(dict.fromkeys(memory for around in found for memory in around))
            memories = dict(zip(ids, await reader.memories.get_many(ids), strict=True)) if ids else {}
        claims = [
            (
                Claim(memory=one.memory, fact=one.fact, text=one.text, vector=vector),
                [
                    (known, cosine)
                    for memory, cosine in around.items()
                    if (known := memories[memory]) is not None and known.user == one.memory.user
                ],
            )
            for one, vector, around in zip(stated, vectors, found, strict=True)
        ]
        return await asyncio.to_thread(lambda: [_judged(claim, neighbours) for claim, neighbours in claims])

    async def _all_around(
        self, principal: Principal, stated: Sequence[_Stated], vectors: Sequence[Embedding | None], named: "_Named"
    ) -> list[dict[MemoryId, float | None]]:
        index, room = self._index.for_one_question(), asyncio.Semaphore(AT_ONCE)

        async def around(one: _Stated, vector: Embedding | None) -> dict[MemoryId, float | None]:
            async with room:
                return await self._around(principal, index, one, vector, named)

        return await asyncio.gather(*map(around, stated, vectors))

    async def _around(
        self, principal: Principal, index: SearchIndex, one: _Stated, vector: Embedding | None, named: "_Named"
    ) -> dict[MemoryId, float | None]:
        """Memories to hold a statement against, with their cosine where they are near."""
        memory = one.memory
        where = MemoryFilter(project=memory.project, users=(memory.user,) if memory.user else ())
        near: list[Candidate] = []
        if vector is not None:
            near = await index.nearest(principal, embedding=vector, where=where, limit=NEIGHBOURS + 1)
        around: dict[MemoryId, float | None] = {c.memory: c.score for c in near if c.score >= NEAR}
        if entities := named.of(memory, one.names):
            lasting = replace(where, kinds=(Kind.SEMANTIC,))
            found = await index.mentioning(principal, entities=entities, where=lasting, limit=RELATED)
            for candidate in found:
                around.setdefault(candidate.memory, None)
        around.pop(memory.id, None)
        return around

    async def _named(self, principal: Principal, stated: Sequence[_Stated]) -> "_Named":
        found: dict[ProjectId, list[Entity]] = {}
        async with self._store.read(principal) as reader:
            for project in dict.fromkeys(one.memory.project for one in stated):
                names = sorted({name for one in stated if one.memory.project == project for name in one.names})
                found[project] = await reader.entities.called(project=project, names=names) if names else []
        return _Named(found)


class _Named:
    """Which entities names mean, in each project."""

    def __init__(self, found: Mapping[ProjectId, Sequence[Entity]]) -> None:
        self._of: dict[tuple[ProjectId, UserId | None, str], list[EntityId]] = {}
        for project, entities in found.items():
            for entity in entities:
                for name in {folded(each) for each in (entity.name, *entity.aliases)}:
                    self._of.setdefault((project, entity.user, name), []).append(entity.id)

    def of(self, memory: Memory, names: Sequence[str]) -> list[EntityId]:
        """The user's own and the shared ones."""
        places = [(memory.project, user, folded(name)) for name in names for user in {memory.user, None}]
        return sorted({entity for place in places for entity in self._of.get(place, ())})


def _names(memory: Memory, finding: Finding, fact: FoundFact | None) -> tuple[str, ...]:
    told = fact.entities if fact else tuple(entity.name for entity in finding.entities)
    return tuple(dict.fromkeys((*told, memory.speaker))) if memory.speaker else tuple(dict.fromkeys(told))


class Facts:
    """Writes claims inside a unit of work."""

    def __init__(self, uow: UnitOfWork, ids: IdFactory, now: datetime) -> None:
        self._uow, self._ids, self._now = uow, ids, now

    async def write(self, claims: Sequence[Claim]) -> list[tuple[Memory, Claim]]:
        """New facts that were written, each derived from its claim's memory; known ones gain support instead."""
        known = await self._known(claims)
        written: list[tuple[Memory, Claim]] = []
        links: list[MemoryLink] = []
        decided = await self._decided(claims)
        decisions: list[Decision] = []
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
            for old, verdict in claim.effects:
                if (statement, old.id) not in decided:
                    decision = await self._decision(claim, statement, old, verdict)
                    decisions.append(decision)
                    links.append(self._effect(decision))
                    decided.add((statement, old.id))
        await self._put(written)
        if links:
            await self._uow.memories.link_many(links)
        await self._uow.decisions.put_many(decisions)
        return written

    async def _decided(self, claims: Sequence[Claim]) -> set[tuple[MemoryId, MemoryId]]:
        """Pairs that have a decision already: what was settled since is not opened again when a text is read again."""
        stated = list(dict.fromkeys(claim.memory.id for claim in claims if claim.fact is None and claim.effects))
        found = await self._uow.decisions.between(stated) if stated else []
        return {(one.newer, one.older) for decisions in found for one in decisions}

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

    async def _decision(self, claim: Claim, statement: MemoryId, old: Memory, verdict: Verdict) -> Decision:
        """A sure replacement is settled at once, and what it replaces stops being valid; all else is left open."""
        opened = Decision(
            id=DecisionId(self._ids.new("decision")),
            project=claim.memory.project,
            user=claim.memory.user,
            newer=statement,
            older=old.id,
            why=verdict.reason,
            confidence=verdict.confidence,
            opened_at=self._now,
        )
        if verdict.effect is not Effect.REPLACES or verdict.confidence < SURE:
            return opened
        at = said_at(claim.memory)
        await self._supersede(old, at)
        return replace(
            opened,
            outcome=Outcome.KEEP_NEWER,
            reason=verdict.reason,
            ended_at=at,
            settled_at=self._now,
            settled_by=RULES,
        )

    def _effect(self, decision: Decision) -> MemoryLink:
        """The link to what this statement replaces or contradicts."""
        type_ = LinkType.SUPERSEDES if decision.outcome else LinkType.CONTRADICTION
        return self._link(decision.newer, decision.older, type_, decision.confidence, decision.why)

    async def _supersede(self, old: Memory, at: datetime) -> None:
        current = (await self._uow.memories.get_many([old.id]))[0]
        if current is None or current.valid_to is not None:
            return
        ended = max(at, current.valid_from) if current.valid_from else at
        closed = replace(current, valid_to=ended, updated_at=self._now, version=current.version + 1)
        await self._uow.memories.put_many([closed])
        self._uow.emit(memory_event(EventKind.MEMORY_UPDATED, closed))

    def _link(
        self, source: MemoryId, target: MemoryId, type_: LinkType, confidence: float = 1.0, reason: str | None = None
    ) -> MemoryLink:
        return MemoryLink(
            source=source, target=target, type=type_, confidence=confidence, created_at=self._now, reason=reason
        )


def _judged(claim: Claim, neighbours: Sequence[tuple[Memory, float | None]]) -> Claim:
    """The claim with what it means for its neighbours. Only what is near may say the same."""
    stored = [StoredText(key=memory.id, text=memory.text, cosine=c) for memory, c in neighbours if c is not None]
    twin = find_duplicate(claim.text, stored)
    effects = []
    for old, cosine in neighbours:
        if old.deleted_at is None and old.valid_to is None:
            verdict = _verdict(claim, old, cosine)
            if verdict.effect in _CHANGING:
                effects.append((old, verdict))
    return replace(claim, twin=MemoryId(twin.key) if twin else None, effects=tuple(effects))


def _verdict(claim: Claim, old: Memory, cosine: float | None) -> Verdict:
    """By the words of the fact and, where they tell of a change, by those that it was drawn from."""
    fact, source = claim.fact, claim.memory
    known, forms = _statement(old, old.text, None), [_statement(source, claim.text, fact)]
    if fact and tells_of_change(said := source.text[fact.start : fact.end], source.speaker):
        forms.append(_statement(source, said, fact))
    return strongest(judge(form, known, cosine) for form in forms)


def _place(claim: Claim) -> Place:
    return claim.memory.project, claim.memory.user, normalised(claim.text)


def _statement(memory: Memory, text: str, fact: FoundFact | None) -> Statement:
    return Statement(
        text=text, speaker=memory.speaker, said=said_at(memory).date(), occurred=fact.occurred if fact else None
    )
