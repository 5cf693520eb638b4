"""The rebuild: a new generation is filled while the old one answers, and takes over when it is the same."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from app.domain.errors import Conflict, Unavailable
from app.domain.ids import EntityId, MemoryId, OrganizationId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.indexing.pace import Pace
from app.indexing.rebuild import Embeddings, Progress, Rebuild, Rebuilt
from app.ports.indexing import Document, IndexWriter
from app.ports.models import Embedding
from app.ports.search import Candidate, SearchIndex
from tests.builders import a_memory, a_principal, an_embedding
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeIndex, FakeOutbox

OURS, THEIRS = OrganizationId("org_1"), OrganizationId("org_2")


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


class OwnVector:
    """Finds what is asked for by id, by its cosine."""

    def __init__(self, index: FakeIndex) -> None:
        self._index = index

    def for_one_question(self) -> "OwnVector":
        return self

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        raise NotImplementedError

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        kept = [self._index.kept.get((principal.tenant, id_)) for id_ in where.ids]
        return [
            Candidate(found.memory.id, float(found.embedding.vector @ embedding.vector))
            for found in kept
            if found is not None and found.embedding is not None
        ]

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        raise NotImplementedError


class FakeGenerations:
    """Two indexes at the most; what is written to the one that is being filled can be watched."""

    lag = 0.0

    def __init__(self) -> None:
        self.kept: dict[str, FakeIndex] = {"first": FakeIndex()}
        self.current = "first"
        self.filling: str | None = None

    async def begin(self) -> str:
        self.filling = self.filling or f"generation {len(self.kept) + 1}"
        self.kept.setdefault(self.filling, FakeIndex())
        return self.filling

    def writing(self, generation: str) -> IndexWriter:
        return self.kept[generation]

    def searching(self, generation: str) -> SearchIndex:
        return OwnVector(self.kept[generation])

    async def switch(self, generation: str) -> None:
        self.current, self.filling = generation, None

    async def retire(self) -> list[str]:
        old = [name for name in self.kept if name not in (self.current, self.filling)]
        for name in old:
            del self.kept[name]
        return old


class World:
    def __init__(self, *, model: str = "small") -> None:
        self.outbox, self.generations = FakeOutbox(FixedClock()), FakeGenerations()
        self.model = model
        self.made: list[MemoryId] = []
        self.progress: list[Progress] = []

    def write(
        self, *memories: MemoryId, tenant: OrganizationId = OURS, text: str = "tea", model: str = "small"
    ) -> None:
        for number, memory in enumerate(memories):
            document = Document(
                memory=a_memory(id=memory, text=text),
                entities=(),
                embedding=an_embedding(1, number, model=model),
                stamp=0,
            )
            self.outbox.write(tenant, document)

    async def run(self) -> Rebuilt:
        return await Rebuild(
            outbox=self.outbox,
            generations=self.generations,
            tenants=self._tenants,
            principal=lambda tenant: a_principal(tenant=tenant),
            embeddings=Embeddings(model=self.model, make=self._make, keep=self._keep),
            pace=Pace(page=2, rest=0.0),
        ).run(told=self.progress.append)

    @property
    def current(self) -> FakeIndex:
        return self.generations.kept[self.generations.current]

    def while_filling(self, do: Callable[[], None], *, once: int = 1) -> None:
        """Does something just before a write to the new generation."""
        self.generations.filling = "second"
        index = self.generations.kept["second"] = FakeIndex()
        left = [do] * once

        def before(_what: str, _memories: Sequence[MemoryId]) -> None:
            if left:
                left.pop()()

        index.before = before

    async def _tenants(self) -> list[OrganizationId]:
        return [OURS, THEIRS]

    async def _make(self, tenant: OrganizationId, memories: Sequence[Memory]) -> list[Embedding]:
        self.made += [memory.id for memory in memories]
        return [an_embedding(1, 7, model=self.model) for _ in memories]

    async def _keep(self, tenant: OrganizationId, vectors: Mapping[MemoryId, Embedding]) -> None:
        for memory, embedding in vectors.items():
            row = self.outbox.rows[tenant, memory]
            self.outbox.write(tenant, Document(memory=row.memory, entities=(), embedding=embedding, stamp=0))


@pytest.fixture
def world() -> World:
    world = World()
    world.write(*(mem(number) for number in range(5)))
    world.write(mem(1), tenant=THEIRS)
    return world


async def test_the_new_generation_holds_what_the_record_does_and_takes_over(world: World) -> None:
    done = await world.run()
    assert done == Rebuilt(generation="generation 2", memories=6, embedded=0, refused=0, asked=6, found=6)
    assert world.generations.current == "generation 2"
    assert world.current.kept == world.outbox.rows
    assert world.progress[0] == Progress(stage="fill", compared=2, total=6, written=2)
    assert world.progress[-1] == Progress(stage="compare", compared=6, total=6, written=6)


async def test_the_old_one_goes_when_asked(world: World) -> None:
    await world.run()
    assert await world.generations.retire() == ["first"]
    assert world.current.kept == world.outbox.rows


async def test_one_that_was_ended_in_the_middle_goes_on_where_it_was(world: World) -> None:
    world.while_filling(lambda: None)
    second = world.generations.kept["second"]
    await second.put(OURS, [world.outbox.rows[OURS, mem(0)], world.outbox.rows[OURS, mem(1)]])
    done = await world.run()
    assert done.generation == "second"
    assert world.progress[-1].written == 4
    assert world.current.kept == world.outbox.rows


async def test_a_failure_leaves_the_old_one_in_place(world: World) -> None:
    def away() -> None:
        raise Unavailable

    world.while_filling(away)
    with pytest.raises(Unavailable):
        await world.run()
    assert world.generations.current == "first"
    done = await world.run()
    assert done.generation == "second"
    assert world.current.kept == world.outbox.rows


async def test_changes_and_erasures_under_way_are_found_by_comparing(world: World) -> None:
    def meanwhile() -> None:
        world.write(mem(0), text="changed after it was read")
        world.outbox.erase(OURS, mem(1))

    world.while_filling(meanwhile)
    await world.run()
    assert world.current.kept == world.outbox.rows


async def test_what_the_index_refuses_is_counted_and_does_not_keep_it_up(world: World) -> None:
    world.while_filling(lambda: None)
    world.generations.kept["second"].poison[mem(3)] = "too large"
    done = await world.run()
    assert (done.memories, done.refused, done.asked, done.found) == (6, 1, 5, 5)
    assert world.generations.current == "second"


async def test_vectors_of_another_model_are_made_anew_and_kept(world: World) -> None:
    world.model = "large"
    world.write(mem(9), model="large")
    done = await world.run()
    assert sorted(world.made) == sorted([*(mem(number) for number in range(5)), mem(1)])
    assert done.embedded == 6
    assert {row.embedding.model for row in world.outbox.rows.values() if row.embedding} == {"large"}
    assert world.current.kept == world.outbox.rows


async def test_one_that_does_not_find_what_it_holds_does_not_take_over(world: World) -> None:
    class Deaf(FakeGenerations):
        def searching(self, generation: str) -> SearchIndex:
            return OwnVector(FakeIndex())

    world.generations = Deaf()
    with pytest.raises(Conflict, match="found 0 of 6 samples"):
        await world.run()
    assert world.generations.current == "first"
