"""Candidates by words, by meaning and by the entities they mention."""

import heapq
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from app.adapters.records.memories import project_word, tenant_word, user_word
from app.adapters.records.words import says_something
from app.adapters.sqlite.filters import filtered
from app.adapters.sqlite.matrices import Matrices
from app.adapters.sqlite.nearest import nearest_memories
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.turns import Views
from app.domain.ids import EntityId, MemoryId
from app.domain.principal import AllProjects, Only, Principal
from app.domain.query import MemoryFilter
from app.domain.text import unstorable
from app.ports.models import Embedding
from app.ports.search import Candidate

SQL = statements("search")

MOST_TERMS: Final = 64
MOST_TIES: Final = 1_000
MOST_SCOPES: Final = 64
MANY: Final = 100_000
"""From so many memories on bm25 costs more than it tells within what a user has: it counts every row that holds a term."""
TEXTS: Final = "{text title summary speaker}"
MOST_SHARE: Final = 4
"""A part of the file is looked up by its scope word when it is smaller than one in so many."""


class Index:
    """The full text and the vectors of the same file, so that it never lags behind the record."""

    def __init__(self, views: Views, matrices: Matrices, *, many: int = MANY) -> None:
        self._views = views
        self._matrices = matrices
        self._many = many

    def for_one_question(self) -> "Index":
        return self

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        wanted = quoted(terms)
        if not wanted or principal.visible == Only(frozenset()):
            return []
        conditions, parameters = filtered(where)
        text = f"{TEXTS} : ({' OR '.join(wanted)})"
        statement = SQL["words"].replace("{where}", conditions)

        def search(on: Scoped) -> list[Candidate]:
            if 0 < len(where.users) <= MOST_SCOPES and _memories(on, where) >= self._many:
                return _of_people(on, wanted, where, limit)
            asked: Parameters = {**parameters, "match": _match(on, text, where)}
            return _best(on.each(statement, asked), limit)

        async with self._views.view(principal) as block:
            return await block.run(search)

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        def nearest(on: Scoped) -> list[Candidate]:
            return nearest_memories(on, self._matrices, embedding, where, limit)

        async with self._views.view(principal) as block:
            return await block.run(nearest)

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        conditions, parameters = filtered(where)
        asked: Parameters = {**parameters, "entities": listed(dict.fromkeys(entities)), "limit": limit}
        statement = SQL["mentioning"].replace("{where}", conditions)
        async with self._views.view(principal) as block:
            rows = await block.run(lambda on: on.rows(statement, asked))
        return [Candidate(row["id"], row["score"]) for row in rows]


def _best(rows: Iterable[sqlite3.Row], limit: int) -> list[Candidate]:
    """The first `limit` of rows that come best first, ties by id: reads on while rows equal the last one."""
    found: list[Candidate] = []
    for row in rows:
        score = -row["score"]
        if score <= 0 or len(found) >= limit + MOST_TIES or (len(found) >= limit and score < found[-1].score):
            break
        found.append(Candidate(row["id"], score))
    found.sort(key=lambda candidate: (-candidate.score, candidate.memory))
    return found[:limit]


def _memories(on: Scoped, where: MemoryFilter) -> int:
    """About how many the whole file holds."""
    volumes = on.row(SQL["volumes"], {"project": where.project})
    return volumes["everything"] if volumes else 0


def _of_people(on: Scoped, terms: Sequence[str], where: MemoryFilter, limit: int) -> list[Candidate]:
    """What some users have, by the terms that each memory holds: one counts the more, the fewer of theirs hold it."""
    people = " OR ".join(user_word(on.principal.tenant, user) for user in where.users)
    matches = [f"scope : ({people}) AND ({TEXTS} : ({term}))" for term in terms]
    conditions, parameters = filtered(where)
    statement = SQL["holding"].replace("{where}", conditions)
    hits = [(row["term"], row["id"]) for row in on.rows(statement, {**parameters, "matches": listed(matches)})]
    holding, memories = Counter(term for term, _ in hits), len({memory for _, memory in hits})
    scores = defaultdict[MemoryId, float](float)
    for term, memory in hits:
        scores[memory] += math.log(1 + memories / holding[term])
    best = heapq.nsmallest(limit, ((-score, memory) for memory, score in scores.items()))
    return [Candidate(memory, -score) for score, memory in best]


def quoted(terms: Sequence[str]) -> list[str]:
    """Terms as FTS5 strings, in which nothing but the quote is special. Those without a letter or digit say nothing."""
    plain = [term for term in dict.fromkeys(terms) if not unstorable(term) and says_something(term)]
    return ['"' + term.replace('"', '""') + '"' for term in plain[:MOST_TERMS]]


def _match(on: Scoped, text: str, where: MemoryFilter) -> str:
    """The full text's query for a condition on the text, within words of the scope column where they help.

    Such a word is quick where few memories have it and slow where most have: there the record alone narrows.
    """
    if where.users:
        return _within(text, [user_word(on.principal.tenant, user) for user in where.users])
    volumes = on.row(SQL["volumes"], {"project": where.project})
    if volumes is None or not volumes["memories"]:
        return text
    few = volumes["everything"] / MOST_SHARE
    if on.principal.end_user and volumes["shared"] < few:
        people = [user_word(on.principal.tenant, user) for user in (on.principal.end_user, None)]
        return _within(text, people)
    return _within(text, _places(on.principal, where)) if volumes["memories"] < few else text


def _within(text: str, scope: Sequence[str]) -> str:
    return f"scope : ({' OR '.join(scope)}) AND ({text})" if len(scope) <= MOST_SCOPES else text


def _places(principal: Principal, where: MemoryFilter) -> list[str]:
    tenant = principal.tenant
    if where.project:
        return [project_word(tenant, where.project)]
    match principal.visible:
        case AllProjects():
            return [tenant_word(tenant)]
        case Only(projects):
            return [project_word(tenant, project) for project in sorted(projects)]
        case never:
            assert_never(never)
