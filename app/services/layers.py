"""How long memories stay: working memory ends by itself, and what was drawn from a memory stays as long as it does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.memory import Layer, Memory
from app.ports.store import Reader, UnitOfWork

TASK_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Stay:
    """In which layer, and until when (None: for good)."""

    layer: Layer
    until: datetime | None


def stay_of(layer: Layer, until: datetime | None, *, now: datetime, life: timedelta) -> Stay:
    """Working memory that nobody gave an end ends after `life`."""
    ends_by_itself = layer is Layer.TASK and until is None
    return Stay(layer, now + life if ends_by_itself else until)


def staying(memory: Memory, stay: Stay, *, now: datetime) -> Memory:
    """Its next version."""
    return replace(memory, layer=stay.layer, expires_at=stay.until, updated_at=now, version=memory.version + 1)


async def drawn_from(door: Reader | UnitOfWork, memories: Sequence[Memory]) -> list[Memory]:
    """The memories that are not forgotten and were drawn from these alone."""
    given = [memory.id for memory in memories]
    found = await door.memories.get_many(await door.memories.derived_only(given))
    return [memory for memory in found if memory is not None and memory.deleted_at is None]
