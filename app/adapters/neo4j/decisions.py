"""Decisions between memories."""

from collections.abc import Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.memories import lists_by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.statements import statements
from app.adapters.records.decisions import decision_of, decision_values
from app.domain import errors
from app.domain.decisions import Decision, DecisionState
from app.domain.ids import DecisionId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window

CYPHER: Final = statements("decisions")

_DECISIONS: Final = Listing(CYPHER["decisions_page"], decision_of, "d.opened_at", "d.id", descending=True)


class Decisions:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[DecisionId]) -> list[Decision | None]:
        return await by_ids(self._block, CYPHER["decisions_by_ids"], ids, decision_of)

    async def page(
        self, window: Window, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None
    ) -> Page[Decision]:
        return await paged(self._block, _DECISIONS, window, _asked(project, user, state))

    async def count(self, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None) -> int:
        (row,) = await self._block.rows(CYPHER["decisions_count"], _asked(project, user, state))
        counted: int = row["counted"]
        return counted

    async def between(self, newer: Sequence[MemoryId]) -> list[list[Decision]]:
        return await lists_by_ids(self._block, CYPHER["decisions_between"], newer, decision_of, {})


def _asked(project: ProjectId | None, user: UserId | None, state: DecisionState | None) -> dict[str, Any]:
    return {"project": project, "user": user, "open": None if state is None else state is DecisionState.OPEN}


class DecisionWrites(Decisions):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit = block

    async def put_many(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            self._unit.demand(project=decision.project, user=decision.user)
        asked = {"records": list(map(decision_values, decisions))}
        if decisions and (await self._unit.change(CYPHER["decisions_put"], asked)).get("written") != len(decisions):
            raise errors.NotFound
