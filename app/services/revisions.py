"""Revisions of a project: every write to its keypaths raises its number by one, however much it writes.

The events of a write carry the number as `project_revision`, which leads from it to the tenant's own.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain.account import Project
from app.domain.ids import ProjectId
from app.domain.query import Window
from app.domain.work import EventKind, RecordedEvent
from app.ports.store import Reader, UnitOfWork

KINDS: Final = (
    EventKind.MEMORY_CREATED,
    EventKind.MEMORY_UPDATED,
    EventKind.MEMORY_FORGOTTEN,
    EventKind.MEMORY_RESTORED,
)
"""What a write to keypaths may come to."""
_BATCH: Final = 1_000


async def next_revision(uow: UnitOfWork, project: ProjectId, now: datetime) -> int:
    """Counts one more write; a deleted project lives again with it."""
    (found,) = await uow.projects.get_many([project])
    if found is None:
        raise AssertionError("what is written to is there")
    written = replace(found, revision=found.revision + 1, updated_at=now, deleted_at=None)
    await uow.projects.put(written)
    return written.revision


def number_of(event: RecordedEvent | None) -> int | None:
    """The project's revision that an event belongs to."""
    return None if event is None else event.event.data.get("project_revision")


async def newest_up_to(reader: Reader, project: Project, revision: int) -> RecordedEvent | None:
    """The last event of the newest write up to a revision of the project; None before the first."""
    window = Window(limit=_BATCH)
    while True:
        page = await reader.past.changes(window, project=project.id, kinds=KINDS, after=0, since=None)
        for row in page.rows:
            number = number_of(row.item)
            if number is not None and number <= revision:
                return row.item
        if not page.more:
            return None
        window = replace(window, position=page.rows[-1].position)
