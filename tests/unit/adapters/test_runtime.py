import asyncio
import threading
from datetime import timedelta
from uuid import RFC_4122, UUID

import pytest

from app.adapters.runtime import LoopSignal, OrderedIds, SystemClock
from app.domain.ids import PREFIXES, noun_of, number_of
from tests.unit.identity.people import START, HandClock


def test_the_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("noun", list(PREFIXES))
def test_an_id_names_its_noun(noun: str) -> None:
    id_ = OrderedIds(HandClock()).new(noun)
    assert noun_of(id_) == noun
    assert len(id_) == 4 + 26


def test_later_ids_sort_after_earlier_ones_whatever_the_clock_does() -> None:
    clock = HandClock()
    ids = OrderedIds(clock)
    made = []
    for step in (0, 0, 0.001, -5, 0, 10, 0):
        clock.forward(step)
        made += [ids.new("memory") for _ in range(100)]
    assert made == sorted(set(made))


def test_an_id_tells_its_millisecond() -> None:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for character in OrderedIds(HandClock()).new("memory")[4:]:
        value = value * 32 + alphabet.index(character)
    assert value >> 80 == int(START.timestamp() * 1000)


def test_an_id_is_a_uuid_of_version_7_within_a_millisecond_as_well() -> None:
    ids = OrderedIds(HandClock())
    made = [UUID(int=number_of(ids.new("memory").partition("_")[2])) for _ in range(200)]
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {RFC_4122}


def test_ids_of_many_threads_differ() -> None:
    ids = OrderedIds(SystemClock())
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new("job") for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2_000


def test_secrets_have_the_size_asked_for() -> None:
    ids = OrderedIds(HandClock())
    assert len(ids.secret(32)) == 32
    assert ids.secret(32) != ids.secret(32)


async def test_a_notification_before_the_wait_is_not_lost() -> None:
    signal = LoopSignal()
    signal.notify()
    signal.notify()
    await asyncio.wait_for(signal.wait(60), 5)


async def test_one_notification_wakes_one_wait() -> None:
    signal = LoopSignal()
    signal.notify()
    await signal.wait(60)
    second = asyncio.ensure_future(signal.wait(60))
    await asyncio.sleep(0)
    assert not second.done()
    signal.notify()
    await asyncio.wait_for(second, 5)


async def test_a_thread_wakes_the_loop() -> None:
    signal = LoopSignal()
    waiting = asyncio.ensure_future(signal.wait(60))
    await asyncio.sleep(0)
    await asyncio.to_thread(signal.notify)
    await asyncio.wait_for(waiting, 5)


async def test_a_wait_ends_without_a_notification() -> None:
    await asyncio.wait_for(LoopSignal().wait(0.01), 5)


def test_a_closed_loop_is_nobody() -> None:
    signal = LoopSignal()
    asyncio.run(signal.wait(0.001))
    signal.notify()
    asyncio.run(asyncio.wait_for(signal.wait(60), 5))
