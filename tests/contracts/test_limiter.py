"""The contract of `Limiter`, for every implementation."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from app.adapters.local_limiter import LocalLimiter
from app.adapters.redis.clients import COMMANDS, client_of
from app.adapters.redis.limiter import RedisLimiter
from app.ports.messaging import Limiter, Taken
from tests.live.redis_server import URL, live_redis, own_prefix
from tests.unit.identity.people import HandClock

Forward = Callable[[float], Awaitable[None]]

A_MOMENT = 5.0
"""Seconds that the clock of a real server may have gone on by itself since the test began."""


@asynccontextmanager
async def local() -> AsyncIterator[tuple[Limiter, Forward]]:
    clock = HandClock()

    async def forward(seconds: float) -> None:
        clock.forward(seconds)

    yield LocalLimiter(clock), forward


@asynccontextmanager
async def shared() -> AsyncIterator[tuple[Limiter, Forward]]:
    """Redis counts by its own clock: instead of moving that ahead, what it keeps is moved back."""
    with own_prefix() as prefix:
        async with client_of(URL, socket_timeout=COMMANDS) as client:

            async def forward(seconds: float) -> None:
                await put_back(client, prefix, seconds)

            limiter = RedisLimiter(client=client, prefix=prefix, local=NotAsked())
            yield limiter, forward


async def put_back(client: Redis, prefix: str, seconds: float) -> None:
    async for key in client.scan_iter(f"{prefix}:*"):
        full_at = float(await client.get(key)) - seconds * 1_000_000
        await client.set(key, f"{full_at:.17g}", keepttl=True)


class NotAsked:
    """A limiter for when Redis is away, which it is not."""

    async def take(self, key: str, *, limit: int, window: float) -> Taken:
        raise AssertionError(f"{key} was not counted by Redis")


LIMITERS = {"local": local, "redis": shared}


@pytest.fixture(params=["local", pytest.param("redis", marks=live_redis)])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Limiter, Forward]]:
    async with LIMITERS[request.param]() as opened:
        yield opened


@pytest.fixture
def limiter(world: tuple[Limiter, Forward]) -> Limiter:
    return world[0]


@pytest.fixture
def forward(world: tuple[Limiter, Forward]) -> Forward:
    return world[1]


async def test_the_limit_is_granted_and_no_more(limiter: Limiter) -> None:
    assert [(await limiter.take("a", limit=3, window=60)).wait for _ in range(3)] == [0.0, 0.0, 0.0]
    assert (await limiter.take("a", limit=3, window=60)).wait == pytest.approx(20, abs=A_MOMENT)


async def test_keys_do_not_share(limiter: Limiter) -> None:
    assert (await limiter.take("a", limit=1, window=60)).wait == 0.0
    assert (await limiter.take("b", limit=1, window=60)).wait == 0.0
    assert (await limiter.take("a", limit=1, window=60)).wait == pytest.approx(60, abs=A_MOMENT)


async def test_waiting_as_told_is_enough(limiter: Limiter, forward: Forward) -> None:
    for _ in range(7):
        await limiter.take("a", limit=7, window=10)
    wait = (await limiter.take("a", limit=7, window=10)).wait
    await forward(wait)
    assert (await limiter.take("a", limit=7, window=10)).wait == 0.0


async def test_a_refusal_costs_nothing(limiter: Limiter, forward: Forward) -> None:
    await limiter.take("a", limit=1, window=60)
    for _ in range(100):
        assert (await limiter.take("a", limit=1, window=60)).wait == pytest.approx(60, abs=A_MOMENT)
    await forward(60)
    assert (await limiter.take("a", limit=1, window=60)).wait == 0.0


async def test_what_is_left_is_told(limiter: Limiter, forward: Forward) -> None:
    told = [await limiter.take("a", limit=3, window=60) for _ in range(4)]
    assert [taken.left for taken in told] == [2, 1, 0, 0]
    assert [taken.full_in for taken in told] == pytest.approx([20, 40, 60, 60], abs=A_MOMENT)
    await forward(40)
    taken = await limiter.take("a", limit=3, window=60)
    assert (taken.wait, taken.left) == (0.0, 1)
    assert taken.full_in == pytest.approx(40, abs=A_MOMENT)


async def test_after_a_window_of_rest_the_whole_limit_is_there_again(limiter: Limiter, forward: Forward) -> None:
    for _ in range(5):
        await limiter.take("a", limit=5, window=60)
    await forward(60)
    assert [(await limiter.take("a", limit=5, window=60)).wait for _ in range(5)] == [0.0] * 5
    assert (await limiter.take("a", limit=5, window=60)).wait > 0


async def test_a_fractional_share_is_granted_as_often_as_the_limit_says(limiter: Limiter) -> None:
    assert [(await limiter.take("a", limit=7, window=600)).wait for _ in range(7)] == [0.0] * 7
    assert (await limiter.take("a", limit=7, window=600)).wait == pytest.approx(600 / 7, abs=A_MOMENT)


async def test_a_window_that_was_made_shorter_shuts_nobody_out(limiter: Limiter) -> None:
    assert (await limiter.take("a", limit=1, window=3_600)).wait == 0.0
    assert (await limiter.take("a", limit=1, window=60)).wait <= 60


async def test_a_clock_that_goes_back_shuts_nobody_out(limiter: Limiter, forward: Forward) -> None:
    assert (await limiter.take("a", limit=1, window=60)).wait == 0.0
    await forward(-3_600)
    assert (await limiter.take("a", limit=1, window=60)).wait == pytest.approx(60, abs=A_MOMENT)
    await forward(60)
    assert (await limiter.take("a", limit=1, window=60)).wait == 0.0


async def test_full_buckets_are_forgotten() -> None:
    clock = HandClock()
    limiter = LocalLimiter(clock)
    for number in range(10_000):
        await limiter.take(f"visitor {number}", limit=10, window=1)
        clock.forward(0.001)
    assert len(limiter._full_at) < 200
