"""What the record itself can find: by words, by the entities mentioned, and what the index does not know yet."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

import numpy as np

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.filters import filtered
from app.adapters.neo4j.server import Found, Parameters, Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.memories import memory_word, project_word, scope_words, tenant_word, user_word
from app.adapters.records.values import micros
from app.adapters.records.words import MOST_TERMS, stems_asked_for, stems_of
from app.domain.ids import EntityId, OrganizationId
from app.domain.memory import Memory
from app.domain.principal import AllProjects, Only, Principal
from app.domain.query import MemoryFilter
from app.ports.indexing import Pending
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import Candidate

CYPHER: Final = statements("search")

LONGEST_WORD: Final = 100
MOST_SCOPES: Final = 350
"""A query of the full text holds 1,024 words at most. A question's words stand in it twice, and two scopes."""
FRONT: Final = 100
EVERYTHING: Final = 2**31 - 1
SCALE: Final = 2.2
"""BM25 as it was written up has this factor, k1 + 1, which Lucene leaves out."""


class Words:
    def __init__(self, server: Server, *, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        conditions, parameters = filtered(where)
        statement = CYPHER["words"].replace("{where}", conditions)
        block, asked = self._block(principal), {**parameters, "limit": limit}
        matches = await asyncio.to_thread(_matches, principal, terms, where)
        parts = await asyncio.gather(*(_found(block, statement, {**asked, "match": match}) for match in matches))
        return sorted((hit for part in parts for hit in part), key=lambda hit: (-hit.score, hit.memory))[:limit]

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        conditions, parameters = filtered(where)
        asked = {**parameters, "entities": sorted(set(entities)), "limit": limit}
        rows = await self._block(principal).rows(CYPHER["mentioning"].replace("{where}", conditions), asked)
        return [Candidate(row["id"], row["score"]) for row in rows]

    async def pending(self, principal: Principal, *, where: MemoryFilter, limit: int) -> list[Pending]:
        conditions, parameters = filtered(where)
        statement = CYPHER["pending"].replace("{where}", conditions)
        rows = await self._block(principal).rows(statement, {**parameters, "limit": limit})
        return [Pending(row["id"], embedding_of(row)) for row in rows]

    def _block(self, principal: Principal) -> Block:
        return Block(self._server, principal, now=micros(self._clock.now()))


def embedding_of(row: Found) -> Embedding | None:
    """From `vector` and `model`."""
    return None if row["vector"] is None else Embedding(row["model"], np.frombuffer(row["vector"], dtype="<f4"))


def words_of(tenant: OrganizationId, memories: Sequence[Memory]) -> list[dict[str, str]]:
    """What the full text is given of each: stems, and the words by which it is narrowed to a part. Blocking.

    A title counts twice; who spoke counts half, when the question is put.
    """
    texts = [_spoken(memory) for memory in memories]
    stems = [" ".join(word[:LONGEST_WORD] for word in found) for found in stems_of([*map(_text, memories), *texts])]
    return [
        {"words": words, "speaker_words": speaker, "scope": _scope(tenant, memory)}
        for memory, words, speaker in zip(memories, stems, stems[len(memories) :], strict=False)
    ]


def _text(memory: Memory) -> str:
    return "\n".join(part for part in (memory.text, memory.summary, memory.title, memory.title) if part)


def _spoken(memory: Memory) -> str:
    return memory.speaker or ""


def _scope(tenant: OrganizationId, memory: Memory) -> str:
    place = scope_words(tenant=tenant, project=memory.project, user=memory.user)
    return f"{place} {memory_word(tenant, memory.id)}"


async def _found(block: Block, statement: str, asked: Parameters) -> list[Candidate]:
    """Reads on behind the front of the index where too little of it was to be shown."""
    front = max(FRONT, 4 * asked["limit"])
    (row,) = await block.rows(statement, {**asked, "front": front})
    if len(row["found"]) < asked["limit"] and row["seen"] == front:
        (row,) = await block.rows(statement, {**asked, "front": EVERYTHING})
    return [Candidate(memory, score * SCALE) for memory, score in row["found"]]


def _matches(principal: Principal, terms: Sequence[str], where: MemoryFilter) -> list[str]:
    """The full text's queries; several where a filter names many memories, none where nothing can match. Blocking.

    They are built from stems, which are letters and digits in lower case, and from scope words: nothing is syntax.
    """
    stems = stem_words(terms)
    if not stems or principal.visible == Only(frozenset()):
        return []
    words = f"+(words:({stems}) speaker_words:({stems})^0.5)"
    return [
        " ".join([*(f"+scope:({' '.join(each)})^0" for each in scopes), words]) for scopes in _scopes(principal, where)
    ]


def stem_words(terms: Sequence[str]) -> str:
    """The stems of terms as a full text's query holds them. Blocking."""
    return " ".join(stem[:LONGEST_WORD] for stem in stems_asked_for(terms)[: 2 * MOST_TERMS])


def _scopes(principal: Principal, where: MemoryFilter) -> Iterator[list[list[str]]]:
    """Lists of words of which a memory must have one each; they narrow, and the record decides."""
    tenant = principal.tenant
    if where.ids:
        for start in range(0, len(where.ids), MOST_SCOPES):
            yield [[memory_word(tenant, memory) for memory in where.ids[start : start + MOST_SCOPES]]]
    else:
        parts = [part for part in (_people(principal, where), _places(principal, where)) if part]
        yield [part for part in parts if len(part) <= MOST_SCOPES] or [[tenant_word(tenant)]]


def _people(principal: Principal, where: MemoryFilter) -> list[str]:
    if where.users:
        return [user_word(principal.tenant, user) for user in where.users]
    if principal.end_user:
        return [user_word(principal.tenant, user) for user in (principal.end_user, None)]
    return []


def _places(principal: Principal, where: MemoryFilter) -> list[str]:
    tenant = principal.tenant
    if where.project:
        return [project_word(tenant, where.project)]
    match principal.visible:
        case AllProjects():
            return []
        case Only(projects):
            return [project_word(tenant, project) for project in sorted(projects)]
        case never:
            assert_never(never)
