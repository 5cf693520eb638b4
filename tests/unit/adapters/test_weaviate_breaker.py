"""The breaker before the index, and what becomes of the client's errors."""

import asyncio
import inspect

import grpc  # type: ignore[import-untyped]  # it has no types
import pytest

from app.adapters.runtime import SystemClock
from app.adapters.weaviate.breaker import Breaker, State
from app.adapters.weaviate.driver import theirs
from app.adapters.weaviate.faults import FAILURES, NoTenant, Silent, as_our_errors
from app.adapters.weaviate.index import open_index
from app.domain import errors
from app.domain.ids import MemoryId, OrganizationId
from app.domain.query import MemoryFilter
from tests.builders import a_principal, an_embedding

THEIR_ERRORS = [
    error
    for _, error in inspect.getmembers(theirs, inspect.isclass)
    if issubclass(error, BaseException) and error.__module__ == theirs.__name__
]


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class ProbeFailed(Silent):
    """What was let through failed."""


def a_breaker(now: Time) -> Breaker:
    return Breaker(failures=3, now=now, jitter=lambda: 1.0)


def fail(breaker: Breaker, problem: BaseException) -> None:
    with breaker.guard():
        raise problem


def silence(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Silent):
            fail(breaker, Silent())


def entered(breaker: Breaker) -> bool:
    """Whether it lets through; what is let through goes well."""
    try:
        with breaker.guard():
            return True
    except Silent:
        return False


def test_it_opens_after_failures_in_a_row_and_refuses_at_once() -> None:
    breaker = a_breaker(Time())
    silence(breaker, 2)
    assert entered(breaker)
    silence(breaker, 2)
    assert breaker.state == State.CLOSED.value
    silence(breaker, 1)
    assert breaker.state == State.OPEN.value
    assert not entered(breaker)


def test_one_probe_goes_through_when_its_time_has_come_and_closes_it() -> None:
    now = Time()
    breaker = a_breaker(now)
    silence(breaker, 3)
    now.now = 0.49
    assert not entered(breaker)
    now.now = 0.5
    with breaker.guard():
        assert breaker.state == State.HALF_OPEN.value
        assert not entered(breaker)
    assert breaker.state == State.CLOSED.value


def test_probes_that_fail_come_ever_more_rarely_up_to_a_limit() -> None:
    now = Time()
    breaker = a_breaker(now)
    silence(breaker, 3)
    pauses = []
    for _ in range(7):
        before = now.now
        while not_yet(breaker):
            now.now += 0.25
        pauses.append(now.now - before)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def not_yet(breaker: Breaker) -> bool:
    """Whether it refuses still; a probe that it lets through fails."""
    try:
        fail(breaker, ProbeFailed())
    except ProbeFailed:
        return False
    except Silent:
        return True
    return False


def test_an_error_is_an_answer_and_a_probe_that_was_given_up_is_none() -> None:
    now = Time()
    breaker = a_breaker(now)
    silence(breaker, 2)
    with pytest.raises(NoTenant):
        fail(breaker, NoTenant())
    silence(breaker, 2)
    assert breaker.state == State.CLOSED.value
    silence(breaker, 1)
    now.now = 1.0
    with pytest.raises(KeyboardInterrupt):
        fail(breaker, KeyboardInterrupt())
    assert breaker.state == State.OPEN.value
    assert entered(breaker)


@pytest.mark.parametrize("error", THEIR_ERRORS, ids=lambda error: error.__name__)
def test_every_error_of_the_client_leaves_as_unavailable(error: type[BaseException]) -> None:
    assert issubclass(error, FAILURES)
    with pytest.raises(errors.Unavailable), as_our_errors():
        raise BaseException.__new__(error)


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), grpc.RpcError()])
def test_so_does_what_comes_from_below_it(error: BaseException) -> None:
    with pytest.raises(errors.Unavailable), as_our_errors():
        raise error


async def test_a_channel_that_another_call_has_closed_is_silence() -> None:
    """The client tries again on the channel that it began with."""
    channel = grpc.aio.insecure_channel("127.0.0.1:9")
    await channel.close()
    with pytest.raises(Silent), as_our_errors():
        await channel.unary_unary("/weaviate.v1.Weaviate/Search")(b"")


async def test_a_dead_port_is_known_at_once_and_never_raises_anything_else() -> None:
    principal, where = a_principal(), MemoryFilter()
    index_opened = open_index(
        url="http://127.0.0.1:9", grpc="127.0.0.1:10", key="x", model="small", dimension=3, clock=SystemClock()
    )
    async with index_opened as index:
        for _ in range(3):
            with pytest.raises(errors.Unavailable):
                await index.search.words(principal, terms=["tea"], where=where, limit=9)
        assert index.breaker is State.OPEN
        calls = (
            index.search.words(principal, terms=["tea"], where=where, limit=9),
            index.search.nearest(principal, embedding=an_embedding(1, 0, 0), where=where, limit=9),
            index.writer.entries(OrganizationId("org_1"), [MemoryId("mem_1")]),
            index.writer.remove(OrganizationId("org_1"), [MemoryId("mem_1")]),
            index.incarnation(),
        )
        async with asyncio.timeout(0.5):
            for call in calls:
                with pytest.raises(errors.Unavailable):
                    await call


@pytest.mark.parametrize(("url", "grpc_address"), [("http://h:x", "h:1"), ("http://h", "h"), ("http://h", "h:nine")])
async def test_what_is_no_address_is_said_when_it_is_opened(url: str, grpc_address: str) -> None:
    opened = open_index(url=url, grpc=grpc_address, key="x", model="small", dimension=3, clock=SystemClock())
    with pytest.raises(errors.Invalid, match="MNEMOGRAPH_WEAVIATE_URL"):
        async with opened:
            pass


@pytest.mark.parametrize("prefix", ["", "small", "With_line", "1st", "Täst"])
async def test_a_prefix_that_weaviate_would_change_is_refused(prefix: str) -> None:
    opened = open_index(
        url="http://h:1", grpc="h:2", key="x", prefix=prefix, model="small", dimension=3, clock=SystemClock()
    )
    with pytest.raises(errors.Invalid, match="MNEMOGRAPH_WEAVIATE_PREFIX"):
        async with opened:
            pass
