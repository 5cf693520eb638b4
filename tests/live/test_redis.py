"""Messages over a real Redis: what they wake, and what happens when it is restarted, emptied, frozen or away."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.adapters.local_bus import LocalBus
from app.adapters.redis.messaging import RedisMessaging
from app.adapters.runtime import SystemClock
from app.adapters.sqlite.store import open_store
from app.bootstrap import Hooks
from app.domain import errors, troubles
from app.domain.troubles import ServerName
from app.domain.work import RecordedEvent
from app.jobs.relay import Relay
from app.ports.directory import Directory
from app.ports.messaging import Gap, Signal
from app.ports.servers import Refused, Server
from app.ports.store import Store
from tests.builders import a_principal, an_event, an_organization
from tests.fakes import FixedClock
from tests.live.redis_server import PASSWORD, URL, OwnRedis, Process, only_live, only_own, own_prefix, running_redis

ROOT = Path(__file__).parents[2]
LONG = 20.0


@pytest.fixture
def prefix() -> Iterator[str]:
    with own_prefix() as made:
        yield made


@pytest.fixture
def own() -> Iterator[OwnRedis]:
    with running_redis() as server:
        yield server


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 - what happens elsewhere sets no event here
            await asyncio.sleep(0.01)


async def connected(*opened: RedisMessaging) -> None:
    await until(
        lambda: all(one.state().changes.connected_since and one.state().hints.connected_since for one in opened)
    )


async def woken(signal: Signal) -> None:
    """Returns when the signal is notified; the test fails when it is not."""
    async with asyncio.timeout(LONG):
        await signal.wait(LONG * 2)


async def quiet(signal: Signal) -> None:
    """Takes what was notified so far."""
    await asyncio.sleep(0.1)
    await signal.wait(0)


class Worker:
    """A runner that waits for work, and counts how often it was woken."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self.woken = 0

    async def run(self) -> None:
        while True:
            began = asyncio.get_running_loop().time()
            await self._signal.wait(LONG * 2)
            if asyncio.get_running_loop().time() - began < LONG * 2:
                self.woken += 1


@pytest.fixture
async def tasks() -> AsyncIterator[list[asyncio.Task[None]]]:
    started: list[asyncio.Task[None]] = []
    yield started
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)


def everything(_event: RecordedEvent) -> bool:
    return True


def woken_only(directory: Directory, bus: LocalBus, signal: Signal) -> Relay:
    """A relay that does not look by itself while the test lasts."""
    return Relay(directory=directory, bus=bus, signal=signal, clock=SystemClock(), told=Hooks().event, poll=3_600)


async def emit(store: Store, *subjects: str) -> None:
    for subject in subjects:
        async with store.write(a_principal()) as uow:
            uow.emit(an_event(subject=subject))


@only_live
class TestTheSharedOne:
    async def test_a_commit_here_wakes_this_process_and_the_others(self, prefix: str) -> None:
        here, there = Process(URL, prefix), Process(URL, prefix)
        async with here.opened() as ours, there.opened() as theirs:
            await connected(ours, theirs)
            for signal in (here.changes, there.changes):
                await quiet(signal)
            for _ in range(3):
                ours.committed()
                await woken(here.changes)
                await woken(here.wake_runner)
                await woken(there.changes)

    async def test_whoever_uses_another_prefix_hears_nothing(self, prefix: str) -> None:
        here, mate, stranger = Process(URL, prefix), Process(URL, prefix), Process(URL, f"{prefix}:other")
        async with here.opened() as ours, mate.opened() as beside, stranger.opened() as theirs:
            await connected(ours, beside, theirs)
            for signal in (mate.changes, stranger.changes):
                await quiet(signal)
            heard = theirs.state().changes.heard_at
            ours.committed()
            await woken(mate.changes)
            assert theirs.state().changes.heard_at == heard

    async def test_a_commit_on_another_thread_wakes_the_others(self, prefix: str) -> None:
        here, there = Process(URL, prefix), Process(URL, prefix)
        async with here.opened() as ours, there.opened() as theirs:
            await connected(ours, theirs)
            await quiet(there.changes)
            thread = threading.Thread(target=ours.committed)
            thread.start()
            await woken(there.changes)
            thread.join()

    async def test_one_process_sees_what_another_commits_in_order_without_its_poll(
        self, prefix: str, tmp_path: Path, tasks: list[asyncio.Task[None]]
    ) -> None:
        path, here, bus = tmp_path / "memories.db", Process(URL, prefix), LocalBus()
        async with open_store(path, clock=FixedClock()) as store, here.opened() as ours:
            await store.found(an_organization())
            await connected(ours)
            tasks.append(asyncio.create_task(woken_only(store, bus, here.changes).run(seen=await store.revisions())))
            async with bus.subscribe(a_principal().tenant, everything) as events:
                arguments = [sys.executable, "-m", "tests.live.committing_process", str(path), URL, prefix, "50"]
                process = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT)
                async with asyncio.timeout(60):
                    told = [await anext(events) for _ in range(50)]
                    assert await process.wait() == 0
        assert [each.revision for each in told] == list(range(1, 51))
        assert [each.event.subject for each in told if isinstance(each, RecordedEvent)] == [
            f"mem_{number}" for number in range(50)
        ]

    async def test_a_hint_wakes_one_worker_and_many_wake_them_all(
        self, prefix: str, tasks: list[asyncio.Task[None]]
    ) -> None:
        api, first, second = (Process(URL, prefix) for _ in range(3))
        async with api.opened() as asking, first.opened() as one, second.opened() as other:
            workers = [Worker(one.jobs), Worker(other.jobs)]
            tasks += [asyncio.create_task(worker.run()) for worker in workers]
            await connected(asking, one, other)
            await until(lambda: all(messaging.state().jobs.connected_since for messaging in (one, other)))
            await asyncio.sleep(0.3)
            before = [worker.woken for worker in workers]
            for number in range(1, 11):
                asking.committed()
                await until(lambda: sum(worker.woken for worker in workers) - sum(before) >= number)  # noqa: B023 - it ends before the next
                await asyncio.sleep(0.02)
            gained = [worker.woken - count for worker, count in zip(workers, before, strict=True)]
            assert sum(gained) == 10
            assert min(gained) > 0

    async def test_a_process_without_workers_takes_no_hint_from_them(self, prefix: str) -> None:
        api, labour = Process(URL, prefix), Process(URL, prefix)
        async with api.opened() as asking, labour.opened() as working:
            await connected(asking, working)
            for _ in range(3):
                asking.committed()
                await woken(working.jobs)
            assert asking.state().jobs.connected_since is None

    async def test_what_a_process_says_last_is_heard(self, prefix: str) -> None:
        here, there = Process(URL, prefix), Process(URL, prefix)
        async with there.opened() as theirs:
            await connected(theirs)
            await quiet(there.changes)
            async with here.opened() as ours:
                ours.committed()
            await woken(there.changes)

    async def test_what_a_worker_says_to_itself_wakes_it_at_once(self, prefix: str) -> None:
        async with Process(URL, prefix).opened() as messaging:
            messaging.jobs.notify()
            await woken(messaging.jobs)
            waiting = asyncio.create_task(woken(messaging.jobs))
            await asyncio.sleep(0)
            messaging.jobs.notify()
            await waiting

    async def test_hints_that_nobody_takes_do_not_heap_up(self, prefix: str) -> None:
        async with Process(URL, prefix).opened() as messaging:
            await connected(messaging)
            for _ in range(400):
                messaging.committed()
                await asyncio.sleep(0.001)
            assert await messaging._commands.xlen(f"{prefix}:jobs") < 200

    async def test_processes_count_requests_together(self, prefix: str) -> None:
        async with Process(URL, prefix).opened() as ours, Process(URL, prefix).opened() as theirs:
            both = [each.limiter for each in (ours, theirs) * 50]
            told = await asyncio.gather(*(limiter.take("a", limit=10, window=3_600) for limiter in both))
        assert sum(taken.wait == 0.0 for taken in told) == 10
        assert ours.state().limits_shared
        assert theirs.state().limits_shared

    async def test_silence_is_broken_by_a_heartbeat(self, prefix: str) -> None:
        here = Process(URL, prefix, silence=0.05)
        async with here.opened() as messaging:
            await connected(messaging)
            await quiet(here.changes)
            began = messaging.state().changes
            await until(lambda: messaging.state().changes.heard_at != began.heard_at)
            assert messaging.state().changes.connected_since == began.connected_since
            woken_by_it = asyncio.create_task(here.changes.wait(LONG))
            await asyncio.sleep(0.2)
            assert not woken_by_it.done()
            woken_by_it.cancel()

    async def test_it_says_what_it_is(self, prefix: str) -> None:
        async with Process(URL, prefix).opened() as messaging:
            server: Server = messaging
            facts = await server.facts()
        assert server.name is ServerName.REDIS
        assert PASSWORD not in server.address
        assert "@" not in server.address
        assert facts.version.split(".")[0].isdigit()
        assert facts.time is not None
        assert abs(facts.time - SystemClock().now()) < timedelta(minutes=5)
        assert not facts.open_to_anyone


@only_own
class TestOneOfOurOwn:
    async def test_after_a_restart_it_goes_on_and_wakes_for_what_was_missed(self, own: OwnRedis) -> None:
        here, there = Process(own.url, "p"), Process(own.url, "p")
        async with here.opened() as ours, there.opened() as theirs:
            await connected(ours, theirs)
            await quiet(there.changes)
            for _ in range(2):
                own.kill()
                await until(lambda: theirs.state().changes.connected_since is None)
                assert theirs.state().changes.problem == "Redis does not answer"
                ours.committed()
                await woken(here.changes)
                own.start()
                await woken(there.changes)
                await connected(ours, theirs)
                await quiet(there.changes)
                ours.committed()
                await woken(there.changes)

    async def test_what_was_committed_while_it_was_away_is_told_when_it_is_back_in_order_and_once(
        self, own: OwnRedis, tmp_path: Path, tasks: list[asyncio.Task[None]]
    ) -> None:
        here, there, bus = Process(own.url, "p"), Process(own.url, "p"), LocalBus()
        async with (
            here.opened() as ours,
            there.opened() as theirs,
            open_store(tmp_path / "memories.db", clock=FixedClock(), on_commit=ours.committed) as store,
            open_store(tmp_path / "memories.db", clock=FixedClock()) as seen_from_there,
            bus.subscribe(a_principal().tenant, everything) as events,
        ):
            await store.found(an_organization())
            await connected(ours, theirs)
            relay = woken_only(seen_from_there, bus, there.changes)
            tasks.append(asyncio.create_task(relay.run(seen=await store.revisions())))
            await emit(store, "a", "b")
            own.kill()
            await emit(store, "c", "d")
            own.start()
            await emit(store, "e")
            async with asyncio.timeout(LONG):
                told = [await anext(events) for _ in range(5)]
        assert [each.revision for each in told] == [1, 2, 3, 4, 5]
        assert not any(isinstance(each, Gap) for each in told)

    async def test_emptied_it_goes_on(self, own: OwnRedis) -> None:
        api, labour = Process(own.url, "p"), Process(own.url, "p")
        async with api.opened() as asking, labour.opened() as working:
            await connected(asking, working)
            for _ in range(3):
                waiting = asyncio.create_task(woken(working.jobs))
                await until(lambda: working.state().jobs.connected_since is not None)
                with own.client() as client:
                    client.flushall()
                asking.committed()
                await waiting
                await woken(labour.changes)
                assert (await asking.limiter.take("a", limit=1, window=3_600)).wait == 0.0

    async def test_where_it_is_away_nothing_waits_and_limits_are_each_processs_own(self) -> None:
        with running_redis() as gone:
            url = gone.url
        here = Process(url, "p")
        async with here.opened() as messaging:
            messaging.committed()
            await woken(here.changes)
            await woken(messaging.jobs)
            assert [(await messaging.limiter.take("a", limit=2, window=3_600)).wait for _ in range(2)] == [0.0, 0.0]
            assert (await messaging.limiter.take("a", limit=2, window=3_600)).wait == pytest.approx(1_800, abs=5)
            await until(lambda: messaging.state().hints.problem == "Redis does not answer")
            assert not messaging.state().limits_shared
            with pytest.raises(errors.Unavailable, match="Redis does not answer"):
                await messaging.facts()

    async def test_limits_are_counted_together_again_when_it_is_back(self, own: OwnRedis) -> None:
        async with Process(own.url, "p").opened() as messaging:
            assert (await messaging.limiter.take("a", limit=1_000, window=3_600)).wait == 0.0
            own.kill()
            assert (await messaging.limiter.take("a", limit=1_000, window=3_600)).wait == 0.0
            assert not messaging.state().limits_shared
            own.start()
            async with asyncio.timeout(LONG):
                while not messaging.state().limits_shared:
                    assert (await messaging.limiter.take("a", limit=1_000, window=3_600)).wait == 0.0
                    await asyncio.sleep(0.05)

    async def test_frozen_it_is_noticed_holds_nobody_up_and_is_joined_again(self, own: OwnRedis) -> None:
        here = Process(own.url, "p", silence=0.1)
        async with here.opened() as messaging:
            await connected(messaging)
            await messaging.limiter.take("a", limit=9, window=60)
            own.freeze()
            assert (await messaging.limiter.take("a", limit=9, window=60)).wait == 0.0
            await until(lambda: messaging.state().changes.connected_since is None)
            own.thaw()
            await connected(messaging)
            await quiet(here.changes)

    async def test_frozen_it_does_not_hold_up_the_end(self, own: OwnRedis) -> None:
        async with asyncio.timeout(LONG):
            async with Process(own.url, "p").opened() as messaging:
                await connected(messaging)
                waiting = asyncio.create_task(messaging.jobs.wait(60))
                await until(lambda: messaging.state().jobs.connected_since is not None)
                own.freeze()
                messaging.committed()
                waiting.cancel()
            own.thaw()

    async def test_a_wrong_password_and_a_full_server_that_forgets_are_told(self) -> None:
        with running_redis("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as forgetful:
            async with Process(forgetful.url, "p").opened() as messaging:
                assert (await messaging.facts()).troubles == (troubles.evicting("allkeys-lru"),)
            async with Process(forgetful.url.replace(PASSWORD, "guessed"), "p").opened() as messaging:
                with pytest.raises(Refused) as caught:
                    await messaging.facts()
                assert caught.value.trouble == troubles.wrong_password(ServerName.REDIS)
                await until(lambda: messaging.state().hints.problem == "Redis refuses the user or the password")
                assert (await messaging.limiter.take("a", limit=1, window=60)).wait == 0.0

    async def test_one_without_a_password_answers_anyone(self) -> None:
        with running_redis(password="") as open_one:
            async with Process(open_one.url.replace(":@", ""), "p").opened() as messaging:
                assert (await messaging.facts()).open_to_anyone


@pytest.mark.parametrize("address", ["", "localhost:6379", "http://localhost", "redis://h:port"])
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        async with Process(address, "p").opened():
            pass
    assert [wrong.field for wrong in caught.value.fields] == ["redis_url"]


async def test_no_secret_is_shown() -> None:
    async with Process("redis://ann:hush@127.0.0.1:1/0", "p").opened() as messaging:
        assert messaging.address == "redis://127.0.0.1:1/0"
        assert "hush" not in repr(messaging.state())
