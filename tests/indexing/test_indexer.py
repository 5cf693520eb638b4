"""The indexer, one situation at a time."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.indexer import Indexer, Outcome
from app.indexing.pace import Pace, delay
from app.ports.indexing import Backlog, Document, Mark
from tests.builders import a_memory
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeIndex, FakeOutbox

OURS, THEIRS = OrganizationId("org_1"), OrganizationId("org_2")
PACE = Pace(batch=10, attempts=3, poll=0.001)


class World:
    """The two stores, a clock, and what was told."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.outbox, self.index = FakeOutbox(self.clock), FakeIndex()
        self.calm = asyncio.Event()
        self.told: list[tuple[MemoryId, str, float]] = []

    def indexer(self, *, at: Callable[[str], None] = lambda _: None) -> Indexer:
        return Indexer(
            outbox=self.outbox,
            index=self.index,
            signal=self,
            clock=self.clock,
            jitter=lambda: 1.0,
            told=self._tell,
            at=at,
            pace=PACE,
        )

    def write(self, *memories: MemoryId, tenant: OrganizationId = OURS, text: str = "tea") -> None:
        for memory in memories:
            document = Document(memory=a_memory(id=memory, text=text), entities=(), embedding=None, stamp=0)
            self.outbox.write(tenant, document)

    def kept(self, tenant: OrganizationId = OURS) -> dict[MemoryId, str]:
        return {
            memory: document.memory.text for (owner, memory), document in self.index.kept.items() if owner == tenant
        }

    def notify(self) -> None:
        """As a Signal."""

    async def wait(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=1))
        if self.kept():
            self.calm.set()
        await asyncio.sleep(seconds)

    def _tell(self, mark: Mark, outcome: Outcome, seconds: float) -> None:
        self.told.append((mark.memory, outcome, seconds))


@pytest.fixture
def world() -> World:
    return World()


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


DONE = Backlog(waiting=0, oldest=None, dead=0)


async def test_what_is_marked_gets_into_the_index_and_its_mark_goes(world: World) -> None:
    world.write(mem(1), mem(2))
    world.write(mem(1), tenant=THEIRS, text="coffee")
    world.clock.advance(timedelta(seconds=3))
    assert await world.indexer().step() == 3
    assert world.kept() == {mem(1): "tea", mem(2): "tea"}
    assert world.kept(THEIRS) == {mem(1): "coffee"}
    assert await world.outbox.backlog() == DONE
    assert world.told == [(mem(1), "indexed", 3.0), (mem(2), "indexed", 3.0), (mem(1), "indexed", 3.0)]


async def test_a_batch_is_as_large_as_the_pace_says(world: World) -> None:
    world.write(*(mem(number) for number in range(23)))
    indexer = world.indexer()
    assert [await indexer.step() for _ in range(4)] == [10, 10, 3, 0]


async def test_what_was_erased_is_removed(world: World) -> None:
    world.write(mem(1), mem(2))
    await world.indexer().drain()
    world.outbox.erase(OURS, mem(1))
    await world.indexer().drain()
    assert world.kept() == {mem(2): "tea"}
    assert await world.outbox.backlog() == DONE


async def test_a_change_under_way_is_written_in_the_next_step_without_waiting_for_the_lease(world: World) -> None:
    world.write(mem(1))
    changed = iter([lambda: world.write(mem(1), text="coffee")])
    world.index.before = lambda _what, _memories: next(changed, lambda: None)()
    indexer = world.indexer()
    assert await indexer.step() == 1
    assert world.kept() == {mem(1): "tea"}
    assert await indexer.step() == 1
    assert world.kept() == {mem(1): "coffee"}


async def test_one_that_is_refused_is_given_up_and_the_rest_passes(world: World) -> None:
    world.write(mem(1), mem(2), mem(3))
    world.index.poison[mem(2)] = "its vector has 5 dimensions, not 3"
    await world.indexer().drain()
    assert world.kept() == {mem(1): "tea", mem(3): "tea"}
    assert await world.outbox.backlog() == Backlog(waiting=0, oldest=None, dead=1)
    assert (mem(2), "given_up", 0.0) in world.told
    world.index.poison.clear()
    assert await world.outbox.revive_marks() == 1
    await world.indexer().drain()
    assert world.kept()[mem(2)] == "tea"


async def test_one_that_breaks_its_batch_is_found_tried_again_and_given_up_in_the_end(world: World) -> None:
    def breaks(_what: str, memories: Sequence[MemoryId]) -> None:
        if mem(2) in memories:
            raise ValueError("words of a memory")

    world.write(mem(1), mem(2), mem(3))
    world.index.before = breaks
    for attempt in (1, 2, 3):
        world.write(mem(4), text=f"{attempt}")
        await world.indexer().step()
        world.clock.advance(timedelta(seconds=30))
    assert world.kept() == {mem(1): "tea", mem(3): "tea", mem(4): "3"}
    assert await world.outbox.backlog() == Backlog(waiting=0, oldest=None, dead=1)


async def test_a_lone_one_that_fails_is_given_up_when_the_index_answers_otherwise(world: World) -> None:
    def breaks(_what: str, _memories: Sequence[MemoryId]) -> None:
        raise Unavailable

    world.write(mem(1))
    world.index.before = breaks
    for _ in range(2):
        with pytest.raises(Unavailable):
            await failing(world)
        world.clock.advance(timedelta(seconds=30))
    assert await world.indexer().step() == 1
    assert await world.outbox.backlog() == Backlog(waiting=0, oldest=None, dead=1)


async def failing(world: World) -> None:
    """A step of an index of which not even reading works."""
    entries, world.index.entries = world.index.entries, unanswered  # type: ignore[method-assign]
    try:
        await world.indexer().step()
    finally:
        world.index.entries = entries  # type: ignore[method-assign]


async def unanswered(tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
    raise Unavailable


async def test_an_index_that_is_away_gives_nothing_up_however_long(world: World) -> None:
    asked: list[str] = []

    def away(what: str, _memories: Sequence[MemoryId]) -> None:
        asked.append(what)
        raise Unavailable

    world.write(*(mem(number) for number in range(8)))
    world.index.before = away
    for _ in range(10):
        with pytest.raises(Unavailable):
            await world.indexer().step()
        world.clock.advance(timedelta(seconds=30))
    assert len(asked) == 30
    backlog = await world.outbox.backlog()
    assert (backlog.waiting, backlog.dead) == (8, 0)
    world.index.before = lambda _what, _memories: None
    await world.indexer().drain()
    assert len(world.kept()) == 8


async def test_too_little_left_of_the_lease_hands_back_without_writing(world: World) -> None:
    world.write(mem(1))

    def slow(point: str) -> None:
        world.clock.advance(timedelta(seconds=61))

    assert await world.indexer(at=slow).step() == 1
    assert world.kept() == {}
    assert await world.indexer().step() == 1
    assert world.kept() == {mem(1): "tea"}


async def test_whoever_slept_through_its_lease_sees_to_it_that_the_newer_state_comes_back(world: World) -> None:
    """Stopped just before its write, woken after another wrote and settled version n + 1."""
    world.write(mem(1), text="old")
    asleep, wake = asyncio.Event(), asyncio.Event()
    put = world.index.put

    async def sleepy(tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        world.index.put = put  # type: ignore[method-assign]
        asleep.set()
        await wake.wait()
        return await put(tenant, documents)

    world.index.put = sleepy  # type: ignore[method-assign]
    late = asyncio.ensure_future(world.indexer().step())
    await asleep.wait()
    world.write(mem(1), text="new")
    world.clock.advance(PACE.lease)
    await world.indexer().drain()
    assert world.kept() == {mem(1): "new"}
    wake.set()
    await late
    assert world.kept() == {mem(1): "old"}
    await world.indexer().drain()
    assert world.kept() == {mem(1): "new"}


class Ended(BaseException):
    """The process."""


@pytest.mark.parametrize("point", ["claimed", "written"])
async def test_a_worker_that_ends_in_the_middle_is_followed_by_another(world: World, point: str) -> None:
    def end(here: str) -> None:
        if here == point:
            raise Ended

    world.write(mem(1))
    with pytest.raises(Ended):
        await world.indexer(at=end).step()
    assert await world.indexer().step() == 0
    world.clock.advance(PACE.lease)
    assert await world.indexer().step() == 1
    assert world.kept() == {mem(1): "tea"}
    assert await world.outbox.backlog() == DONE


async def test_a_worker_that_is_told_to_stop_hands_back_what_it_holds(world: World) -> None:
    world.write(mem(1))
    reached = asyncio.Event()

    async def endless(tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        reached.set()
        await asyncio.Event().wait()
        return {}

    put, world.index.put = world.index.put, endless  # type: ignore[method-assign]
    running = asyncio.ensure_future(world.indexer().run())
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    world.index.put = put  # type: ignore[method-assign]
    assert await world.indexer().step() == 1


async def test_a_worker_that_is_told_to_stop_while_the_record_is_away_stops_and_leaves_it_to_the_lease(
    world: World,
) -> None:
    world.write(mem(1))
    reached = asyncio.Event()

    async def endless(tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        reached.set()
        await asyncio.Event().wait()
        return {}

    async def away(marks: Sequence[Mark], *, due: datetime | None, reason: str) -> None:
        raise Unavailable

    put, world.index.put = world.index.put, endless  # type: ignore[method-assign]
    postpone, world.outbox.postpone_marks = world.outbox.postpone_marks, away  # type: ignore[method-assign]
    running = asyncio.ensure_future(world.indexer().run())
    await reached.wait()
    running.cancel()
    _, still = await asyncio.wait([running], timeout=5)
    world.index.put, world.outbox.postpone_marks = put, postpone  # type: ignore[method-assign]
    running.cancel()
    assert not still
    assert running.cancelled()
    assert await world.indexer().step() == 0
    world.clock.advance(PACE.lease)
    assert await world.indexer().step() == 1


async def test_it_goes_on_by_itself_after_an_outage(world: World) -> None:
    world.write(mem(1))
    failures = iter([Unavailable(), Unavailable()])

    def away(_what: str, _memories: Sequence[MemoryId]) -> None:
        for problem in failures:
            raise problem

    world.index.before = away
    running = asyncio.ensure_future(world.indexer().run())
    await world.calm.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_delays_double_up_to_a_limit() -> None:
    assert [delay(failures, 1.0) for failures in (1, 2, 3, 6, 7, 1_000)] == [0.5, 1.0, 2.0, 15.0, 15.0, 15.0]
    assert delay(1, 0.0) == 0.25
