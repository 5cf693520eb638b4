"""The relay: what is committed is told, in order within each tenant, once, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest

from app.adapters.local_bus import LocalBus
from app.adapters.runtime import LoopSignal
from app.domain import errors
from app.domain.ids import OrganizationId
from app.domain.principal import Principal
from app.domain.work import RecordedEvent
from app.jobs.relay import Relay
from app.ports.directory import Directory
from app.ports.messaging import Gap
from tests.builders import a_principal, an_event, an_organization
from tests.services.conftest import Bench

THEM = a_principal(tenant=OrganizationId("org_later"))


class Nobody:
    """Wakes never: only the poll finds what is new."""

    def notify(self) -> None:
        """Lost."""

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Flickering:
    """A directory that is away for its first calls."""

    def __init__(self, directory: Directory, failures: int) -> None:
        self._directory, self.failures = directory, failures

    def __getattr__(self, name: str) -> object:
        return getattr(self._directory, name)

    async def events_since(self, seen: Mapping[OrganizationId, int], *, limit: int) -> Sequence[RecordedEvent]:
        if self.failures:
            self.failures -= 1
            raise errors.Unavailable("the store does not answer")
        return await self._directory.events_since(seen, limit=limit)


def everything(_event: RecordedEvent) -> bool:
    return True


async def emit(bench: Bench, principal: Principal, *subjects: str) -> None:
    async with bench.store.write(principal) as uow:
        for subject in subjects:
            uow.emit(an_event(subject=subject))


async def take(events: AsyncIterator[RecordedEvent | Gap], count: int) -> list[str]:
    async with asyncio.timeout(10):
        taken = [await anext(events) for _ in range(count)]
    return ["gap" if isinstance(each, Gap) else each.event.subject for each in taken]


@asynccontextmanager
async def telling(
    bench: Bench, bus: LocalBus, *, directory: Directory | None = None, told: list[timedelta] | None = None
) -> AsyncIterator[None]:
    def note(*, recorded_at: datetime, told_at: datetime) -> None:
        if told is not None:
            told.append(told_at - recorded_at)

    relay = Relay(directory=directory or bench.store, bus=bus, signal=Nobody(), clock=bench.clock, told=note, poll=0.01)
    running = asyncio.create_task(relay.run(seen=await bench.store.revisions()))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_each_process_tells_what_was_committed_since_it_began_in_order(bench: Bench) -> None:
    await emit(bench, bench.operator, "before")
    one, other = LocalBus(), LocalBus()
    delays: list[timedelta] = []
    tenant = bench.operator.tenant
    async with (
        telling(bench, one, told=delays),
        telling(bench, other),
        one.subscribe(tenant, everything) as here,
        other.subscribe(tenant, everything) as there,
    ):
        await emit(bench, bench.operator, "a", "b")
        await emit(bench, bench.operator, "c")
        assert await take(here, 3) == ["a", "b", "c"]
        assert await take(there, 3) == ["a", "b", "c"]
    assert delays == [timedelta(0)] * 3


async def test_a_tenant_that_comes_later_is_told_of_from_its_first_event(bench: Bench) -> None:
    bus = LocalBus()
    async with telling(bench, bus), bus.subscribe(THEM.tenant, everything) as events:
        await bench.store.found(an_organization(id=THEM.tenant))
        await emit(bench, THEM, "first")
        await emit(bench, bench.operator, "ours")
        await emit(bench, THEM, "second")
        assert await take(events, 2) == ["first", "second"]


async def test_more_than_one_reading_holds_is_told_to_the_last(bench: Bench) -> None:
    bus = LocalBus(queue_size=2_000)
    async with telling(bench, bus), bus.subscribe(bench.operator.tenant, everything) as events:
        subjects = [f"mem_{number}" for number in range(1_234)]
        await emit(bench, bench.operator, *subjects)
        assert await take(events, 1_234) == subjects


async def test_while_the_record_is_away_nothing_is_lost(bench: Bench) -> None:
    bus = LocalBus()
    flickering = Flickering(bench.store, failures=3)
    async with telling(bench, bus, directory=flickering), bus.subscribe(bench.operator.tenant, everything) as events:  # type: ignore[arg-type]  # it hands on what it has not got itself
        await emit(bench, bench.operator, "a")
        await emit(bench, bench.operator, "b")
        assert await take(events, 2) == ["a", "b"]
    assert flickering.failures == 0


async def test_only_a_full_queue_leaves_a_gap(bench: Bench) -> None:
    bus = LocalBus(queue_size=2)
    async with telling(bench, bus), bus.subscribe(bench.operator.tenant, everything) as events:
        await emit(bench, bench.operator, "a", "b", "c")
        assert await take(events, 3) == ["gap", "b", "c"]


async def test_a_wake_up_is_answered_without_the_poll(bench: Bench) -> None:
    bus, signal = LocalBus(), LoopSignal()

    def unheard(*, recorded_at: datetime, told_at: datetime) -> None:
        """Nobody counts."""

    relay = Relay(directory=bench.store, bus=bus, signal=signal, clock=bench.clock, told=unheard, poll=3_600)
    running = asyncio.create_task(relay.run(seen=await bench.store.revisions()))
    async with bus.subscribe(bench.operator.tenant, everything) as events:
        for subject in ("a", "b"):
            await emit(bench, bench.operator, subject)
            signal.notify()
            assert await take(events, 1) == [subject]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
