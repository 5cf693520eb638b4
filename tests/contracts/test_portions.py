"""More than one unit of work can take goes in portions, and goes on where a failure stopped it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from app.adapters.runtime import OrderedIds
from app.domain import errors
from app.domain.graph import Entity, Relation
from app.domain.ids import ClusterId, EntityId, JobId, MemoryId, RelationId, UserId
from app.domain.memory import LinkType, Memory
from app.domain.principal import Principal
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.domain.work import EventKind, Job, JobState, RecordedEvent
from app.ports.store import Reader, Store, UnitOfWork
from app.services.forget import Forget
from app.services.inputs import Address, Erasure, ForgetRequest, Where
from app.services.keypaths import Keypaths
from app.services.projects import Projects
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords
from tests.builders import (
    NOON,
    PROJECT,
    a_centre,
    a_job,
    a_link,
    a_memory,
    a_mention,
    a_principal,
    a_project,
    a_relation,
    a_user,
    an_embedding,
    an_entity,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ADA, BOB = UserId("usr_1"), UserId("usr_2")
NUMBER, PORTION = 8, 3
HERS = tuple(MemoryId(f"mem_a{number}") for number in range(NUMBER))
HIS = MemoryId("mem_b0")
SHARED = EntityId("ent_s")
TEA = ClusterId("cls_1")
ALL_OF_HERS = ForgetRequest(user="ada")


class Interrupted:
    """The store; its unit of work number `at` is lost just before it would have been committed."""

    def __init__(self, store: Store, *, at: int) -> None:
        self._store, self._at, self.units = store, at, 0

    def read(self, principal: Principal) -> AbstractAsyncContextManager[Reader]:
        return self._store.read(principal)

    @asynccontextmanager
    async def write(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        self.units += 1
        async with self._store.write(principal) as uow:
            yield uow
            if self.units == self._at:
                raise errors.Unavailable("the store went away")


def entity_of(memory: MemoryId) -> EntityId:
    return EntityId(memory.replace("mem", "ent"))


def relation_of(memory: MemoryId) -> RelationId:
    return RelationId(memory.replace("mem", "rel"))


@pytest.fixture
async def stocked(store: WholeStore) -> WholeStore:
    """Memories of Ada, each with an entity, a relation and a job of its own; one of Bob shares an entity and a cluster."""
    hers = [_told(id_, ADA, place) for place, id_ in enumerate(HERS)]
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.users.put(a_user())
        await uow.users.put(a_user(id=BOB, external_id="bob"))
        memories = [*hers, _told(HIS, BOB, 0)]
        await uow.memories.put_many(memories)
        await uow.memories.embed_many({memory.id: an_embedding() for memory in memories})
        await uow.entities.put_many([an_entity(id=SHARED, name="Tea"), *map(_own_entity, memories)])
        mentions = {m.id: [a_mention(memory=m.id, entity=each) for each in (SHARED, entity_of(m.id))] for m in memories}
        await uow.memories.mention_many(mentions)
        await uow.entities.relate_many([_own_relation(memory.id) for memory in memories])
        await uow.clusters.put_many([a_centre(id=TEA)])
        await uow.clusters.place_many({memory.id: TEA for memory in memories})
        await uow.jobs.put_many([_own_job(memory.id) for memory in memories])
    return store


def _told(id_: MemoryId, user: UserId, place: int) -> Memory:
    at = NOON + timedelta(seconds=place)
    return a_memory(id=id_, user=user, text=f"{id_} likes tea.", tags=("told",), created_at=at, updated_at=at)


def _own_entity(memory: Memory) -> Entity:
    return an_entity(id=entity_of(memory.id), name=f"Friend {memory.id}")


def _own_relation(memory: MemoryId) -> Relation:
    return a_relation(id=relation_of(memory), source=entity_of(memory), target=SHARED, evidence=(memory,))


def _own_job(memory: MemoryId) -> Job:
    done = {"said": [f"What {memory} says."]}
    return a_job(id=JobId(f"job_{memory}"), state=JobState.COMPLETED, arguments={"memory": memory}, result=done)


def forgetting(store: Store, clock: FixedClock) -> Forget:
    return Forget(store=store, clock=clock, ids=OrderedIds(clock), portion=PORTION)


async def living(store: Store) -> list[MemoryId]:
    async with store.read(US) as reader:
        page = await reader.memories.page(
            Window(limit=100), where=MemoryFilter(), order=MemoryOrder.CREATED_AT, descending=False
        )
    return [row.item.id for row in page.rows]


async def told(store: Store, kind: EventKind) -> list[str]:
    async with store.read(US) as reader:
        return [each.event.subject for each in await _events(reader) if each.event.kind is kind]


async def _events(reader: Reader) -> list[RecordedEvent]:
    return await reader.events.after(0, project=None, limit=1_000)


async def traces(store: Store, ids: Sequence[MemoryId]) -> list[bool]:
    """For each memory, of which nothing or all has to be there, whether it is."""
    found: list[bool] = []
    async with store.read(US) as reader:
        for id_ in ids:
            (memory,) = await reader.memories.get_many([id_])
            (entity,) = await reader.entities.get_many([entity_of(id_)])
            (relation,) = await reader.entities.relations_by_id([relation_of(id_)])
            (job,) = await reader.jobs.get_many([JobId(f"job_{id_}")])
            assert job is not None
            there = {memory is not None, entity is not None, relation is not None, job.result["said"] != [""]}
            assert len(there) == 1
            found += there
    return found


async def test_many_are_forgotten_in_several_units_of_work(stocked: WholeStore, clock: FixedClock) -> None:
    counted = Interrupted(stocked, at=0)
    forgotten = await forgetting(counted, clock).forget(US, request=ALL_OF_HERS, erasure=Erasure.FORGET)
    assert (forgotten.count, forgotten.ids, forgotten.job, counted.units) == (NUMBER, HERS, None, 3)
    assert await living(stocked) == [HIS]
    assert await told(stocked, EventKind.MEMORY_FORGOTTEN) == [*HERS]
    back = await forgetting(stocked, clock).restore(US, ids=HERS)
    assert [memory.id for memory in back] == [*HERS]
    assert await living(stocked) == [HERS[0], HIS, *HERS[1:]]


async def test_many_are_erased_in_several_units_of_work(stocked: WholeStore, clock: FixedClock) -> None:
    counted = Interrupted(stocked, at=0)
    erased = await forgetting(counted, clock).forget(US, request=ALL_OF_HERS, erasure=Erasure.ERASE)
    assert (erased.count, erased.ids, counted.units) == (NUMBER, HERS, 3)
    assert await traces(stocked, [*HERS, HIS]) == [False] * NUMBER + [True]
    assert await told(stocked, EventKind.MEMORY_ERASED) == [*HERS]
    async with stocked.read(US) as reader:
        assert [user and user.id for user in await reader.users.get_many([ADA, BOB])] == [None, BOB]
        (tea,) = await reader.clusters.get_many([TEA])
        jobs = await reader.jobs.page(Window(limit=9), project=None, states=(JobState.PENDING,), parked=None)
        assert [row.item for row in jobs.rows] == [erased.job]
    assert tea is not None
    assert (tea.weight, tea.name) == (1, "likes, tea")


async def test_an_erasure_goes_on_where_a_failure_stopped_it(stocked: WholeStore, clock: FixedClock) -> None:
    forget = forgetting(Interrupted(stocked, at=2), clock)
    with pytest.raises(errors.Unavailable):
        await forget.forget(US, request=ALL_OF_HERS, erasure=Erasure.ERASE)
    assert await traces(stocked, [*HERS, HIS]) == [False] * PORTION + [True] * (NUMBER - PORTION + 1)
    assert await told(stocked, EventKind.MEMORY_ERASED) == [*HERS[:PORTION]]
    async with stocked.read(US) as reader:
        jobs = await reader.jobs.page(Window(limit=9), project=None, states=(JobState.PENDING,), parked=None)
        assert [(row.item.name, row.item.due_at - clock.now()) for row in jobs.rows] == [
            ("scrub", timedelta(minutes=1))
        ]
        assert await reader.users.get_many([ADA]) != [None]
    erased = await forget.forget(US, request=ALL_OF_HERS, erasure=Erasure.ERASE)
    assert (erased.count, erased.ids) == (NUMBER - PORTION, HERS[PORTION:])
    assert await traces(stocked, [*HERS, HIS]) == [False] * NUMBER + [True]
    assert await told(stocked, EventKind.MEMORY_ERASED) == [*HERS]
    async with stocked.read(US) as reader:
        assert await reader.users.get_many([ADA]) == [None]


@pytest.mark.parametrize("request_", [ALL_OF_HERS, ForgetRequest(where=Where(users=("ada",), tags=("told",)))])
async def test_forgetting_goes_on_where_a_failure_stopped_it(
    stocked: WholeStore, clock: FixedClock, request_: ForgetRequest
) -> None:
    forget = forgetting(Interrupted(stocked, at=2), clock)
    with pytest.raises(errors.Unavailable):
        await forget.forget(US, request=request_, erasure=Erasure.FORGET)
    assert await living(stocked) == [HIS, *HERS[PORTION:]]
    assert (await forget.forget(US, request=request_, erasure=Erasure.FORGET)).count == NUMBER - PORTION
    assert await living(stocked) == [HIS]
    assert await told(stocked, EventKind.MEMORY_FORGOTTEN) == [*HERS]


@pytest.mark.parametrize("erasure", Erasure)
async def test_a_memory_goes_after_all_that_was_derived_from_it(
    stocked: WholeStore, clock: FixedClock, erasure: Erasure
) -> None:
    facts = [MemoryId(f"mem_f{number}") for number in range(5)]
    async with stocked.write(US) as uow:
        await uow.memories.put_many([a_memory(id=fact) for fact in facts])
        await uow.memories.link_many([a_link(source=fact, target=HIS, type=LinkType.DERIVED_FROM) for fact in facts])
    forget = forgetting(Interrupted(stocked, at=2), clock)
    request = ForgetRequest(ids=(HIS,))
    with pytest.raises(errors.Unavailable):
        await forget.forget(US, request=request, erasure=erasure)
    assert [id_ for id_ in await living(stocked) if id_ not in HERS] == [HIS, *facts[PORTION:]]
    rest = await forget.forget(US, request=request, erasure=erasure)
    assert (rest.count, rest.ids) == (3, (HIS, *facts[PORTION:]))
    assert await living(stocked) == [*HERS]


@pytest.mark.parametrize("erasure", Erasure)
async def test_what_derives_from_memories_of_two_portions_goes_with_the_later(
    stocked: WholeStore, clock: FixedClock, erasure: Erasure
) -> None:
    fact = MemoryId("mem_f0")
    async with stocked.write(US) as uow:
        await uow.memories.put_many([a_memory(id=fact)])
        links = [a_link(source=fact, target=id_, type=LinkType.DERIVED_FROM) for id_ in (HERS[0], HERS[-1])]
        await uow.memories.link_many(links)
    forget = forgetting(Interrupted(stocked, at=3), clock)
    with pytest.raises(errors.Unavailable):
        await forget.forget(US, request=ALL_OF_HERS, erasure=erasure)
    assert fact in await living(stocked)
    rest = await forget.forget(US, request=ALL_OF_HERS, erasure=erasure)
    assert rest.ids == (*HERS[2 * PORTION :], fact)
    assert await living(stocked) == [HIS]


async def test_a_project_is_deleted_with_the_last_of_its_memories(stocked: WholeStore, clock: FixedClock) -> None:
    projects = Projects(store=Interrupted(stocked, at=3), clock=clock, ids=OrderedIds(clock), portion=PORTION)
    with pytest.raises(errors.Unavailable):
        await projects.delete(US, ref="default")
    async with stocked.read(US) as reader:
        (project,) = await reader.projects.get_many([PROJECT])
        assert project is not None
        assert (project.deleted_at, project.revision) == (None, 1)
    assert len(await living(stocked)) == NUMBER + 1 - 2 * PORTION
    deleted = await projects.delete(US, ref="default")
    assert (deleted.count, deleted.already, deleted.project.revision) == (NUMBER + 1 - 2 * PORTION, False, 2)
    assert await living(stocked) == []
    assert (await projects.delete(US, ref="default")).already


async def test_a_subtree_is_forgotten_in_portions_under_one_revision(stocked: WholeStore, clock: FixedClock) -> None:
    kept = [a_memory(id=MemoryId(f"mem_k{number}"), keypath=f"a.b{number}") for number in range(7)]
    async with stocked.write(US) as uow:
        await uow.memories.put_many(kept)
    counted = Interrupted(stocked, at=0)
    keypaths = Keypaths(
        store=counted, vectors=Vectors(BagOfWords()), clock=clock, ids=OrderedIds(clock), portion=PORTION
    )
    gone = await keypaths.forget(US, address=Address(keypath="a"), subtree=True)
    assert (gone.count, gone.ids, counted.units) == (7, tuple(memory.id for memory in kept), 3)
    assert gone.keypaths == tuple(f"a.b{number}" for number in range(7))
    async with stocked.read(US) as reader:
        (project,) = await reader.projects.get_many([PROJECT])
        changes = [each.event for each in await _events(reader) if each.event.kind is EventKind.MEMORY_FORGOTTEN]
    assert project is not None
    assert (project.revision, [change.data["project_revision"] for change in changes]) == (1, [1] * 7)
