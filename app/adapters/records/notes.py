"""Notes as flat rows and back."""

from app.adapters.records.values import Row, Value, dumped, mapping, micros, moment
from app.domain.ids import ProjectId, UserId
from app.domain.notes import Note, Shelf


def note_of(row: Row) -> Note:
    return Note(
        number=row["number"],
        project=ProjectId(row["project"]),
        user=UserId(row["user"]),
        shelf=Shelf(row["shelf"]),
        source=row["source"],
        space=row["space"],
        name=row["name"],
        body=mapping(row["body"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )


def note_values(note: Note) -> dict[str, Value]:
    """All but the number."""
    return {
        "project": note.project,
        "user": note.user,
        "shelf": note.shelf.value,
        "source": note.source,
        "space": note.space,
        "name": note.name,
        "body": dumped(note.body),
        "created_at": micros(note.created_at),
        "updated_at": micros(note.updated_at),
    }
