"""Whether a memory, as it stood, fits the conditions of a filter that change over time."""

import json
from datetime import datetime
from typing import Any

from app.domain.memory import Memory
from app.domain.query import Life, MemoryFilter
from app.services.addresses import is_living


def fits(memory: Memory, where: MemoryFilter, *, at: datetime) -> bool:
    """`at` decides what had expired. Conditions on what never changes are the store's; so is who mentions whom."""
    living = is_living(memory, at)
    return (
        where.life in (Life.ANY, Life.LIVE if living else Life.FORGOTTEN)
        and (not where.kinds or memory.kind in where.kinds)
        and (not where.types or memory.type in where.types)
        and (not where.layers or memory.layer in where.layers)
        and (not where.statuses or memory.status in where.statuses)
        and (not where.categories or not set(where.categories).isdisjoint(memory.categories))
        and (not where.tags or not set(where.tags).isdisjoint(memory.tags))
        and set(where.files).issubset(memory.files)
        and all(_holds(memory, name, any_) for name, any_ in where.metadata)
        and _contains(memory, where.contains)
        and _weighs(memory, where)
        and _happened(memory, where)
        and _valid(memory, where)
    )


def _holds(memory: Memory, name: str, any_: tuple[Any, ...]) -> bool:
    """As JSON, which tells 1 from true."""
    return name in memory.metadata and _told(memory.metadata[name]) in map(_told, any_)


def _told(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _contains(memory: Memory, part: str | None) -> bool:
    return part is None or part in memory.text.lower() or part in (memory.title or "").lower()


def _weighs(memory: Memory, where: MemoryFilter) -> bool:
    weight = memory.importance
    return (
        (where.importance_min is None or weight >= where.importance_min)
        and (where.importance_max is None or weight <= where.importance_max)
        and (not where.importances or any(least <= weight <= most for least, most in where.importances))
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
