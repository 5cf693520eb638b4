"""Curating: what callers say of memories that are there. Feedback moves their rank, promotion lets them stay."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import MAX_REASON, Feedback, Layer, Memory
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean
from app.domain.work import EventKind
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.changes import memory_event
from app.services.inputs import NewFeedback, Slice
from app.services.layers import TASK_LIFE, Stay, drawn_from, stay_of, staying
from app.services.paging import Binding, listing, window_of
from app.services.references import living
from app.services.results import Listing, Rated

LEAST_IMPORTANCE = 0.05


class Curate:
    def __init__(self, *, store: Store, clock: Clock, task_life: timedelta = TASK_LIFE) -> None:
        """`task_life` is how long working memory stays when nobody says."""
        self._store, self._clock, self._task_life = store, clock, task_life

    async def give_feedback(self, principal: Principal, *, feedback: NewFeedback) -> Rated:
        """Adds to what was said of a memory. Raises NotFound where there is none, or it is forgotten."""
        require(principal, Permission.MEMORY_WRITE)
        value, reason = feedback.value, feedback.reason
        for field, number in (("value", value), ("importance_by", feedback.importance_by)):
            if not (math.isfinite(number) and -1 <= number <= 1):
                raise errors.invalid(field, "must be between -1 and 1", "out_of_range")
        if reason is not None:
            reason = clean("reason", reason, limit=MAX_REASON)
        async with self._store.write(principal) as uow:
            memory = living((await uow.memories.get_many([feedback.memory]))[0])
            usage = await uow.memories.give_feedback(memory.id, value=value, reason=reason)
            uow.emit(memory_event(EventKind.MEMORY_RATED, memory, value=value))
            weighed = _weighed(memory, feedback.importance_by, self._clock.now())
            if weighed.importance != memory.importance:
                await uow.memories.put_many([weighed])
                uow.emit(memory_event(EventKind.MEMORY_UPDATED, weighed))
                memory = weighed
        return Rated(memory=memory, usage=usage)

    async def promote(self, principal: Principal, *, memory: MemoryId, expires_at: datetime | None = None) -> Memory:
        """From TASK to RAW: it stays, or until `expires_at`. Raises Conflict where it is RAW, Gone where its time is over."""
        return await self._move(principal, memory, Layer.RAW, expires_at)

    async def demote(self, principal: Principal, *, memory: MemoryId, expires_at: datetime | None = None) -> Memory:
        """From RAW to TASK: it ends at `expires_at`, or after the life of working memory. Raises as `promote` does."""
        return await self._move(principal, memory, Layer.TASK, expires_at)

    async def _move(self, principal: Principal, id_: MemoryId, layer: Layer, until: datetime | None) -> Memory:
        """What was drawn from it alone goes with it."""
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        if until is not None and until <= now:
            raise errors.invalid("expires_at", "must be in the future", "out_of_range")
        stay = stay_of(layer, until, now=now, life=self._task_life)
        async with self._store.write(principal) as uow:
            found = (await uow.memories.get_many([id_]))[0]
            memory = _movable(found, stay, now)
            moved = [staying(each, stay, now=now) for each in (memory, *await drawn_from(uow, [memory]))]
            await uow.memories.put_many(moved)
            for each in moved:
                uow.emit(memory_event(EventKind.MEMORY_UPDATED, each, layer=layer.value))
        return moved[0]

    async def feedback(self, principal: Principal, *, memory: MemoryId, page: Slice) -> Listing[Feedback]:
        """Newest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "feedback", memory)
        async with self._store.read(principal) as reader:
            rows = await reader.memories.feedback(memory, window_of(page, binding))
        return listing(rows, page, binding)


def _weighed(memory: Memory, by: float, now: datetime) -> Memory:
    """More or less important by so much. No run of bad words takes the last of it."""
    floor = min(LEAST_IMPORTANCE, memory.importance)
    importance = round(min(1.0, max(floor, memory.importance + by)), 6)
    return replace(memory, importance=importance, updated_at=now, version=memory.version + 1)


def _movable(memory: Memory | None, stay: Stay, now: datetime) -> Memory:
    """One whose time is over is gone, whether or not the sweep has come by."""
    over = memory is not None and memory.expires_at is not None and memory.expires_at <= now
    if memory is not None and over and memory.layer is Layer.TASK:
        raise errors.Gone("its time is over")
    found = living(memory)
    if found.layer is stay.layer:
        raise errors.Conflict(f"the memory is in the layer {stay.layer.value} already")
    return found
