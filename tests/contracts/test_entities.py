"""Entities, their names, and relations."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId, UserId
from app.domain.query import Window
from app.ports.store import EntityReader
from tests.builders import NOON, PROJECT, a_memory, a_mention, a_principal, a_relation, an_entity
from tests.contracts.conftest import WholeStore

US = a_principal()
ADA, TEA, INN = EntityId("ent_1"), EntityId("ent_2"), EntityId("ent_3")
ONE, TWO, THREE = MemoryId("mem_1"), MemoryId("mem_2"), MemoryId("mem_3")


async def listed(entities: EntityReader, **changes: Any) -> list[EntityId]:
    asked: dict[str, Any] = {"project": None, "user": None, "types": (), "name": None} | changes
    page = await entities.page(Window(limit=9), **asked)
    return [row.item.id for row in page.rows]


async def test_an_entity_comes_back_as_it_was_put(store: WholeStore) -> None:
    entity = an_entity(
        user=UserId("usr_1"),
        aliases=("Countess", "A. L."),
        description="Wrote programs",
        updated_at=NOON + timedelta(1),
    )
    async with store.write(US) as uow:
        await uow.entities.put_many([an_entity(), entity])
    async with store.read(US) as reader:
        assert await reader.entities.get_many([TEA, ADA]) == [None, entity]


async def test_entities_are_counted_as_they_are_listed(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO, deleted_at=NOON)])
        await uow.entities.put_many([an_entity(), an_entity(id=TEA, name="Tea"), an_entity(id=INN, name="Inn")])
        await uow.memories.mention_many({ONE: [a_mention()], TWO: [a_mention(memory=TWO, entity=INN)]})
    asked: dict[str, Any] = {"project": PROJECT, "user": None, "types": (), "name": None}
    async with store.read(US) as reader:
        assert await reader.entities.count(**asked) == 2
        assert await listed(reader.entities, project=PROJECT) == [ADA, TEA]
        assert await reader.entities.count(**asked | {"name": "te"}) == 1
        assert await reader.entities.count(**asked | {"user": UserId("usr_1")}) == 0
        assert await reader.entities.count(**asked | {"types": (EntityType.PLACE,)}) == 0


async def test_names_and_aliases_are_found_whatever_their_case_and_accents(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many([an_entity(name="Zoë  Müller", aliases=("Zo",))])
        for name in ("zoe muller", "ZOË MÜLLER", "zo"):
            assert [e.id for e in await uow.entities.called(project=PROJECT, names=["x", name])] == [ADA]
        assert await uow.entities.called(project=PROJECT, names=["zoe"]) == []
        await uow.entities.put_many([an_entity(name="Zoë Smith")])
        assert await uow.entities.called(project=PROJECT, names=["Zo", "Zoe Muller"]) == []
        assert await uow.entities.called(project=PROJECT, names=["zoe smith"]) == [an_entity(name="Zoë Smith")]


async def test_a_name_means_the_shared_entity_or_the_users_own(store: WholeStore) -> None:
    ada, ben = UserId("usr_1"), UserId("usr_2")
    shared, adas, bens, elsewhere = (
        an_entity(),
        an_entity(id=TEA, user=ada),
        an_entity(id=INN, user=ben),
        an_entity(id=EntityId("ent_4"), project=ProjectId("prj_2")),
    )
    async with store.write(US) as uow:
        await uow.entities.put_many([shared, adas, bens, elsewhere])
        assert await uow.entities.called(project=PROJECT, names=[shared.name]) == [shared, adas, bens]
        assert await uow.entities.called(project=None, names=[shared.name]) == [shared, adas, bens, elsewhere]
        of_ben = await uow.entities.called(project=PROJECT, names=[shared.name], users=[bens.user or UserId("")])
        assert of_ben == [shared, bens]


async def test_entities_are_listed_by_name(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many(
            [
                an_entity(),
                an_entity(id=TEA, name="Äther", type=EntityType.CONCEPT, user=UserId("usr_1")),
                an_entity(id=INN, name="zum Adler", type=EntityType.PLACE, aliases=("The Eagle",)),
            ]
        )
    async with store.read(US) as reader:
        assert await listed(reader.entities) == [ADA, TEA, INN]
        assert await listed(reader.entities, types=(EntityType.PLACE, EntityType.CONCEPT)) == [TEA, INN]
        assert await listed(reader.entities, name="AD") == [ADA, INN]
        assert await listed(reader.entities, name="eagle") == [INN]
        assert await listed(reader.entities, user=UserId("usr_1")) == [TEA]
        assert await listed(reader.entities, project=ProjectId("prj_2")) == []
        first = await reader.entities.page(Window(limit=1), project=None, user=None, types=(), name=None)
        rest = Window(limit=9, position=first.rows[0].position)
        page = await reader.entities.page(rest, project=None, user=None, types=(), name=None)
        assert [row.item.id for row in page.rows] == [TEA, INN]


async def test_an_entity_of_forgotten_memories_alone_is_not_listed(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
        await uow.entities.put_many([an_entity()])
        await uow.memories.mention_many({ONE: [a_mention()]})
        assert await listed(uow.entities) == [ADA]
        await uow.memories.put_many([a_memory(version=2, deleted_at=NOON)])
        assert await listed(uow.entities) == []
        await uow.memories.put_many([a_memory(version=3)])
        assert await listed(uow.entities) == [ADA]


async def test_who_mentions_an_entity_newest_first(store: WholeStore) -> None:
    memories = [a_memory(id=each, created_at=NOON + timedelta(hours=n)) for n, each in enumerate((ONE, TWO, THREE))]
    async with store.write(US) as uow:
        await uow.memories.put_many(memories)
        await uow.entities.put_many([an_entity(), an_entity(id=TEA, name="Tea")])
        for memory in memories:
            await uow.memories.mention_many({memory.id: [a_mention(memory=memory.id)]})
        await uow.memories.put_many([a_memory(id=TWO, version=2, deleted_at=NOON)])
    async with store.read(US) as reader:
        latest, first = a_mention(memory=THREE), a_mention(memory=ONE)
        assert await reader.entities.mentioned_by([TEA, ADA], limit=9) == [[], [latest, first]]
        assert await reader.entities.mentioned_by([ADA], limit=1) == [[latest]]
        assert await reader.entities.mention_counts([ADA, TEA]) == [2, 0]


def people() -> list[Entity]:
    return [an_entity(), an_entity(id=TEA, name="Ben"), an_entity(id=INN, name="Cay")]


async def test_relations_show_from_both_ends_heaviest_first(store: WholeStore) -> None:
    knows = a_relation(valid_from=NOON, valid_to=NOON + timedelta(days=1))
    owes = a_relation(id=RelationId("rel_2"), source=INN, target=ADA, type="owes", weight=0.9)
    async with store.write(US) as uow:
        await uow.entities.put_many(people())
        await uow.entities.relate_many([knows, owes])
    async with store.read(US) as reader:
        assert await reader.entities.relations([TEA, ADA, EntityId("x")], limit=9) == [[knows], [owes, knows], []]
        assert await reader.entities.relations([ADA], limit=1) == [[owes]]
        assert await reader.entities.relations_by_id([owes.id, RelationId("rel_9")]) == [owes, None]


async def test_a_relation_is_replaced_by_id(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many(people())
        await uow.entities.relate_many([a_relation()])
        await uow.entities.relate_many([a_relation(weight=0.1, target=INN)])
        assert await uow.entities.relations([ADA, TEA], limit=9) == [[a_relation(weight=0.1, target=INN)], []]


async def test_one_relation_of_a_type_between_two_entities(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many(people())
        await uow.entities.relate_many([a_relation()])
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.entities.relate_many([a_relation(id=RelationId("rel_2"))])
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.entities.relate_many([a_relation(id=RelationId("rel_3"), target=EntityId("ent_9"))])


async def test_a_relation_lives_as_long_as_a_memory_that_tells_of_it(store: WholeStore) -> None:
    relation = a_relation(evidence=(ONE, TWO))
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.entities.put_many(people())
        await uow.entities.relate_many([relation])
        assert await uow.entities.relations_by_id([relation.id]) == [relation]
        await uow.memories.put_many([a_memory(version=2, deleted_at=NOON)])
        assert await uow.entities.relations_by_id([relation.id]) == [a_relation(evidence=(TWO,))]
        await uow.memories.put_many([a_memory(id=TWO, version=2, deleted_at=NOON)])
        assert await uow.entities.relations_by_id([relation.id]) == [None]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("Anna Keller", "Anna"),
        ("Anna Keller", "A. Keller"),
        ("Łukasz Nowak", "Lukasz Nowak"),
        ("Jürgen", "Juergen"),
        ("Terraform", "Terrafrom"),
        ("Grafana", "Garfana"),
        ("National Health Service", "NHS"),
        ("NHS", "National Health Service"),
        ("Kubernetes", "k8s"),
        ("PostgreSQL", "Postgre SQL"),
        ("Paddy O'Brien", "OBrien"),
    ],
)
async def test_a_name_written_otherwise_has_the_known_one_among_its_candidates(
    store: WholeStore, known: str, said: str
) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many([an_entity(name=known), an_entity(id=TEA, name="Wholly Different")])
        assert await uow.entities.alike(project=PROJECT, user=None, names=["xx", said], limit=5) == [
            [],
            [an_entity(name=known)],
        ]


async def test_candidates_share_most_handles_first_and_are_the_users_own_or_shared(store: WholeStore) -> None:
    ada, ben = UserId("usr_1"), UserId("usr_2")
    keller, anna = an_entity(name="Anna Keller"), an_entity(id=TEA, name="Ann", aliases=("Annie",), user=ada)
    async with store.write(US) as uow:
        await uow.entities.put_many([keller, anna, an_entity(id=INN, name="Anna Keller", user=ben)])
        alike = uow.entities.alike
        assert await alike(project=PROJECT, user=ada, names=["Anna Keller", "Annie"], limit=5) == [
            [keller, anna],
            [anna, keller],
        ]
        assert await alike(project=PROJECT, user=ada, names=["Anna Keller"], limit=1) == [[keller]]
        assert await alike(project=PROJECT, user=None, names=["Annie"], limit=5) == [[keller]]
        assert await alike(project=ProjectId("prj_2"), user=None, names=["Anna Keller"], limit=5) == [[]]
        await uow.entities.put_many([an_entity(name="Zoe Smith")])
        assert await alike(project=PROJECT, user=None, names=["Anna Keller"], limit=5) == [[]]
