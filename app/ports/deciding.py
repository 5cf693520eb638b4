"""Decisions between memories, as a part of the record: see `app.ports.store`."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.decisions import Decision, DecisionState
from app.domain.ids import DecisionId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window


class DecisionReader(Protocol):
    """Decisions whose two memories live, or are forgotten and restorable; an erased memory takes its decisions along."""

    async def get_many(self, ids: Sequence[DecisionId]) -> Sequence[Decision | None]: ...

    async def page(
        self, window: Window, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None
    ) -> Page[Decision]:
        """Newest first; `user` None is every user, `state` None both."""
        ...

    async def count(self, *, project: ProjectId | None, user: UserId | None, state: DecisionState | None) -> int:
        """How many `page` has in all."""
        ...

    async def between(self, newer: Sequence[MemoryId]) -> list[list[Decision]]:
        """For each memory the decisions of which it is the newer side, by the older."""
        ...


class DecisionWriter(DecisionReader, Protocol):
    async def put_many(self, decisions: Sequence[Decision]) -> None:
        """Inserts or replaces by id. Both memories must be visible, else NotFound."""
        ...
