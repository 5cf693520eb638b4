"""Indexer and repair against stores in memory, every interleaving of their calls allowed, faults among them.

Whatever happens, in the end the index is as the record is. As long as nothing wrote late, more holds: what
has no mark is in the index as it is in the record, which is what reading one's own writes stands on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.indexer import Indexer
from app.indexing.pace import Pace
from app.indexing.repair import KEPT, Findings, Repair
from app.ports.indexing import Backlog, Document, Entry, Mark
from tests.builders import a_memory
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeIndex, FakeOutbox
from tests.indexing.scheduler import Scheduler

TENANTS = (OrganizationId("org_1"), OrganizationId("org_2"))
MEMORIES = (MemoryId("mem_1"), MemoryId("mem_1"), MemoryId("mem_p"))
POISONED = MemoryId("mem_p")
WORKERS, REPAIRS = ("worker a", "worker b", "worker c"), ("repair a", "repair b")
T = TypeVar("T")
PACE = Pace(batch=3, attempts=3, page=1, rest=0.0)

tenants, memories = st.sampled_from(TENANTS), st.sampled_from(MEMORIES)


class SlowOutbox:
    """Each call can be overtaken before it is done and before its answer arrives."""

    def __init__(self, outbox: FakeOutbox, scheduler: Scheduler) -> None:
        self._outbox, self._scheduler = outbox, scheduler

    async def claim_marks(self, *, now: datetime, until: datetime, limit: int) -> list[Mark]:
        return await self._slowly(lambda: self._outbox.claim_marks(now=now, until=until, limit=limit))

    async def settle_marks(self, marks: Sequence[Mark]) -> int:
        return await self._slowly(lambda: self._outbox.settle_marks(marks))

    async def postpone_marks(self, marks: Sequence[Mark], *, due: datetime | None, reason: str) -> None:
        await self._slowly(lambda: self._outbox.postpone_marks(marks, due=due, reason=reason))

    async def revive_marks(self) -> int:
        return await self._slowly(self._outbox.revive_marks)

    async def backlog(self) -> Backlog:
        return await self._slowly(self._outbox.backlog)

    async def documents(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[Document | None]:
        return await self._slowly(lambda: self._outbox.documents(tenant, memories))

    async def stamps(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        return await self._slowly(lambda: self._outbox.stamps(tenant, memories))

    async def stamps_after(self, tenant: OrganizationId, after: MemoryId | None, *, limit: int) -> list[Entry]:
        return await self._slowly(lambda: self._outbox.stamps_after(tenant, after, limit=limit))

    async def mark(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> int:
        return await self._slowly(lambda: self._outbox.mark(tenant, memories))

    async def tombstones(self, tenant: OrganizationId, *, since: datetime) -> list[MemoryId]:
        return await self._slowly(lambda: self._outbox.tombstones(tenant, since=since))

    async def _slowly(self, call: Callable[[], Awaitable[T]]) -> T:
        await self._scheduler.stop()
        answer = await call()
        await self._scheduler.stop()
        return answer


class SlowIndex:
    """Likewise; and a write may be lost, or be reported lost and land when nobody waits for it."""

    def __init__(self, index: FakeIndex, scheduler: Scheduler) -> None:
        self._index, self._scheduler = index, scheduler
        self.faults: list[str] = []
        self.late: list[Callable[[], Awaitable[Any]]] = []

    async def put(self, tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        return await self._write(lambda: self._index.put(tenant, documents))

    async def remove(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> None:
        await self._write(lambda: self._index.remove(tenant, memories))

    async def entries(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        return await self._slowly(lambda: self._index.entries(tenant, memories))

    async def entries_after(
        self, tenant: OrganizationId, after: str | None, *, limit: int
    ) -> tuple[list[Entry], str | None]:
        return await self._slowly(lambda: self._index.entries_after(tenant, after, limit=limit))

    async def drop(self, tenant: OrganizationId) -> None:
        await self._write(lambda: self._index.drop(tenant))

    async def _write(self, call: Callable[[], Awaitable[T]]) -> T:
        fault = self.faults.pop() if self.faults else "none"
        if fault == "late":
            self.late.append(call)
        if fault != "none":
            await self._scheduler.stop()
            raise Unavailable
        return await self._slowly(call)

    async def _slowly(self, call: Callable[[], Awaitable[T]]) -> T:
        await self._scheduler.stop()
        answer = await call()
        await self._scheduler.stop()
        return answer


class Indexing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = FixedClock()
        self.scheduler = Scheduler()
        self.record, self.index = FakeOutbox(self.clock), FakeIndex()
        self.slow = SlowIndex(self.index, self.scheduler)
        self.outbox = SlowOutbox(self.record, self.scheduler)
        self.removed: dict[tuple[OrganizationId, MemoryId], Document] = {}
        self.late = False
        self.began: dict[str, datetime] = {}
        self.texts = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def indexer(self) -> Indexer:
        return Indexer(
            outbox=self.outbox, index=self.slow, signal=NoSignal(), clock=self.clock, jitter=lambda: 0.5, pace=PACE
        )

    def repair(self, told: Callable[[Findings], None] = lambda _: None) -> Repair:
        return Repair(
            outbox=self.outbox,
            index=self.slow,
            tenants=all_tenants,
            incarnation=one_incarnation,
            clock=self.clock,
            told=told,
            pace=PACE,
        )

    @initialize()
    def begin(self) -> None:
        for tenant in TENANTS:
            self.change(tenant, MEMORIES[0])

    @rule(tenant=tenants, memory=memories)
    def change(self, tenant: OrganizationId, memory: MemoryId) -> None:
        """Creates, updates, or creates again what was erased."""
        self.texts += 1
        self.record.write(
            tenant,
            Document(memory=a_memory(id=memory, text=f"text {self.texts}"), entities=(), embedding=None, stamp=0),
        )

    @rule(tenant=tenants, memory=memories)
    def erase(self, tenant: OrganizationId, memory: MemoryId) -> None:
        row = self.record.rows.get((tenant, memory))
        if row is not None:
            self.removed[tenant, memory] = row
            self.record.erase(tenant, memory)

    @rule(name=st.sampled_from(WORKERS))
    def work(self, name: str) -> None:
        if name not in self.scheduler.running:
            self.began[name] = self.clock.now()
            self.run(self.scheduler.start(name, self.indexer().step()))

    @rule()
    def overtake(self) -> None:
        """One more worker comes and goes while all others stand where they are."""
        self.work(WORKERS[-1])
        while WORKERS[-1] in self.scheduler.running:
            self.run(self.scheduler.step(WORKERS[-1]))

    @rule(name=st.sampled_from(REPAIRS), tenant=tenants)
    def look_over(self, name: str, tenant: OrganizationId) -> None:
        if name not in self.scheduler.running:
            self.run(self.scheduler.start(name, self.repair().check(tenant)))

    @precondition(lambda self: self.scheduler.running)
    @rule(pick=st.integers(0, 9))
    def go_on(self, pick: int) -> None:
        self.run(self.scheduler.step(self.scheduler.running[pick % len(self.scheduler.running)]))

    @precondition(lambda self: self.scheduler.running)
    @rule(pick=st.integers(0, 9), times=st.integers(3, 30))
    def go_on_further(self, pick: int, times: int) -> None:
        name = self.scheduler.running[pick % len(self.scheduler.running)]
        for _ in range(times):
            self.run(self.scheduler.step(name))

    @rule()
    def calm(self) -> None:
        """All that is under way comes to its end, and what is due is written."""
        self.run(self.calmed())

    async def calmed(self) -> None:
        await self.scheduler.finish()
        with suppress(Unavailable):
            await self.indexer().drain()

    @precondition(lambda self: self.scheduler.running)
    @rule(pick=st.integers(0, 9))
    def crash(self, pick: int) -> None:
        self.run(self.scheduler.crash(self.scheduler.running[pick % len(self.scheduler.running)]))

    @rule(seconds=st.sampled_from([1, 20]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.late = self.late or self.overslept()

    @rule()
    def stall(self) -> None:
        """Whoever is under way wakes up after the end of its lease."""
        self.clock.advance(PACE.lease)
        self.late = self.late or self.overslept()

    @precondition(lambda self: not self.slow.faults)
    @rule(fault=st.sampled_from(["lost", "late"]))
    def fail_next_write(self, fault: str) -> None:
        self.slow.faults.append(fault)

    @precondition(lambda self: self.slow.late)
    @rule()
    def land_late(self) -> None:
        self.late = True
        self.run(awaited(self.slow.late.pop(0)))

    @rule()
    def poison(self) -> None:
        self.index.poison[POISONED] = "too large"

    @precondition(lambda self: self.removed)
    @rule()
    def restart_of_the_index(self) -> None:
        """Everything that was ever removed comes back, and is replayed."""
        for place, document in self.removed.items():
            if place not in self.record.rows:
                self.index.kept[place] = document
        if REPAIRS[0] not in self.scheduler.running:
            since = self.clock.now() - KEPT
            self.run(self.scheduler.start(REPAIRS[0], self.repair().replay(since=since)))

    def overslept(self) -> bool:
        """Whether a worker is under way whose lease has run out: what it writes now may be older than what is there."""
        leases = [self.began[name] + PACE.lease for name in self.scheduler.running if name in WORKERS]
        return any(self.clock.now() >= lease for lease in leases)

    @invariant()
    def what_has_no_mark_is_in_the_index(self) -> None:
        if self.late:
            return
        for place, row in self.record.rows.items():
            if place not in self.record.marks:
                assert self.index.kept.get(place) == row, place

    def teardown(self) -> None:
        try:
            self.run(self.converge())
        finally:
            self.loop.close()

    async def converge(self) -> None:
        await self.scheduler.finish()
        for landing in self.slow.late:
            await landing()
        self.slow.faults.clear()
        self.index.poison.clear()
        found = [await self.healed() for _ in range(3)]
        assert found[1:] == [Findings(), Findings()]
        assert self.index.kept == self.record.rows
        assert self.record.marks == {}

    async def healed(self) -> Findings:
        """One round of repair, and all that it marked written."""
        found = await self.repair().everything()
        self.clock.advance(PACE.lease)
        await self.record.revive_marks()
        await self.indexer().drain()
        return found


class NoSignal:
    def notify(self) -> None:
        """Nobody waits."""

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def awaited(call: Callable[[], Awaitable[T]]) -> T:
    return await call()


async def all_tenants() -> Sequence[OrganizationId]:
    return TENANTS


async def one_incarnation() -> str:
    return "first"


TestIndexing = Indexing.TestCase
TestIndexing.settings = settings(max_examples=300, stateful_step_count=50, deadline=None)
