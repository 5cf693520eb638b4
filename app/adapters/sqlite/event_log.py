"""The tenant's numbered events.

A unit of work that emits takes the next numbers, one an event, as its last act inside the transaction,
so they are gapless in commit order. A memory version carries the number that the unit's first event
takes; a unit without events takes none, and its versions carry the number that the next event will have.
Either way versions up to revision r are those that the unit of event r and all before it wrote.
"""

from collections.abc import Sequence

from app.adapters.records.values import dumped
from app.adapters.sqlite.scope import Scoped
from app.adapters.sqlite.statements import statements
from app.domain.work import Event

SQL = statements("events")


def newest_revision(on: Scoped) -> int:
    """The number of the tenant's newest event, 0 when there is none."""
    row = on.row(SQL["revision"])
    return row["number"] if row else 0


def record_events(on: Scoped, events: Sequence[Event]) -> None:
    first = newest_revision(on) + 1
    on.change(SQL["revision_put"], {"number": first + len(events) - 1})
    on.change_each(
        SQL["event_add"],
        (
            {
                "revision": revision,
                "actor": on.principal.actor,
                "kind": event.kind,
                "subject": event.subject,
                "project": event.project,
                "user": event.user,
                "data": dumped(event.data),
            }
            for revision, event in enumerate(events, start=first)
        ),
    )
