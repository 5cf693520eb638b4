"""The events that tell of changes. They carry ids and numbers, never text."""

from app.domain.memory import Memory
from app.domain.work import Event, EventKind


def memory_event(kind: EventKind, memory: Memory, **data: object) -> Event:
    """A change of one memory, at the version that it made."""
    return Event(
        kind=kind, subject=memory.id, project=memory.project, user=memory.user, data={"version": memory.version, **data}
    )
