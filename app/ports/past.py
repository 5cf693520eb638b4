"""The record as it stood, from the versions of memories and the edges that were retired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import MemoryVersion
from app.domain.past import PastEdge, Then
from app.domain.query import Page, Window
from app.domain.work import EventKind, RecordedEvent


class PastReader(Protocol):
    """What was erased has no past. Whatever stood then is shown to those who may see it now."""

    async def versions(self, ids: Sequence[MemoryId], *, then: Then) -> list[MemoryVersion | None]:
        """How each memory stood, forgotten ones included; None where it was not known yet."""
        ...

    async def exact(self, numbers: Sequence[tuple[MemoryId, int]]) -> list[MemoryVersion | None]:
        """Versions by memory and number."""
        ...

    async def replaced(self, terms: Sequence[str], *, project: ProjectId | None, limit: int) -> list[MemoryId]:
        """Memories with a text that was replaced since and shares any of the terms, best first."""
        ...

    async def edges(self, ids: Sequence[str], *, kinds: Sequence[EdgeKind], at: datetime, limit: int) -> list[PastEdge]:
        """The edges from and to these nodes that held at a time, heaviest first. Whether their ends lived is not asked."""
        ...

    async def moment(self, revision: int) -> datetime | None:
        """When the newest change up to a revision was recorded; None before the first."""
        ...

    async def changes(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        kinds: Sequence[EventKind],
        after: int,
        since: datetime | None,
    ) -> Page[RecordedEvent]:
        """Visible events of these kinds behind a revision and a time, newest first."""
        ...
