"""Whether a memory, as it stood, fits the conditions of a filter that change over time."""

from datetime import datetime

from app.domain.memory import Memory
from app.domain.query import Life, MemoryFilter
from app.services.addresses import is_living


def fits(memory: Memory, where: MemoryFilter, *, at: datetime) -> bool:
    """`at` decides what had expired. Conditions on what never changes are the store's."""
    living = is_living(memory, at)
    return (
        where.life in (Life.ANY, Life.LIVE if living else Life.FORGOTTEN)
        and (not where.kinds or memory.kind in where.kinds)
        and (not where.types or memory.type in where.types)
        and (not where.layers or memory.layer in where.layers)
        and (not where.statuses or memory.status in where.statuses)
        and (not where.categories or not set(where.categories).isdisjoint(memory.categories))
        and (not where.tags or not set(where.tags).isdisjoint(memory.tags))
        and (where.importance_min is None or memory.importance >= where.importance_min)
        and (where.importance_max is None or memory.importance <= where.importance_max)
        and _happened(memory, where)
        and _valid(memory, where)
    )


def _happened(memory: Memory, where: MemoryFilter) -> bool:
    after, before = where.occurred.after, where.occurred.before
    if after is None and before is None:
        return True
    at = memory.occurred_at
    return at is not None and (after is None or at >= after) and (before is None or at < before)


def _valid(memory: Memory, where: MemoryFilter) -> bool:
    """Its validity overlaps the range."""
    after, before = where.valid.after, where.valid.before
    ended = after is not None and memory.valid_to is not None and memory.valid_to <= after
    to_come = before is not None and memory.valid_from is not None and memory.valid_from >= before
    return not ended and not to_come
