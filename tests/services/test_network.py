"""Entities by a question, and walks along their relations."""

from dataclasses import replace

import pytest

from app.domain import errors
from app.domain.graph import EntityType
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId
from app.services.attention import Attention
from app.services.network import Direction, EntityQuery, Network, Trek
from app.services.recall import Recall
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords
from tests.builders import a_memory, a_mention, a_relation, an_entity
from tests.services.conftest import Bench

MAYA, ACME, CARLOS, OSLO = (EntityId(f"ent_{number}") for number in range(1, 5))


@pytest.fixture
async def home(bench: Bench) -> ProjectId:
    """Maya and Carlos work at Acme, which is in Oslo."""
    async with bench.store.read(bench.operator) as reader:
        project = await reader.projects.by_slug("default")
    assert project is not None
    memory = a_memory(project=project.id, text="Maya and Carlos work at Acme in Oslo.")
    named = {
        MAYA: ("Maya", EntityType.PERSON),
        ACME: ("Acme", EntityType.ORGANIZATION),
        CARLOS: ("Carlos", EntityType.PERSON),
        OSLO: ("Oslo", EntityType.PLACE),
    }
    ties = ((MAYA, ACME, "works_at"), (CARLOS, ACME, "works_at"), (ACME, OSLO, "located_in"))
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many([memory])
        await uow.entities.put_many(
            [an_entity(id=id_, project=project.id, name=name, type=type_) for id_, (name, type_) in named.items()]
        )
        await uow.memories.mention_many({memory.id: [a_mention(memory=memory.id, entity=id_) for id_ in named]})
        await uow.entities.relate_many(
            [
                a_relation(
                    id=RelationId(f"rel_{number}"),
                    source=source,
                    target=target,
                    type=type_,
                    weight=0.9 - number / 10,
                    evidence=(memory.id,),
                )
                for number, (source, target, type_) in enumerate(ties)
            ]
        )
    return project.id


@pytest.fixture
def network(bench: Bench) -> Network:
    attention = Attention(store=bench.store, clock=bench.clock)
    recall = Recall(
        store=bench.store, index=bench.store, vectors=Vectors(BagOfWords()), attention=attention, clock=bench.clock
    )
    return Network(store=bench.store, recall=recall)


async def test_an_entity_has_its_ties_and_its_memories(bench: Bench, network: Network, home: ProjectId) -> None:
    view = await network.entity(bench.operator, project=home, entity=ACME)
    assert (view.entity.name, view.memories) == ("Acme", 1)
    assert [tie.sentence for tie in view.ties] == [
        "Maya works at Acme.",
        "Carlos works at Acme.",
        "Acme located in Oslo.",
    ]


async def test_it_is_gone_with_the_last_memory_that_speaks_of_it(
    bench: Bench, network: Network, home: ProjectId
) -> None:
    async with bench.store.write(bench.operator) as uow:
        (memory,) = await uow.memories.get_many([MemoryId("mem_1")])
        assert memory is not None
        await uow.memories.put_many([replace(memory, deleted_at=bench.clock.now(), version=2)])
    for project in (home, ProjectId("prj_other")):
        with pytest.raises(errors.NotFound):
            await network.entity(bench.operator, project=project, entity=ACME)
    assert await network.search(bench.operator, query=EntityQuery(text="Acme", project=home)) == []


async def test_a_walk_goes_step_by_step_and_tells_each_way(bench: Bench, network: Network, home: ProjectId) -> None:
    trail = await network.trek(bench.operator, trek=Trek(start=MAYA, project=home, steps=2))
    assert [(each.entity.id, each.distance) for each in trail.reached] == [(ACME, 1), (CARLOS, 2), (OSLO, 2)]
    assert [tie.relation.id for tie in trail.reached[2].way] == ["rel_0", "rel_2"]
    assert not trail.truncated


@pytest.mark.parametrize(
    ("changes", "reached", "cut"),
    [
        ({"steps": 1}, [ACME], "whole"),
        ({"direction": Direction.OUTGOING}, [ACME, OSLO], "whole"),
        ({"direction": Direction.INCOMING}, [], "whole"),
        ({"type": "WORKS_AT"}, [ACME, CARLOS], "whole"),
        ({"types": (EntityType.PLACE,)}, [OSLO], "whole"),
        ({"limit": 2}, [ACME, CARLOS], "cut"),
    ],
)
async def test_a_walk_keeps_to_what_was_asked(
    bench: Bench, network: Network, home: ProjectId, changes: dict[str, object], reached: list[EntityId], cut: str
) -> None:
    trek = replace(Trek(start=MAYA, project=home), **changes)  # type: ignore[arg-type]  # by the parameters above
    trail = await network.trek(bench.operator, trek=trek)
    assert ([each.entity.id for each in trail.reached], trail.truncated) == (reached, cut == "cut")


@pytest.mark.parametrize(("steps", "limit"), [(0, 9), (4, 9), (1, 0), (1, 101)])
async def test_a_walk_has_bounds(bench: Bench, network: Network, home: ProjectId, steps: int, limit: int) -> None:
    with pytest.raises(errors.Invalid):
        await network.trek(bench.operator, trek=Trek(start=MAYA, project=home, steps=steps, limit=limit))


async def test_whoever_is_called_so_comes_first(bench: Bench, network: Network, home: ProjectId) -> None:
    found = await network.search(bench.operator, query=EntityQuery(text="maya", project=home))
    assert (found[0].entity.id, found[0].score) == (MAYA, 1.0)
    people = EntityQuery(text="Acme", project=home, types=(EntityType.PERSON,))
    assert {each.entity.id for each in await network.search(bench.operator, query=people)} <= {MAYA, CARLOS}
    nobodys = EntityQuery(text="Acme", project=home, user="nobody")
    assert await network.search(bench.operator, query=nobodys) == []


async def test_a_question_is_answered_by_the_relation_that_fits(
    bench: Bench, network: Network, home: ProjectId
) -> None:
    told = await network.answer(bench.operator, query=EntityQuery(text="Where does Maya work?", project=home))
    assert (told.text, told.confidence) == ("Maya works at Acme.", 0.9)
    assert [tie.relation.id for tie in told.ties] == ["rel_0"]


async def test_without_memories_there_is_no_answer(bench: Bench, network: Network) -> None:
    async with bench.store.read(bench.operator) as reader:
        project = await reader.projects.by_slug("default")
    assert project is not None
    told = await network.answer(bench.operator, query=EntityQuery(text="Where does Maya work?", project=project.id))
    assert (told.confidence, told.entities, told.ties) == (0.0, (), ())
