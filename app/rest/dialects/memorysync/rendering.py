"""Memories in MemorySync's form, and the labels that it has and we keep among a memory's metadata."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.domain.memory import Memory
from app.domain.query import TimeRange
from app.rest.call import Call
from app.rest.dialects.memorysync.answers import MemoryBody
from app.rest.dialects.memorysync.scope import Scope
from app.rest.moments import micros_offset
from app.services.results import Labelled

LABELS = ("source", "event_type")
"""Named beside the metadata by MemorySync, within it by us."""
SOURCES = "sourceMemoryIds"
"""Where a summary says which memories it quotes, by our ids."""
_OWN = "own_metadata"
"""What a caller's own metadata says under a name that is a label here."""
SUMMARY = "summary"
_HOT, _WARM = timedelta(days=30), timedelta(days=180)


def tier_of(memory: Memory, at: datetime) -> str:
    age = at - memory.created_at
    return "hot" if age < _HOT else "warm" if age < _WARM else "cold"


def tier_range(tier: str | None, at: datetime) -> TimeRange:
    """When memories of this tier were stored."""
    match tier:
        case "hot":
            return TimeRange(after=at - _HOT + timedelta(microseconds=1))
        case "warm":
            return TimeRange(after=at - _WARM + timedelta(microseconds=1), before=at - _HOT + timedelta(microseconds=1))
        case "cold":
            return TimeRange(before=at - _WARM + timedelta(microseconds=1))
        case _:
            return TimeRange()


def overlap(one: TimeRange, other: TimeRange) -> TimeRange:
    afters = [each for each in (one.after, other.after) if each]
    befores = [each for each in (one.before, other.before) if each]
    after, before = max(afters, default=None), min(befores, default=None)
    return TimeRange(after=after, before=max(after, before) if after and before else before)


def kept_metadata(given: Mapping[str, Any], *, source: str | None, event_type: str | None) -> dict[str, Any]:
    """The caller's metadata with the labels among it; nothing of the caller's is lost to a label of the same name."""
    own = {name: given[name] for name in LABELS if name in given}
    labels = {"source": source, "event_type": event_type}
    kept = {name: value for name, value in given.items() if name not in LABELS}
    kept |= {name: value for name, value in labels.items() if value is not None}
    return kept | ({_OWN: own} if own else {})


def own_metadata(memory: Memory) -> dict[str, Any]:
    """The metadata as the caller gave it."""
    own = memory.metadata.get(_OWN)
    kept = {name: value for name, value in memory.metadata.items() if name not in (*LABELS, _OWN, SOURCES)}
    return kept | own if isinstance(own, dict) else kept


def label(memory: Memory, name: str) -> str | None:
    value = memory.metadata.get(name)
    return value if isinstance(value, str) else None


def is_summary(memory: Memory) -> bool:
    return memory.type == SUMMARY or memory.metadata.get("is_summary") is True


def memory_type(memory: Memory) -> str:
    return label(memory, "event_type") or memory.type or "fact"


def body(told: Labelled, scope: Scope, at: datetime) -> MemoryBody:
    memory = told.memory
    return {
        "id": told.number or 0,
        "user_id": told.user_number or scope.number,
        "text": memory.text,
        "summary": memory.summary,
        "created_at": micros_offset(memory.created_at),
        "updated_at": micros_offset(memory.updated_at),
        "metadata": own_metadata(memory),
        "tags": memory.tags,
        "source": label(memory, "source"),
        "event_type": label(memory, "event_type"),
        "tier": tier_of(memory, at),
        "importance": memory.importance,
        "is_summary": is_summary(memory),
        "expires_at": micros_offset(memory.expires_at) if memory.expires_at else None,
        "key_points": [],
        "quality_score": None,
        "memory_type": memory_type(memory),
    }


async def bodies(call: Call[Any, Any], scope: Scope, memories: Sequence[Memory]) -> list[MemoryBody]:
    """Those that are still there to be numbered."""
    told, at = await call.services.explore.labelled(call.principal, memories=memories), call.services.now()
    return [body(each, scope, at) for each in told if each.number]
