"""A Neo4j that is away, comes back, or loses the answer to a commit."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import urlsplit

import pytest

from app.adapters.neo4j.block import LOST, UNKNOWN
from app.adapters.neo4j.failures import AWAY
from app.adapters.neo4j.server import Limits
from app.adapters.neo4j.store import Neo4jStore, open_store
from app.adapters.runtime import OrderedIds, SystemClock
from app.domain import errors
from app.domain.principal import Principal
from tests.builders import a_principal, a_project, an_event, an_organization
from tests.faults.proxy import COMMIT, Proxy, Side, running_proxy
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, OwnNeo4j, TestsOwn, only_live, running_neo4j

US = a_principal()
CLOCK = SystemClock()
BUDGET = 2.0
"""Seconds within which it has to be known that the server is away."""
QUICK = Limits(commit=0.5)


def opened(
    port: int, *, password: str = PASSWORD, limits: Limits | None = None, patience: float = 10.0
) -> AbstractAsyncContextManager[Neo4jStore]:
    return open_store(
        url=f"bolt://127.0.0.1:{port}",
        user=USER,
        password=password,
        database=DATABASE,
        clock=CLOCK,
        ids=OrderedIds(CLOCK),
        limits=limits,
        patience=patience,
    )


async def emit(store: Neo4jStore, subject: str, *, principal: Principal = US) -> None:
    async with store.write(principal) as uow:
        uow.emit(an_event(subject=subject))


async def put_project(store: Neo4jStore) -> None:
    """A unit of work without an event."""
    async with store.write(US) as uow:
        await uow.projects.put(a_project())


async def subjects(store: Neo4jStore) -> list[str]:
    async with store.read(US) as reader:
        return [told.event.subject for told in await reader.events.after(0, project=None, limit=99)]


async def projects(store: Neo4jStore) -> int:
    async with store.read(US) as reader:
        return sum(project is not None for project in await reader.projects.get_many([a_project().id]))


@asynccontextmanager
async def known_in_time() -> AsyncIterator[None]:
    """What is inside has to end with Unavailable within the budget."""
    began = time.monotonic()
    with pytest.raises(errors.Unavailable) as caught:
        yield
    assert caught.value.message == AWAY
    assert time.monotonic() - began < BUDGET


async def test_a_refused_port_is_known_in_time() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with known_in_time(), opened(taken.getsockname()[1]):
            pass


async def test_a_server_that_accepts_and_says_nothing_is_known_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        async with known_in_time(), opened(silent.getsockname()[1]):
            pass


@pytest.fixture
async def proxy(neo4j_data: TestsOwn) -> AsyncIterator[Proxy]:
    neo4j_data.empty()
    async with running_proxy(urlsplit(URL).port or 7687) as proxy:
        yield proxy


@only_live
async def test_a_server_that_falls_silent_is_known_in_time_by_all_who_wait(proxy: Proxy) -> None:
    async def read() -> None:
        async with known_in_time():
            await store.organizations()

    async def write() -> None:
        async with known_in_time():
            await emit(store, "never")

    async with opened(proxy.port) as store:
        await emit(store, "before")
        proxy.black_hole()
        await asyncio.gather(read(), write(), read())
        proxy.pass_on()
        await emit(store, "after")
        assert await subjects(store) == ["before", "after"]


@only_live
async def test_a_server_that_falls_silent_in_a_unit_of_work_is_known_in_time(proxy: Proxy) -> None:
    async with opened(proxy.port) as store:
        async with known_in_time(), store.write(US) as uow:
            uow.emit(an_event())
            proxy.black_hole()
            await uow.events.revision()
        proxy.pass_on()
        assert await subjects(store) == []


@only_live
async def test_a_slow_server_is_not_away(proxy: Proxy) -> None:
    """Each statement takes longer than silence is borne; the sign of life does not."""
    async with opened(proxy.port, limits=Limits(suspicion=0.1)) as store:
        proxy.slow(0.15)
        await emit(store, "slow")
        assert await subjects(store) == ["slow"]


@only_live
async def test_connections_that_were_cut_are_replaced(proxy: Proxy) -> None:
    async with opened(proxy.port) as store:
        await asyncio.gather(*(store.organizations() for _ in range(20)))
        proxy.drop()
        await asyncio.gather(*(store.organizations() for _ in range(20)))
        proxy.drop()
        await emit(store, "one")
        proxy.drop()
        await store.found(an_organization())
        assert await store.organizations() == [an_organization()]


@only_live
async def test_a_long_statement_ends_at_its_limit_and_says_so(proxy: Proxy) -> None:
    async with opened(proxy.port, patience=0.5) as store, opened(proxy.port, patience=0.5) as other:
        async with store.write(US):
            with pytest.raises(errors.Unavailable, match="too many writes are waiting"):
                await emit(other, "never")
        await emit(other, "afterwards")
        assert await subjects(store) == ["afterwards"]


@only_live
@pytest.mark.parametrize("then", [Proxy.drop, Proxy.pass_on], ids=["cut", "silent"])
async def test_a_commit_whose_answer_is_lost_counts_once(proxy: Proxy, then: Callable[[Proxy], None]) -> None:
    async with opened(proxy.port, limits=QUICK) as store:
        for subject in ("with an event", "and another"):
            proxy.lose(lambda sent: COMMIT in sent, Side.ANSWER)
            await asyncio.gather(emit(store, subject), when_lost(proxy, then))
        proxy.lose(lambda sent: COMMIT in sent, Side.ANSWER)
        await asyncio.gather(put_project(store), when_lost(proxy, then))
        assert await subjects(store) == ["with an event", "and another"]
        assert await projects(store) == 1


@only_live
@pytest.mark.parametrize("then", [Proxy.drop, Proxy.pass_on], ids=["cut", "silent"])
async def test_a_commit_that_never_arrives_writes_nothing_and_is_told(
    proxy: Proxy, then: Callable[[Proxy], None]
) -> None:
    async with opened(proxy.port, limits=QUICK) as store:
        proxy.lose(lambda sent: COMMIT in sent, Side.REQUEST)
        with pytest.raises(errors.Unavailable) as caught:
            await asyncio.gather(emit(store, "never"), when_lost(proxy, then))
        assert caught.value.message == LOST
        proxy.lose(lambda sent: COMMIT in sent, Side.REQUEST)
        with pytest.raises(errors.Unavailable) as caught:
            await asyncio.gather(put_project(store), when_lost(proxy, then))
        assert caught.value.message == UNKNOWN
        await emit(store, "afterwards")
        assert await subjects(store) == ["afterwards"]
        assert await projects(store) == 0


@only_live
async def test_a_commit_followed_by_anothers_still_counts(proxy: Proxy) -> None:
    """The other takes the turn before we can ask what became of ours, and writes its own name into the ledger."""
    async with opened(proxy.port, limits=QUICK) as store, opened(urlsplit(URL).port or 7687) as other:

        async def overtake() -> None:
            await proxy.lost.wait()
            await emit(other, "theirs")

        proxy.lose(lambda sent: COMMIT in sent, Side.ANSWER)
        await asyncio.gather(emit(store, "ours"), overtake())
        assert await subjects(store) == ["ours", "theirs"]


@only_live
async def test_a_commit_in_the_midst_of_which_the_server_goes_away_is_told_as_unknown(proxy: Proxy) -> None:
    async with opened(proxy.port, limits=QUICK) as store:
        proxy.lose(lambda sent: COMMIT in sent, Side.ANSWER)
        with pytest.raises(errors.Unavailable) as caught:
            await asyncio.gather(emit(store, "perhaps"), when_lost(proxy, Proxy.cut))
        assert caught.value.message == UNKNOWN


async def when_lost(proxy: Proxy, then: Callable[[Proxy], None]) -> None:
    await proxy.lost.wait()
    then(proxy)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNeo4j]:
    with running_neo4j(tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@only_live
async def test_after_a_kill_and_a_restart_the_same_process_goes_on(own: OwnNeo4j) -> None:
    async with opened(own.port, password=own.password, limits=Limits(sign_of_life=5.0)) as store:
        await store.found(an_organization())
        await asyncio.gather(*(store.organizations() for _ in range(8)), emit(store, "before"))
        await asyncio.to_thread(own.kill)
        async with known_in_time():
            await store.organizations()
        async with known_in_time():
            await emit(store, "never")
        await asyncio.to_thread(own.start)
        assert await asyncio.gather(*(store.organizations() for _ in range(8))) == [[an_organization()]] * 8
        await emit(store, "after")
        assert await subjects(store) == ["before", "after"]


@only_live
async def test_a_wrong_password_is_said(own: OwnNeo4j) -> None:
    with pytest.raises(errors.Unavailable, match="the graph store refuses the user or the password"):
        async with opened(own.port, password="a-wrong-one"):
            pass
