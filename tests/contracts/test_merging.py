"""Two entities become one and two again, on the record itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.graph import Entity, Relation, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId, UserId
from app.domain.merges import Holdings
from app.domain.query import Window
from app.domain.work import EventKind
from app.services.inputs import MergeRequest, Slice
from app.services.merging import Merging
from tests.builders import NOON, PROJECT, a_memory, a_mention, a_principal, a_project, a_relation, an_entity
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ANNA, KELLER, BEN, INN = (EntityId(f"ent_{number:026d}") for number in range(1, 5))
ONE, TWO, THREE = (MemoryId(f"mem_{number}") for number in range(1, 4))


@pytest.fixture
async def merging(store: WholeStore, clock: FixedClock) -> Merging:
    """Anna and Anna Keller, each named by two memories, one of them by both; one forgotten; relations of both."""
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        memories = [a_memory(id=id_, text=f"text of {id_}") for id_ in (ONE, TWO, THREE)]
        await uow.memories.put_many(memories)
        await uow.entities.put_many(
            [
                an_entity(id=ANNA, name="Anna", aliases=("Annie",), description="Somebody"),
                an_entity(id=KELLER, name="Anna Keller", aliases=("Annie",)),
                an_entity(id=BEN, name="Ben"),
                an_entity(id=INN, name="The Inn"),
            ]
        )
        annas = a_mention(entity=ANNA, salience=0.9, spans=(Span(0, 4),))
        kellers = a_mention(entity=KELLER, salience=0.4, spans=(Span(8, 19),))
        await uow.memories.mention_many(
            {
                ONE: [replace(annas, memory=ONE), replace(kellers, memory=ONE)],
                TWO: [replace(annas, memory=TWO), a_mention(memory=TWO, entity=BEN)],
                THREE: [replace(kellers, memory=THREE)],
            }
        )
        await uow.entities.relate_many(
            [
                related("1", ANNA, BEN, "sibling_of", ONE),
                related("2", BEN, KELLER, "sibling_of", THREE, weight=0.6, valid_from=NOON),
                related("3", ANNA, INN, "works_at", TWO, valid_to=NOON),
                related("4", ANNA, KELLER, "met", TWO),
                related("5", INN, KELLER, "likes"),
            ]
        )
        await uow.memories.put_many([replace(memories[1], deleted_at=NOON, version=2)])
    return Merging(store=store, clock=clock)


def related(id: str, source: EntityId, target: EntityId, type: str, *evidence: MemoryId, **changes: Any) -> Relation:
    values = {"weight": 0.5, "valid_from": None, "valid_to": None} | changes
    return a_relation(id=RelationId(f"rel_{id}"), source=source, target=target, type=type, evidence=evidence, **values)


async def state(store: WholeStore) -> dict[str, Any]:
    """All that merging may change."""
    async with store.read(US) as reader:
        entities = await reader.entities.get_many([ANNA, KELLER, BEN, INN])
        held = {id_: await reader.merges.holdings(id_) for id_ in (ANNA, KELLER, BEN, INN)}
        page = await reader.entities.page(Window(limit=9), project=None, user=None, types=(), name=None)
        mentions = await reader.memories.mentions([ONE, TWO, THREE])
        named = {name: await ids_called(reader.entities, name) for name in ("Anna", "Annie", "Anna Keller")}
    return {
        "entities": [replace(one, updated_at=NOON) if one else None for one in entities],
        "held": {id_: _sorted(holdings) for id_, holdings in held.items()},
        "listed": [row.item.id for row in page.rows],
        "mentions": mentions,
        "named": named,
    }


async def ids_called(entities: Any, name: str) -> list[EntityId]:
    return [one.id for one in await entities.called(project=None, names=[name])]


def _sorted(holdings: Holdings) -> Holdings:
    relations = tuple(replace(one, evidence=tuple(sorted(one.evidence))) for one in holdings.relations)
    return replace(holdings, relations=relations)


async def merged(merging: Merging, into: str, *entities: str, reason: str | None = None) -> Entity:
    return await merging.merge(US, request=MergeRequest(into=into, entities=entities, reason=reason))


async def test_what_hangs_on_one_moves_to_the_other(store: WholeStore, merging: Merging) -> None:
    keller = await merged(merging, KELLER, ANNA, reason="the same person")
    assert (keller.name, keller.aliases) == ("Anna Keller", ("Annie", "Anna"))
    after = await state(store)
    assert after["entities"][0] is None
    assert after["listed"] == [KELLER, INN]  # only a forgotten memory names Ben
    assert after["named"] == {"Anna": [KELLER], "Annie": [KELLER], "Anna Keller": [KELLER]}
    both = a_mention(memory=ONE, entity=KELLER, salience=0.9, spans=(Span(0, 4), Span(8, 19)))
    assert after["mentions"][0] == [both]
    assert {one.memory for one in after["held"][KELLER].mentions} == {ONE, TWO, THREE}
    assert after["held"][ANNA] == Holdings()
    told = [(one.source, one.type, one.target, one.weight, one.evidence) for one in after["held"][KELLER].relations]
    assert told == [
        (BEN, "sibling_of", KELLER, 0.7, (ONE, THREE)),
        (KELLER, "works_at", INN, 0.5, (TWO,)),
        (INN, "likes", KELLER, 0.5, ()),
    ]
    (merge,) = (await merging.merges(US, project=None, page=Slice())).items
    assert (merge.node.entity.name, merge.node.into, merge.node.reason) == ("Anna", KELLER, "the same person")
    assert merge.node.aliases == ("Anna",)


async def test_a_merge_is_taken_back_exactly(store: WholeStore, merging: Merging) -> None:
    before = await state(store)
    await merged(merging, KELLER, ANNA)
    parted = await merging.split(US, entity=ANNA)
    assert (parted.entity.name, parted.into.name) == ("Anna", "Anna Keller")
    assert await state(store) == before
    assert (await merging.merges(US, project=None, page=Slice())).items == ()
    await merged(merging, ANNA, KELLER)
    await merging.split(US, entity=KELLER)
    assert await state(store) == before


async def test_several_go_in_together_and_come_out_one_by_one_the_last_first(
    store: WholeStore, merging: Merging
) -> None:
    before = await state(store)
    await merged(merging, BEN, ANNA, KELLER)
    with pytest.raises(errors.Conflict, match="Anna Keller was merged into Ben later; split that off first"):
        await merging.split(US, entity=ANNA)
    await merging.split(US, entity=KELLER)
    await merging.split(US, entity=ANNA)
    assert await state(store) == before


async def test_what_was_learnt_since_stays_with_the_one_that_took_in(store: WholeStore, merging: Merging) -> None:
    await merged(merging, KELLER, ANNA)
    four = MemoryId("mem_4")
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=four, text="later")])
        later = a_mention(memory=four, entity=KELLER)
        anew = a_mention(memory=ONE, entity=KELLER, salience=0.1)
        await uow.memories.mention_many({four: [later], ONE: [anew]})
        (siblings,) = [one for one in (await uow.merges.holdings(KELLER)).relations if one.type == "sibling_of"]
        await uow.entities.relate_many([replace(siblings, evidence=(*siblings.evidence, four))])
    await merging.split(US, entity=ANNA)
    after = await state(store)
    assert [one.memory for one in after["held"][ANNA].mentions] == [TWO]
    assert [one.memory for one in after["held"][KELLER].mentions] == [ONE, THREE, four]
    told = {(one.source, one.target): one.evidence for one in after["held"][BEN].relations}
    assert told == {(ANNA, BEN): (ONE,), (BEN, KELLER): (THREE, four)}


async def test_what_makes_no_sense_is_refused_and_changes_nothing(store: WholeStore, merging: Merging) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many(
            [
                an_entity(id=EntityId(f"ent_{8:026d}"), name="Elsewhere", project=ProjectId("prj_2")),
                an_entity(id=EntityId(f"ent_{9:026d}"), name="Private", user=UserId("usr_1")),
            ]
        )
    before = await state(store)
    for entities, told in {
        (KELLER,): "entities.0: an entity cannot be merged into itself",
        (ANNA, KELLER): "entities.1: an entity cannot be merged into itself",
        (ANNA, ANNA): "entities.1: stands there twice",
        ("Elsewhere",): "entities.0: Elsewhere belongs to another project than Anna Keller",
        ("Private",): "entities.0: Private belongs to another user than Anna Keller",
        ("Annie",): "entities.0: 2 entities are called 'Annie'; give an id",
        ("Nobody",): "entities.0: 0 entities are called 'Nobody'; give an id",
        (EntityId(f"ent_{7:026d}"),): f"entities.0: there is no entity ent_{7:026d}",
        (): "entities: must be 1 to 20",
    }.items():
        with pytest.raises(errors.Invalid) as refused:
            await merged(merging, KELLER, *entities)
        assert refused.value.message == told
    with pytest.raises(errors.NotFound):
        await merging.split(US, entity=ANNA)
    assert await state(store) == before


async def test_merges_make_no_chains_and_no_circles(store: WholeStore, merging: Merging) -> None:
    await merged(merging, KELLER, ANNA)
    before = await state(store)
    with pytest.raises(errors.Conflict, match=f"Anna was merged into {KELLER} already; no chains are made"):
        await merged(merging, ANNA, KELLER)
    with pytest.raises(
        errors.Conflict, match="Anna Keller has taken in Anna: split that off first, or merge the other"
    ):
        await merged(merging, BEN, KELLER)
    assert await state(store) == before


async def test_who_acts_for_one_user_merges_nothing_that_is_shared(merging: Merging) -> None:
    bound = a_principal(end_user=UserId("usr_1"))
    with pytest.raises(errors.Forbidden):
        await merging.merge(bound, request=MergeRequest(into=KELLER, entities=(ANNA,)))


async def test_an_erased_memory_takes_the_merge_that_it_spoke_of_with_it(store: WholeStore, merging: Merging) -> None:
    await merged(merging, KELLER, ANNA)
    async with store.write(US) as uow:
        await uow.memories.erase([TWO])
    with pytest.raises(errors.NotFound, match="can be taken back"):
        await merging.split(US, entity=ANNA)
    async with store.read(US) as reader:
        assert (await reader.merges.page(Window(limit=9), project=None)).rows == []


async def test_those_who_listen_hear_of_it(store: WholeStore, merging: Merging) -> None:
    await merged(merging, KELLER, ANNA)
    await merging.split(US, entity=ANNA)
    async with store.read(US) as reader:
        told = [(one.event.kind, one.event.subject) for one in await reader.events.after(0, project=PROJECT, limit=99)]
    assert told == [
        (EventKind.ENTITY_REMOVED, ANNA),
        (EventKind.ENTITY_UPDATED, KELLER),
        (EventKind.ENTITY_CREATED, ANNA),
        (EventKind.ENTITY_UPDATED, KELLER),
    ]


async def test_an_old_merge_is_listed_after_a_newer_one(merging: Merging, clock: FixedClock) -> None:
    await merged(merging, BEN, ANNA)
    clock.advance(timedelta(minutes=1))
    await merged(merging, BEN, KELLER)
    first = await merging.merges(US, project="default", page=Slice(first=1))
    assert [one.node.entity.name for one in first.items] == ["Anna Keller"]
    rest = await merging.merges(US, project="default", page=Slice(first=1, after=first.items[0].cursor))
    assert ([one.node.entity.name for one in rest.items], rest.has_next) == (["Anna"], False)
