"""Notes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.statements import statements
from app.adapters.records.notes import note_of, note_values
from app.domain import errors
from app.domain.ids import ProjectId, UserId
from app.domain.notes import Note, Shelf

CYPHER: Final = statements("notes")


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
        asked = {
            "project": project,
            "user": user,
            "shelf": shelf.value,
            "space": space,
            "name": name,
            "source": source,
        }
        return [note_of(row) for row in await self._block.rows(CYPHER["notes_find"], asked)]

    async def by_numbers(self, numbers: Sequence[int]) -> list[Note | None]:
        rows = await self._block.rows(CYPHER["notes_by_numbers"], {"numbers": sorted(set(numbers))})
        found = {row["number"]: note_of(row) for row in rows}
        return [found.get(number) for number in numbers]


class NoteWrites(Notes):
    async def add_many(self, notes: Sequence[Note]) -> list[Note]:
        if not notes:
            return []
        for note in notes:
            self._block.demand(project=note.project, user=note.user)
        rows = await self._block.rows(CYPHER["notes_add"], {"notes": [note_values(note) for note in notes]})
        return [replace(note, number=row["number"]) for note, row in zip(notes, rows, strict=True)]

    async def change(self, note: Note) -> None:
        values = note_values(note)
        asked = {"number": note.number, "body": values["body"], "updated_at": values["updated_at"]}
        if not await self._block.rows(CYPHER["note_change"], asked):
            raise errors.NotFound

    async def remove(self, numbers: Sequence[int]) -> int:
        (row,) = await self._block.rows(CYPHER["notes_remove"], {"numbers": sorted(set(numbers))})
        removed: int = row["removed"]
        return removed
