"""The contract of `EventBus`, for every implementation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.local_bus import LocalBus
from app.domain.ids import OrganizationId
from app.domain.work import Event, EventKind, RecordedEvent
from app.ports.messaging import EventBus, Gap
from tests.unit.identity.people import START

OURS, THEIRS = OrganizationId("org_ours"), OrganizationId("org_theirs")


def an_event(revision: int, tenant: OrganizationId = OURS) -> RecordedEvent:
    event = Event(kind=EventKind.MEMORY_CREATED, subject=f"mem_{revision}", project=None, user=None)
    return RecordedEvent(tenant=tenant, revision=revision, at=START, actor="test", event=event)


def everything(_event: RecordedEvent) -> bool:
    return True


@pytest.fixture(params=["local"])
def bus() -> EventBus:
    return LocalBus(queue_size=256)


async def take(events: AsyncIterator[RecordedEvent | Gap], count: int) -> list[int | Gap]:
    """The revisions of the next events, gaps as they are."""
    async with asyncio.timeout(5):
        taken = [await anext(events) for _ in range(count)]
    return [each if isinstance(each, Gap) else each.revision for each in taken]


async def test_events_arrive_in_order(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything) as events:
        await bus.publish([an_event(1), an_event(2)])
        await bus.publish([an_event(3)])
        assert await take(events, 3) == [1, 2, 3]


async def test_what_was_before_is_not_told(bus: EventBus) -> None:
    await bus.publish([an_event(1)])
    async with bus.subscribe(OURS, everything) as events:
        await bus.publish([an_event(2)])
        assert await take(events, 1) == [2]


async def test_a_waiting_subscriber_is_woken(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything) as events:
        waiting = asyncio.ensure_future(take(events, 1))
        await asyncio.sleep(0)
        await bus.publish([an_event(1)])
        assert await waiting == [1]


async def test_a_tenant_hears_only_of_itself(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything) as ours, bus.subscribe(THEIRS, everything) as theirs:
        await bus.publish([an_event(1, OURS), an_event(1, THEIRS), an_event(2, OURS)])
        await bus.publish([an_event(2, THEIRS)])
        assert await take(ours, 2) == [1, 2]
        assert await take(theirs, 2) == [1, 2]


async def test_only_wanted_events_take_room(bus: EventBus) -> None:
    def even(event: RecordedEvent) -> bool:
        return event.revision % 2 == 0

    async with bus.subscribe(OURS, even) as events:
        await bus.publish([an_event(revision) for revision in range(1, 513)])
        assert await take(events, 256) == list(range(2, 513, 2))


async def test_overflow_drops_the_oldest_and_leaves_one_gap(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything) as events:
        await bus.publish([an_event(1)])
        assert await take(events, 1) == [1]
        await bus.publish([an_event(revision) for revision in range(2, 302)])
        assert await take(events, 257) == [Gap(1), *range(46, 302)]


async def test_a_slow_subscriber_does_not_hold_up_the_others(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything), bus.subscribe(OURS, everything) as quick:
        for revision in range(1, 1_001):
            await bus.publish([an_event(revision)])
            assert await take(quick, 1) == [revision]


async def test_who_left_is_forgotten() -> None:
    bus = LocalBus()
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(bus.subscribe(OURS, everything))
        assert len(bus) == 10
    assert len(bus) == 0
    await bus.publish([an_event(1)])


async def test_closing_ends_the_subscription_after_what_it_holds() -> None:
    bus = LocalBus()
    async with bus.subscribe(OURS, everything) as events:
        await bus.publish([an_event(1), an_event(2)])
        bus.close()
        assert [each async for each in events] == [an_event(1), an_event(2)]
    async with bus.subscribe(OURS, everything) as late:
        assert [each async for each in late] == []


async def test_closing_wakes_whoever_waits() -> None:
    bus = LocalBus()
    async with bus.subscribe(OURS, everything) as events:
        waiting = asyncio.ensure_future(anext(events, None))
        await asyncio.sleep(0)
        bus.close()
        assert await asyncio.wait_for(waiting, 5) is None


async def test_a_wait_that_was_given_up_loses_nothing(bus: EventBus) -> None:
    async with bus.subscribe(OURS, everything) as events:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await anext(events)
        await bus.publish([an_event(1)])
        assert await take(events, 1) == [1]


async def replayed(steps: list[tuple[int, int]], size: int) -> tuple[list[int | Gap], int]:
    """Publishes and reads by turns, then reads to the end; what was told and how much was published."""
    bus, revision, told = LocalBus(queue_size=size), 0, list[int | Gap]()
    note: Callable[[RecordedEvent | Gap], None] = lambda each: told.append(  # noqa: E731 - one line beats a nest
        each if isinstance(each, Gap) else each.revision
    )
    async with bus.subscribe(OURS, everything) as events:
        for published, read in steps:
            await bus.publish([an_event(revision + number) for number in range(1, published + 1)])
            revision += published
            held = min(size, revision - max((each for each in told if isinstance(each, int)), default=0))
            for _ in range(min(read, held)):
                note(await anext(events))
        bus.close()
        async for each in events:
            note(each)
    return told, revision


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12), st.integers(1, 8))
def test_order_holds_and_every_loss_is_told(steps: list[tuple[int, int]], size: int) -> None:
    told, published = asyncio.run(replayed(steps, size))
    seen, after_gap = 0, False
    for each in told:
        if isinstance(each, Gap):
            assert each.revision >= seen if after_gap else each.revision == seen
            seen = each.revision
        else:
            assert each > seen + 1 if after_gap else each == seen + 1
            seen = each
        after_gap = isinstance(each, Gap)
    assert (seen, after_gap) == (published, False)
