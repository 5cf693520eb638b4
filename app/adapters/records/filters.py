"""What a MemoryFilter asks for, as both stores name and lay it out. Metadata and importances are each store's own."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from app.adapters.records.values import Value, micros_or_none
from app.domain.query import Life, MemoryFilter

LIVING: Final[Mapping[Life, bool | None]] = MappingProxyType({Life.LIVE: True, Life.FORGOTTEN: False, Life.ANY: None})
"""Whether a memory has to live; None where both will do."""
NOBODY: Final = ""
"""No user has this id."""


def lists(where: MemoryFilter) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Conditions of which any value will do, by name; an empty one is no condition."""
    yield from (
        ("ids", where.ids),
        ("users_or_nobody" if None in where.users else "users", tuple(user or NOBODY for user in where.users)),
        ("agents", where.agents),
        ("sessions", where.sessions),
        ("sources", where.sources),
        ("kinds", where.kinds),
        ("types", where.types),
        ("categories", where.categories),
        ("tags", where.tags),
        ("files", where.files),
        ("entities", where.entities),
        ("clusters", where.clusters),
        ("layers", where.layers),
        ("statuses", where.statuses),
    )


def values(where: MemoryFilter) -> Iterator[tuple[str, Value]]:
    """Conditions with one value, by name; None is no condition."""
    yield from (
        ("project", where.project),
        ("importance_min", where.importance_min),
        ("importance_max", where.importance_max),
        ("keypath", where.keypath),
        ("contains", where.contains),
        ("occurred_after", micros_or_none(where.occurred.after)),
        ("occurred_before", micros_or_none(where.occurred.before)),
        ("recorded_after", micros_or_none(where.recorded.after)),
        ("recorded_before", micros_or_none(where.recorded.before)),
        ("valid_after", micros_or_none(where.valid.after)),
        ("valid_before", micros_or_none(where.valid.before)),
    )
