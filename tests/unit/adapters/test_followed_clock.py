"""The time of another machine, carried on by the monotonic clock."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.followed_clock import FollowedClock
from app.domain import errors

THERE = datetime(2030, 1, 1, tzinfo=UTC)


class Monotonic:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_before_the_first_look_it_shows_this_machines_time() -> None:
    assert abs(FollowedClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_it_takes_the_others_time_for_that_of_the_middle_of_the_question() -> None:
    monotonic = Monotonic()
    clock = FollowedClock(monotonic=monotonic)

    async def read() -> datetime:
        monotonic.seconds += 2
        return THERE

    await clock.look(read)
    assert clock.now() == THERE + timedelta(seconds=1)
    monotonic.seconds += 3600
    assert clock.now() == THERE + timedelta(seconds=3601)


async def test_it_goes_on_when_the_other_is_away_and_follows_when_it_is_back() -> None:
    answers: Iterator[datetime | Exception] = iter([THERE, errors.Unavailable("away"), THERE + timedelta(hours=1)])
    looked = asyncio.Event()

    async def read() -> datetime:
        answer = next(answers, None)
        if answer is None:
            looked.set()
            await asyncio.sleep(60)
            return THERE
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = FollowedClock()
    async with clock.following(read, every=0):
        async with asyncio.timeout(5):
            await looked.wait()
        assert timedelta(hours=1) <= clock.now() - THERE < timedelta(hours=1, seconds=5)


async def test_what_goes_wrong_inside_comes_out_as_it_is() -> None:
    async def read() -> datetime:
        return THERE

    with pytest.raises(errors.Conflict):
        async with FollowedClock().following(read):
            raise errors.Conflict("inside")


async def test_a_first_look_that_fails_is_an_error() -> None:
    async def read() -> datetime:
        raise errors.Unavailable("away")

    with pytest.raises(errors.Unavailable, match="away"):
        async with FollowedClock().following(read):
            pass
