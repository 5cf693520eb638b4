"""Names through the service that links them, on the record itself: the labelled list, and what one batch may not do."""

from collections.abc import Sequence

import pytest

from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, MemoryId, UserId
from app.domain.memory import Memory
from app.extraction.findings import Finding, FoundEntity
from app.services.linking import Linking
from benchmarks.judgements import BLIND, Judged, items, merges
from tests.builders import NOON, a_memory, a_principal, an_entity
from tests.contracts.conftest import WholeStore
from tests.fakes import CountingIds

US = a_principal()
ADA = UserId("usr_1")


def found(*names: str, type: EntityType = EntityType.PERSON) -> Finding:
    return Finding(entities=tuple(FoundEntity(name=name, type=type, start=0, end=len(name)) for name in names))


async def linked(store: WholeStore, findings: Sequence[tuple[Memory, Finding]], ids: CountingIds) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([memory for memory, _ in findings])
        await Linking(uow, ids, NOON).link(findings)


async def named_by(store: WholeStore, *memories: MemoryId) -> list[set[str]]:
    """For each memory the names of what it mentions."""
    async with store.read(US) as reader:
        mentions = await reader.memories.mentions(memories)
        ids = sorted({one.entity for told in mentions for one in told})
        entities = {one.id: one for one in await reader.entities.get_many(ids) if one}
    return [{entities[one.entity].name for one in told} for told in mentions]


async def known_as(store: WholeStore, name: str) -> list[Entity]:
    async with store.read(US) as reader:
        return await reader.entities.called(project=None, names=[name])


async def test_names_of_the_labelled_list_are_merged_rightly_and_mostly(store: WholeStore) -> None:
    """Each item is the graph of a user of its own; what is known stands among the others' thousands."""
    listed = items("entities")
    findings, known = [], []
    for number, item in enumerate(listed):
        user = UserId(f"usr_{number}")
        memory = a_memory(id=MemoryId(f"mem_{number}"), user=user, text=f"{item['name']} {number}")
        findings.append((memory, found(item["name"], type=EntityType(item["type"]))))
        known += [
            an_entity(
                id=EntityId(f"known_{number}_{place}"),
                user=user,
                name=one["name"],
                type=EntityType(one["type"]),
                aliases=tuple(one.get("aliases", ())),
            )
            for place, one in enumerate(item["known"])
        ]
    async with store.write(US) as uow:
        await uow.entities.put_many(known)
    await linked(store, findings, CountingIds())
    names = {entity.id: entity.name for entity in known}
    async with store.read(US) as reader:
        mentions = await reader.memories.mentions([memory.id for memory, _ in findings])
    judged = [
        Judged(item=item, wanted=item["is"], said=names.get(told[0].entity))
        for item, told in zip(listed, mentions, strict=True)
    ]
    for part in ([one for one in judged if one.part == BLIND], judged):
        score = merges(part)
        assert (score.precision >= 0.97, score.recall >= 0.85) == (True, True), score


@pytest.mark.parametrize("names", [("Anna Keller", "Anna"), ("Anna", "Anna Keller")], ids=str)
async def test_one_batch_makes_one_entity_of_a_name_and_a_part_of_it(store: WholeStore, names: tuple[str, str]) -> None:
    one, two = a_memory(), a_memory(id=MemoryId("mem_2"), text="other")
    await linked(store, [(one, found(names[0])), (two, found(names[1]))], CountingIds())
    assert await named_by(store, one.id, two.id) == [{"Anna Keller"}, {"Anna Keller"}]
    (anna,) = await known_as(store, "Anna")
    assert (anna.name, anna.aliases) == ("Anna Keller", ("Anna",))


async def test_a_part_that_two_full_names_have_is_a_third_in_doubt(store: WholeStore) -> None:
    memory = a_memory()
    await linked(store, [(memory, found("Anna", "Anna Keller", "Anna Weber"))], CountingIds())
    assert await named_by(store, memory.id) == [{"Anna", "Anna Keller", "Anna Weber"}]


async def test_full_names_do_not_meet_in_a_first_name_one_after_the_other(store: WholeStore) -> None:
    memories = [a_memory(id=MemoryId(f"mem_{number}"), text=f"text {number}") for number in range(3)]
    ids = CountingIds()
    for memory, name in zip(memories, ("Anna", "Anna Keller", "Anna Weber"), strict=True):
        await linked(store, [(memory, found(name))], ids)
    assert await named_by(store, *(memory.id for memory in memories)) == [{"Anna"}, {"Anna"}, {"Anna Weber"}]


async def test_a_users_memory_adds_no_name_to_what_all_may_see(store: WholeStore) -> None:
    ids = CountingIds()
    await linked(store, [(a_memory(), found("Anna"))], ids)
    private = a_memory(id=MemoryId("mem_2"), user=ADA, text="of one user")
    await linked(store, [(private, found("Anna Keller"))], ids)
    assert await named_by(store, private.id) == [{"Anna"}]
    assert await known_as(store, "Anna Keller") == []


async def test_a_name_that_only_an_erased_memory_said_is_erased_with_it(store: WholeStore) -> None:
    """The other memory keeps the entity, and its own names for it."""
    ids = CountingIds()
    one, two = a_memory(text="Anna Keller was here"), a_memory(id=MemoryId("mem_2"), text="my sister Anna was here")
    await linked(store, [(one, found("Anna Keller"))], ids)
    await linked(store, [(two, found("my sister Anna"))], ids)
    (before,) = await known_as(store, "my sister Anna")
    async with store.write(US) as uow:
        await uow.memories.erase([two.id])
    (after,) = await known_as(store, "Anna Keller")
    assert (before.id, before.aliases, after.aliases) == (after.id, ("my sister Anna",), ())
    assert await known_as(store, "my sister Anna") == []
