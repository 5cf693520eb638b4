"""At most one memory lives at a keypath of a project and a user, or of a project and nobody."""

from collections.abc import Sequence
from datetime import datetime

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.keypath import Place
from app.domain.memory import Memory
from app.ports.store import UnitOfWork
from app.services.references import Door

_BATCH = 1_000
TAKEN = "is taken by {other}; storeAtKeypath writes a new version of that"


def is_living(memory: Memory | None, now: datetime) -> bool:
    return memory is not None and memory.deleted_at is None and (memory.expires_at is None or memory.expires_at > now)


def place_of(memory: Memory) -> Place | None:
    if memory.keypath is None:
        return None
    return Place(project=memory.project, user=memory.user, keypath=memory.keypath)


async def taken_places(uow: UnitOfWork, memories: Sequence[Memory], now: datetime) -> dict[int, MemoryId]:
    """For those whose keypath another memory holds, on record or before them in the list: which one, by index."""
    places = {index: place for index, memory in enumerate(memories) if (place := place_of(memory))}
    if not places:
        return {}
    found = dict(zip(places.values(), await uow.keypaths.at([*places.values()]), strict=True))
    holders = {place: other.id for place, other in found.items() if other is not None and is_living(other, now)}
    taken: dict[int, MemoryId] = {}
    for index, place in places.items():
        if (holder := holders.setdefault(place, memories[index].id)) != memories[index].id:
            taken[index] = holder
    return taken


async def demand_free(uow: UnitOfWork, memories: Sequence[Memory], now: datetime) -> None:
    """Raises Conflict when one of these, which are to live again, would stand where another lives."""
    for index, holder in (await taken_places(uow, memories, now)).items():
        memory = memories[index]
        raise errors.Conflict(f"memory {memory.id} cannot come back: {holder} lives at its keypath {memory.keypath}")


async def keypaths_of(door: Door, ids: Sequence[MemoryId]) -> set[str]:
    """Those that these memories have."""
    found: set[str] = set()
    for start in range(0, len(ids), _BATCH):
        memories = await door.memories.get_many(ids[start : start + _BATCH])
        found |= {memory.keypath for memory in memories if memory and memory.keypath is not None}
    return found
