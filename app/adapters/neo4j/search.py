"""What the record itself can find: by words, by the entities mentioned, and what the index does not know yet."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.filters import filtered
from app.adapters.neo4j.server import Found, Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.memories import memory_word, project_word, scope_words, tenant_word, user_word
from app.adapters.records.values import micros
from app.adapters.records.words import stems_asked_for, stems_of
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
MOST_SCOPES: Final = 800
"""A query of the full text holds 1,024 words at most, and a question's words stand in it twice."""
FRONT: Final = 100
EVERYTHING: Final = 2**31 - 1
_KINDNESS: Final = 2.2
"""BM25 as it was written up has this factor, k1 + 1, which Lucene leaves out."""


class Words:
    def __init__(self, server: Server, *, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        match = _match(principal, terms, where)
        if match is None:
            return []
        conditions, parameters = filtered(where)
        statement = CYPHER["words"].replace("{where}", conditions)
        asked = {**parameters, "match": match, "limit": limit}
        block = self._block(principal)
        front = max(FRONT, 4 * limit)
        (found,) = await block.rows(statement, {**asked, "front": front})
        if len(found["found"]) < limit and found["seen"] == front:
            (found,) = await block.rows(statement, {**asked, "front": EVERYTHING})
        return [Candidate(memory, score * _KINDNESS) for memory, score in found["found"]]

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


def _match(principal: Principal, terms: Sequence[str], where: MemoryFilter) -> str | None:
    """The full text's query, or None where nothing can match.

    It is built from stems, which are letters and digits in lower case, and from scope words: nothing in it is syntax.
    """
    stems = [stem[:LONGEST_WORD] for stem in stems_asked_for(terms)]
    if not stems or principal.visible == Only(frozenset()):
        return None
    words = " ".join(stems)
    scopes = " ".join(f"+scope:({' '.join(scope)})^0" for scope in _scopes(principal, where))
    return f"{scopes} +(words:({words}) speaker_words:({words})^0.5)"


def _scopes(principal: Principal, where: MemoryFilter) -> Iterator[list[str]]:
    """Words of which a memory must have one each; they narrow, and the record decides."""
    tenant = principal.tenant
    parts: list[list[str]] = []
    if where.users:
        parts.append([user_word(tenant, user) for user in where.users])
    elif principal.end_user:
        parts.append([user_word(tenant, user) for user in (principal.end_user, None)])
    match principal.visible:
        case _ if where.project:
            parts.append([project_word(tenant, where.project)])
        case Only(projects):
            parts.append([project_word(tenant, project) for project in sorted(projects)])
        case AllProjects():
            pass
    if where.ids:
        parts = [[memory_word(tenant, memory) for memory in where.ids]]
    yield from ([tenant_word(tenant)] if not part or len(part) > MOST_SCOPES else part for part in parts or [[]])
