"""The contract of `Limiter`, for every implementation."""

import pytest

from app.adapters.local_limiter import LocalLimiter
from app.ports.messaging import Limiter
from tests.unit.identity.people import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["local"])
def limiter(clock: HandClock) -> Limiter:
    return LocalLimiter(clock)


async def test_the_limit_is_granted_and_no_more(limiter: Limiter) -> None:
    assert [await limiter.take("a", limit=3, window=60) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert await limiter.take("a", limit=3, window=60) == pytest.approx(20)


async def test_keys_do_not_share(limiter: Limiter) -> None:
    assert await limiter.take("a", limit=1, window=60) == 0.0
    assert await limiter.take("b", limit=1, window=60) == 0.0
    assert await limiter.take("a", limit=1, window=60) == pytest.approx(60)


async def test_waiting_as_told_is_enough(limiter: Limiter, clock: HandClock) -> None:
    for _ in range(7):
        await limiter.take("a", limit=7, window=10)
    wait = await limiter.take("a", limit=7, window=10)
    clock.forward(wait)
    assert await limiter.take("a", limit=7, window=10) == 0.0


async def test_a_refusal_costs_nothing(limiter: Limiter, clock: HandClock) -> None:
    await limiter.take("a", limit=1, window=60)
    for _ in range(100):
        assert await limiter.take("a", limit=1, window=60) == pytest.approx(60)
    clock.forward(60)
    assert await limiter.take("a", limit=1, window=60) == 0.0


async def test_after_a_window_of_rest_the_whole_limit_is_there_again(limiter: Limiter, clock: HandClock) -> None:
    for _ in range(5):
        await limiter.take("a", limit=5, window=60)
    clock.forward(60)
    assert [await limiter.take("a", limit=5, window=60) for _ in range(5)] == [0.0] * 5
    assert await limiter.take("a", limit=5, window=60) > 0


async def test_full_buckets_are_forgotten(clock: HandClock) -> None:
    limiter = LocalLimiter(clock)
    for number in range(10_000):
        await limiter.take(f"visitor {number}", limit=10, window=1)
        clock.forward(0.001)
    assert len(limiter._full_at) < 200
