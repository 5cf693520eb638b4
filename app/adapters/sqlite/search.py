"""Candidates by words, by meaning and by the entities they mention."""

import unicodedata
from collections.abc import Sequence
from typing import Final, assert_never

from app.adapters.sqlite.filters import filtered
from app.adapters.sqlite.matrices import Matrices
from app.adapters.sqlite.memory_rows import project_word, tenant_word, user_word
from app.adapters.sqlite.nearest import nearest_memories
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.turns import Views
from app.domain.ids import EntityId
from app.domain.principal import AllProjects, Only, Principal
from app.domain.query import MemoryFilter
from app.domain.text import unstorable
from app.ports.models import Embedding
from app.ports.search import Candidate

SQL = statements("search")

MOST_TERMS: Final = 64
MOST_SCOPES: Final = 64
"""Beyond that many the full text is searched whole, and the record's conditions alone narrow it."""


class Index:
    """The full text and the vectors of the same file, so that it never lags behind the record."""

    def __init__(self, views: Views, matrices: Matrices) -> None:
        self._views = views
        self._matrices = matrices

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        wanted = _quoted(terms)
        if not wanted or principal.visible == Only(frozenset()):
            return []
        conditions, parameters = filtered(where)
        text = f"{{text title summary speaker}} : ({' OR '.join(wanted)})"
        asked: Parameters = {**parameters, "match": _narrowed(text, _scope(principal, where)), "limit": limit}
        statement = SQL["words"].replace("{where}", conditions)
        async with self._views.view(principal) as block:
            rows = await block.run(lambda on: on.rows(statement, asked))
        return [Candidate(row["id"], -row["score"]) for row in rows]

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


def _quoted(terms: Sequence[str]) -> list[str]:
    """Terms as FTS5 strings, in which nothing but the quote is special. Those without a letter or digit say nothing."""
    plain = [term for term in dict.fromkeys(terms) if not unstorable(term) and any(map(_tells, term))]
    return ['"' + term.replace('"', '""') + '"' for term in plain[:MOST_TERMS]]


def _tells(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _narrowed(text: str, scope: Sequence[Sequence[str]]) -> str:
    """The text's condition within parts of the scope column, of each of which one word must be there."""
    parts = [f"scope : ({' OR '.join(words)})" for words in scope if len(words) <= MOST_SCOPES]
    return " AND ".join([*parts, f"({text})"])


def _scope(principal: Principal, where: MemoryFilter) -> list[Sequence[str]]:
    """Words of the scope column that every memory has which can be an answer."""
    tenant, end_user = principal.tenant, principal.end_user
    if where.users:
        return [[user_word(tenant, user) for user in where.users]]
    people = [[user_word(tenant, end_user), user_word(tenant, None)]] if end_user else []
    if where.project:
        return [[project_word(tenant, where.project)], *people]
    match principal.visible:
        case AllProjects():
            return [[tenant_word(tenant)], *people]
        case Only(projects):
            return [[project_word(tenant, project) for project in sorted(projects)], *people]
        case never:
            assert_never(never)
