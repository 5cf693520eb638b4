"""Many memories go in portions: each is a unit of work of its own, small enough for any store, and leaves nothing half done.

What was derived goes before what it comes from where one portion cannot hold both: so the same request, made again
after a failure, finds all that is left.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from app.domain.ids import MemoryId
from app.domain.query import Life, MemoryFilter, MemoryOrder, Position, Window
from app.ports.store import UnitOfWork
from app.services.references import Door

PORTION: Final = 1_000
"""How many memories one unit of work lets go of."""


class Portions:
    """What fits some targets, with what was derived from it. `ended` are targets of which nothing was left in this unit."""

    def __init__(self, targets: Sequence[MemoryFilter], *, life: Life, size: int) -> None:
        self._targets, self._life, self._size = list(targets), life, size
        self._after: Position | None = None
        self.ended: list[MemoryFilter] = []

    def over(self) -> bool:
        return not self._targets

    async def within(self, uow: UnitOfWork) -> AsyncIterator[list[MemoryId]]:
        """Those to let go of in this unit of work, a list at a time: each has gone before the next is asked for."""
        room, self.ended = self._size, []
        while self._targets and room:
            ids = await self._next(uow, self._targets[0], room)
            yield ids
            room -= len(ids)

    async def _next(self, uow: UnitOfWork, target: MemoryFilter, room: int) -> list[MemoryId]:
        window = Window(limit=room, position=self._after)
        page = await uow.memories.page(window, where=target, order=MemoryOrder.CREATED_AT, descending=False)
        roots = [row.item.id for row in page.rows]
        ids = await fitting(uow, roots, life=self._life, room=room)
        if not set(roots) <= set(ids):
            return ids
        self._after = page.rows[-1].position if page.more else None
        if not page.more:
            self.ended.append(self._targets.pop(0))
        return ids


async def fitting(door: Door, roots: Sequence[MemoryId], *, life: Life, room: int) -> list[MemoryId]:
    """The roots with what was derived from them alone; while that is too much, only some that was derived."""
    ids = await with_derived(door, roots, life)
    return ids if len(ids) <= room else ids[len(roots) :][:room]


async def with_derived(door: Door, ids: Sequence[MemoryId], life: Life) -> list[MemoryId]:
    """The ids, and those of memories that were derived from no other of this life."""
    derived = await door.memories.get_many(await door.memories.derived_only(ids, life=life))
    known = set(ids)
    theirs = (m for m in derived if m and m.id not in known and (life is Life.ANY or m.deleted_at is None))
    return [*ids, *(memory.id for memory in theirs)]


async def all_ids(door: Door, where: MemoryFilter) -> list[MemoryId]:
    """Of whatever fits, oldest first."""
    ids: list[MemoryId] = []
    window = Window(limit=PORTION)
    while True:
        page = await door.memories.page(window, where=where, order=MemoryOrder.CREATED_AT, descending=False)
        ids += [row.item.id for row in page.rows]
        if not page.more:
            return ids
        window = Window(limit=PORTION, position=page.rows[-1].position)
