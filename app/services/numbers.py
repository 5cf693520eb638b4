"""Numbers: memories, users and links as callers know them who count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.ids import MemoryId, UserId
from app.domain.memory import Memory, MemoryLink
from app.domain.principal import Permission, Principal, require
from app.ports.store import Store

GREATEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Numbers by id."""

    memories: Mapping[MemoryId, int]
    users: Mapping[UserId, int]


class Numbers:
    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def of(self, principal: Principal, *, memories: Sequence[Memory]) -> Numbered:
        """Those of the memories and of the users that they are about."""
        require(principal, Permission.MEMORY_READ)
        ids = [memory.id for memory in memories]
        if not ids:
            return Numbered(memories={}, users={})
        async with self._store.read(principal) as reader:
            told = list(zip(memories, await reader.memories.attached(ids), strict=True))
        return Numbered(
            memories={memory.id: each.number for memory, each in told if each},
            users={memory.user: each.user_number for memory, each in told if each and memory.user and each.user_number},
        )

    async def ids(self, principal: Principal, *, numbers: Sequence[int]) -> list[MemoryId | None]:
        """Memories by number, forgotten ones included, in the order given; any number may be asked for."""
        require(principal, Permission.MEMORY_READ)
        possible = [number for number in numbers if 0 < number <= GREATEST]
        if not possible:
            return [None] * len(numbers)
        async with self._store.read(principal) as reader:
            found = dict(zip(possible, await reader.memories.by_numbers(possible), strict=True))
        return [found.get(number) for number in numbers]

    async def links(self, principal: Principal, *, links: Sequence[MemoryLink]) -> list[int | None]:
        require(principal, Permission.MEMORY_READ)
        if not links:
            return []
        async with self._store.read(principal) as reader:
            return await reader.memories.link_numbers(links)
