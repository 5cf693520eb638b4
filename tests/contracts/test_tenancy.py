"""The third lock: every method of every repository, asked by those who may not see.

The methods are found by reflection over the ports. A method without a case fails, so nobody adds one
without saying what strangers get from it.
"""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_type_hints

import pytest

from app.domain import errors
from app.domain.graph import EdgeKind, EntityType
from app.domain.memory import Layer, LinkType
from app.domain.principal import Principal
from app.domain.query import Page
from app.domain.spending import Spending
from app.domain.vocabulary import VocabularyTerm
from app.ports.search import SearchIndex
from app.ports.store import Reader, UnitOfWork
from tests.builders import (
    NOON,
    PROJECT,
    a_centre,
    a_decision,
    a_job,
    a_key,
    a_link,
    a_member,
    a_memory,
    a_mention,
    a_note,
    a_project,
    a_relation,
    a_session,
    a_source,
    a_user,
    a_webhook,
    an_agent,
    an_embedding,
    an_entity,
    an_event,
    an_organization,
    some_tokens,
)
from tests.contracts.conftest import WholeStore
from tests.contracts.doors import (
    ADA,
    ANY,
    CLS,
    ENT,
    EVERYONE,
    HERS,
    MEM,
    MERGED,
    NOTED,
    OURS,
    PROJECTS,
    READS,
    SEARCHES,
    STRANGERS,
    TENANT,
    WRITES,
    Case,
    a_merge,
)


def methods(door: type) -> Iterator[str]:
    """`repository.method` for all that a door offers."""
    for name, member in inspect.getmembers(door):
        if isinstance(member, property) and member.fget:
            repository = get_type_hints(member.fget)["return"]
            for method, _ in inspect.getmembers(repository, inspect.iscoroutinefunction):
                yield f"{name}.{method}"


def test_every_method_of_a_reader_has_a_case() -> None:
    assert set(methods(Reader)) == set(READS)


def test_every_method_of_a_unit_of_work_has_a_case() -> None:
    assert set(methods(UnitOfWork)) == set(READS) | set(WRITES)


def test_every_search_has_a_case() -> None:
    assert {name for name, _ in inspect.getmembers(SearchIndex, inspect.iscoroutinefunction)} == set(SEARCHES)


@pytest.fixture
async def ours(store: WholeStore) -> WholeStore:
    """A store in which everything is about Ada, of one project of one tenant."""
    about = {"user": ADA}
    async with store.write(OURS) as uow:
        await uow.projects.put(a_project())
        await uow.vocabulary.replace(PROJECT, [VocabularyTerm(name="Atlas", type=EntityType.PRODUCT)])
        await uow.members.put(a_member())
        await uow.keys.put(a_key(projects=frozenset({PROJECT}), end_user=ADA))
        await uow.users.put(a_user())
        assert [note.number for note in await uow.notes.add_many([a_note()])] == [NOTED]
        await uow.agents.put(an_agent())
        await uow.sessions.put(a_session(**about))
        await uow.sources.put(a_source(**about))
        placed = (
            about
            | {"session": a_session().id, "source": a_source().id, "occurred_at": NOON, "speaker": "Ada"}
            | {"type": "fact"}
        )
        await uow.memories.put_many(
            [
                a_memory(position=0, keypath=HERS.keypath, **placed),
                a_memory(id="mem_2", text="Tea again", position=1, **placed),
                a_memory(id="mem_3", layer=Layer.TASK, expires_at=NOON - timedelta(days=1), user=ADA),
            ]
        )
        replaced = a_memory(position=0, keypath=HERS.keypath, **placed)
        await uow.memories.put_many(
            [replace(replaced, text="Ada drinks water.", version=2), replace(replaced, version=3)]
        )
        await uow.memories.embed_many({MEM: replace(an_embedding(), tokens=some_tokens())})
        await uow.memories.note_access([MEM], at=NOON)
        await uow.memories.give_feedback(MEM, value=0.5, reason="as it is")
        derived = a_link(source="mem_2", target=MEM, type=LinkType.DERIVED_FROM)
        await uow.memories.link_many([a_link(), derived])
        await uow.entities.put_many([an_entity(**about), an_entity(id="ent_2", name="Charles", **about)])
        await uow.memories.mention_many({MEM: [a_mention()]})
        await uow.entities.relate_many([a_relation(evidence=(MEM,))])
        await uow.clusters.put_many([a_centre(**about)])
        await uow.clusters.place_many({MEM: CLS})
        await uow.entities.put_many([an_entity(id=MERGED, name="A. L.", merged_into=ENT, **about)])
        await uow.merges.put(a_merge())
        await uow.decisions.put_many([a_decision(**about)])
        await uow.webhooks.put_many([a_webhook()])
        await uow.spending.add(NOON.date(), Spending(calls=2, tokens=900))
        await uow.jobs.put_many([a_job(user=ADA, end_user=ADA)])
        await uow.idempotency.keep("once", fingerprint=b"1", answer={"id": MEM}, at=NOON)
        uow.emit(an_event(user=ADA))
    return store


async def outcome(case: Case, door: object) -> object:
    """What the call gives, pages as their items; an error of ours as its class."""
    try:
        given = await case.call(door)
    except errors.AppError as error:
        return type(error)
    return [row.item for row in given.rows] if isinstance(given, Page) else given


async def read(store: WholeStore, principal: Principal, name: str) -> object:
    async with store.read(principal) as door:
        return await outcome(READS[name], door)


async def write(store: WholeStore, principal: Principal, name: str) -> object:
    async with store.write(principal) as door:
        return await outcome((READS | WRITES)[name], door)


async def search(store: WholeStore, principal: Principal, name: str) -> object:
    async def ask(method: str, **arguments: Any) -> object:
        found: object = await getattr(store, method)(principal, **arguments)
        return found

    return await outcome(SEARCHES[name], ask)


async def everything(store: WholeStore) -> dict[str, object]:
    return {name: await read(store, OURS, name) for name in READS}


@pytest.mark.parametrize("name", sorted(READS))
async def test_what_is_hidden_is_there_for_its_owner(ours: WholeStore, name: str) -> None:
    assert await read(ours, OURS, name) != READS[name].nothing
    assert await write(ours, OURS, name) != READS[name].nothing


@pytest.mark.parametrize("name", sorted(SEARCHES))
async def test_what_a_search_hides_its_owner_finds(ours: WholeStore, name: str) -> None:
    assert await search(ours, OURS, name) != []


@pytest.mark.parametrize("stranger", sorted(STRANGERS))
async def test_a_stranger_reads_nothing_of_ours(ours: WholeStore, stranger: str) -> None:
    hidden = [name for name, case in READS.items() if stranger in case.hidden_from]
    seen = {name: await read(ours, STRANGERS[stranger], name) for name in hidden}
    assert seen == {name: READS[name].nothing for name in hidden}


@pytest.mark.parametrize("stranger", sorted(STRANGERS))
async def test_a_stranger_who_may_write_reads_no_more(ours: WholeStore, stranger: str) -> None:
    hidden = [name for name, case in READS.items() if stranger in case.hidden_from]
    seen = {name: await write(ours, STRANGERS[stranger], name) for name in hidden}
    assert seen == {name: READS[name].nothing for name in hidden}


@pytest.mark.parametrize("stranger", sorted(STRANGERS))
async def test_a_stranger_finds_nothing_of_ours(ours: WholeStore, stranger: str) -> None:
    found = {name: await search(ours, STRANGERS[stranger], name) for name in SEARCHES}
    assert found == {name: case.nothing for name, case in SEARCHES.items()}


OPEN = {
    # Members belong to the tenant: who may change them is a permission, not a scope.
    "members.put": EVERYONE - TENANT,
    # A note has no id that another could have taken: it becomes one of their own.
    "notes.add_many": TENANT,
    # So is what the model costs.
    "spending.add": EVERYONE - TENANT,
    # Projects and agents are about nobody.
    "projects.put": EVERYONE - PROJECTS,
    "agents.put": EVERYONE - PROJECTS,
    "vocabulary.replace": EVERYONE - PROJECTS,
}
ATTEMPTS = [(who, name) for who in sorted(STRANGERS) for name in sorted(WRITES) if who not in OPEN.get(name, ())]


@pytest.mark.parametrize(("stranger", "name"), ATTEMPTS)
async def test_a_stranger_changes_nothing_of_ours(ours: WholeStore, stranger: str, name: str) -> None:
    before = await everything(ours)
    given = await write(ours, STRANGERS[stranger], name)
    case = WRITES[name]
    assert given == case.nothing or (stranger not in case.hidden_from and given in (None, errors.Conflict))
    assert await everything(ours) == before


async def test_the_stocked_store_is_sound(ours: WholeStore) -> None:
    assert (await ours.check()).problems == []


async def test_the_same_id_in_two_tenants_is_two_things(ours: WholeStore) -> None:
    theirs = STRANGERS["another tenant"]
    await ours.found(an_organization(id=theirs.tenant, name="Theirs"))
    async with ours.write(theirs) as uow:
        await uow.memories.put_many([a_memory(text="Quite another text")])
    async with ours.read(theirs) as reader:
        (memory,) = await reader.memories.get_many([MEM])
    assert memory is not None
    assert memory.text == "Quite another text"
    assert [hit.memory for hit in await ours.words(theirs, terms=["text"], where=ANY, limit=9)] == [MEM]
    assert await ours.words(OURS, terms=["text"], where=ANY, limit=9) == []


async def test_an_end_user_sees_what_is_about_nobody(ours: WholeStore) -> None:
    async with ours.write(OURS) as uow:
        await uow.memories.put_many([a_memory(id="mem_9", text="The office makes tea at four")])
        await uow.memories.embed_many({a_memory(id="mem_9").id: an_embedding()})
    ben = STRANGERS["another end user"]
    async with ours.read(ben) as reader:
        assert [memory and memory.id for memory in await reader.memories.get_many([MEM, a_memory(id="mem_9").id])] == [
            None,
            "mem_9",
        ]
    for name in ("words", "nearest"):
        found = await search(ours, ben, name)
        assert isinstance(found, list)
        assert [hit.memory for hit in found] == ["mem_9"]


async def test_a_relation_known_from_anothers_memory_is_not_shown(ours: WholeStore) -> None:
    async with ours.write(OURS) as uow:
        await uow.entities.put_many([an_entity(), an_entity(id="ent_2", name="Charles")])
    ben = STRANGERS["another end user"]
    async with ours.read(ben) as reader:
        assert await reader.entities.relations([ENT], limit=9) == [[]]
        assert await reader.graph.edges_between([ENT, an_entity(id="ent_2").id]) == []
        assert await reader.graph.neighborhood(ENT, depth=1, kinds=tuple(EdgeKind), limit=9) is None
