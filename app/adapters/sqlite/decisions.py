"""Decisions between memories."""

from collections.abc import Sequence
from typing import Final

from app.adapters.records.decisions import decision_of, decision_values
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids, grouped
from app.adapters.sqlite.memories import SQL as MEMORIES
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped
from app.adapters.sqlite.statements import statements
from app.domain.decisions import Decision, DecisionState
from app.domain.ids import DecisionId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window

SQL = statements("decisions")

_DECISIONS: Final = Listing(SQL["decisions_page"], decision_of, "d.opened_at", "d.id", descending=True)


class Decisions:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[DecisionId]) -> list[Decision | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["decisions_by_ids"], ids, decision_of))

    async def page(
        self, window: Window, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None
    ) -> Page[Decision]:
        asked = _asked(project, user, state)
        return await self._block.run(lambda on: paged(on, _DECISIONS, window, asked))

    async def count(self, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None) -> int:
        asked = _asked(project, user, state)
        (row,) = await self._block.run(lambda on: on.rows(SQL["decisions_count"], asked))
        counted: int = row["counted"]
        return counted

    async def between(self, newer: Sequence[MemoryId]) -> list[list[Decision]]:
        return await self._block.run(lambda on: grouped(on, SQL["decisions_between"], newer, decision_of))


def _asked(project: ProjectId | None, user: UserId | None, state: DecisionState | None) -> Parameters:
    return {"project": project, "user": user, "open": None if state is None else int(state is DecisionState.OPEN)}


class DecisionWrites(Decisions):
    async def put_many(self, decisions: Sequence[Decision]) -> None:
        def put(on: Scoped) -> None:
            on.demand_all(MEMORIES["memories_visible"], [end for one in decisions for end in (one.newer, one.older)])
            for decision in decisions:
                on.demand(project=decision.project, user=decision.user)
            on.change_each(SQL["decision_put"], map(decision_values, decisions))

        await self._block.run(put)
