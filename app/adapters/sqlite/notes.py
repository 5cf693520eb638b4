"""Notes."""

from collections.abc import Sequence
from dataclasses import replace

from app.adapters.records.notes import note_of, note_values
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.memory_writes import new_numbers
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.ids import ProjectId, UserId
from app.domain.notes import Note, Shelf

SQL = statements("notes")


class Notes:
    def __init__(self, block: Block) -> None:
        self._block = block

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
        asked: Parameters = {
            "project": project,
            "user": user,
            "shelf": shelf,
            "space": space,
            "name": name,
            "source": source,
        }
        return await self._block.run(lambda on: [note_of(row) for row in on.rows(SQL["notes_find"], asked)])

    async def by_numbers(self, numbers: Sequence[int]) -> list[Note | None]:
        asked: Parameters = {"numbers": listed(numbers)}
        rows = await self._block.run(lambda on: on.rows(SQL["notes_by_numbers"], asked))
        found = {row["number"]: note_of(row) for row in rows}
        return [found.get(number) for number in numbers]


class NoteWrites(Notes):
    async def add_many(self, notes: Sequence[Note]) -> list[Note]:
        def add(on: Scoped) -> list[Note]:
            for note in notes:
                on.demand(project=note.project, user=note.user)
            numbered = [
                replace(note, number=number) for note, number in zip(notes, new_numbers(on, len(notes)), strict=True)
            ]
            on.change_each(SQL["note_add"], [note_values(note) | {"number": note.number} for note in numbered])
            return numbered

        return await self._block.run(add)

    async def change(self, note: Note) -> None:
        asked: Parameters = note_values(note) | {"number": note.number}
        if not await self._block.run(lambda on: on.change(SQL["note_change"], asked)):
            raise errors.NotFound

    async def remove(self, numbers: Sequence[int]) -> int:
        asked: Parameters = {"numbers": listed(numbers)}
        return await self._block.run(lambda on: on.change(SQL["notes_remove"], asked))
