"""Notes: what callers keep word for word beside the memories, as the record holds it."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import ProjectId, UserId
from app.domain.notes import Note, Shelf


class NoteReader(Protocol):
    async def find(
        self,
        *,
        project: ProjectId,
        user: UserId,
        shelf: Shelf,
        space: str | None = None,
        name: str | None = None,
        source: str | None = None,
    ) -> list[Note]:
        """All of that user's on the shelf, by number; None is any."""
        ...

    async def by_numbers(self, numbers: Sequence[int]) -> list[Note | None]: ...


class NoteWriter(NoteReader, Protocol):
    async def add_many(self, notes: Sequence[Note]) -> list[Note]:
        """Keeps new ones; they come back numbered, in the order given."""
        ...

    async def change(self, note: Note) -> None:
        """Replaces the body and the time of its change, by number. Raises NotFound when it is absent or invisible."""
        ...

    async def remove(self, numbers: Sequence[int]) -> int:
        """How many there were."""
        ...
