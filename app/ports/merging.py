"""Merges of entities, as a part of the record: see `app.ports.store`."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import EntityId, ProjectId
from app.domain.merges import Holdings, Merge, Rewiring
from app.domain.query import Page, Window


class MergeReader(Protocol):
    """Which entities others took in, by the id of the one that was taken in."""

    async def get_many(self, ids: Sequence[EntityId]) -> Sequence[Merge | None]: ...

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Merge]:
        """Newest first."""
        ...

    async def into(self, ids: Sequence[EntityId]) -> list[list[Merge]]:
        """For each entity what it took in, oldest first."""
        ...

    async def holdings(self, entity: EntityId) -> Holdings:
        """All that is visible of what is current about an entity; empty when it is absent or invisible itself."""
        ...


class MergeWriter(MergeReader, Protocol):
    async def rewire(self, rewiring: Rewiring) -> None:
        """Ends the lost edges, then begins those gained. Raises NotFound when a memory or an entity of theirs is out of sight."""
        ...

    async def put(self, merge: Merge) -> None: ...

    async def remove(self, entity: EntityId) -> None: ...
