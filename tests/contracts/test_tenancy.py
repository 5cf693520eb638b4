"""The third lock: every method of every repository, asked by those who may not see.

The methods are found by reflection over the ports. A method without a case fails, so nobody adds one
without saying what strangers get from it.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_type_hints

import pytest

from app.domain import errors
from app.domain.cluster import Cluster
from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, OrganizationId, ProjectId, UserId
from app.domain.memory import LinkType, Usage
from app.domain.notes import Shelf
from app.domain.principal import Credential, Only, Principal
from app.domain.query import MemoryFilter, MemoryOrder, Page, Window
from app.ports.clusters import Centre, Member
from app.ports.models import TokenTable
from app.ports.search import SearchIndex
from app.ports.store import Reader, UnitOfWork
from tests.builders import (
    NOON,
    PROJECT,
    a_centre,
    a_job,
    a_key,
    a_link,
    a_member,
    a_memory,
    a_mention,
    a_note,
    a_principal,
    a_project,
    a_relation,
    a_session,
    a_source,
    a_user,
    an_agent,
    an_embedding,
    an_entity,
    an_event,
    an_organization,
    some_tokens,
)
from tests.contracts.conftest import WholeStore

ADA, BEN = UserId("usr_1"), UserId("usr_2")
OURS = a_principal()
NO_KEY = Credential(key=None)

STRANGERS: dict[str, Principal] = {
    "another tenant": a_principal(tenant=OrganizationId("org_2"), actor="stranger", credential=NO_KEY),
    "no project": a_principal(visible=Only(frozenset()), actor="stranger", credential=NO_KEY),
    "another project": a_principal(visible=Only(frozenset({ProjectId("prj_2")})), actor="stranger", credential=NO_KEY),
    "another end user": a_principal(end_user=BEN, actor="stranger", credential=NO_KEY),
}
EVERYONE = frozenset(STRANGERS)
TENANT = frozenset({"another tenant"})
PROJECTS = TENANT | {"no project", "another project"}

WINDOW = Window(limit=10)
ANY = MemoryFilter()
MEM = a_memory().id
ENT = an_entity().id
CLS = a_centre().cluster.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a method is called on our things, what a stranger gets, and from whom it is hidden."""

    call: Callable[[Any], Awaitable[object]]
    nothing: object
    hidden_from: frozenset[str] = EVERYONE


async def memories_of(asked: Awaitable[TokenTable]) -> list[MemoryId]:
    return [*(await asked).memories]


async def members_of(asked: Awaitable[list[Member]]) -> list[tuple[MemoryId, str]]:
    return [(member.memory, member.text) for member in await asked]


async def names_of(asked: Awaitable[list[Centre]]) -> list[Cluster]:
    return [centre.cluster for centre in await asked]


def reads() -> dict[str, Case]:
    life = {"order": MemoryOrder.CREATED_AT, "descending": True}
    return {
        "projects.get_many": Case(
            call=lambda door: door.projects.get_many([PROJECT]), nothing=[None], hidden_from=PROJECTS
        ),
        "projects.by_slug": Case(
            call=lambda door: door.projects.by_slug("default"), nothing=None, hidden_from=PROJECTS
        ),
        "projects.page": Case(call=lambda door: door.projects.page(WINDOW), nothing=[], hidden_from=PROJECTS),
        "organization.get": Case(
            call=lambda door: door.organization.get(), nothing=errors.NotFound, hidden_from=TENANT
        ),
        "members.get_many": Case(
            call=lambda door: door.members.get_many([a_member().id]), nothing=[None], hidden_from=TENANT
        ),
        "members.page": Case(call=lambda door: door.members.page(WINDOW), nothing=[], hidden_from=TENANT),
        "keys.get_many": Case(call=lambda door: door.keys.get_many([a_key().id]), nothing=[None]),
        "keys.page": Case(call=lambda door: door.keys.page(WINDOW), nothing=[]),
        "users.get_many": Case(call=lambda door: door.users.get_many([ADA]), nothing=[None]),
        "users.by_external": Case(call=lambda door: door.users.by_external(PROJECT, ["ada"]), nothing=[None]),
        "users.numbers": Case(call=lambda door: door.users.numbers([ADA]), nothing=[None]),
        "users.page": Case(call=lambda door: door.users.page(WINDOW, project=None), nothing=[]),
        "notes.find": Case(call=lambda door: door.notes.find(project=PROJECT, user=ADA, shelf=Shelf.STATE), nothing=[]),
        "notes.by_numbers": Case(call=lambda door: door.notes.by_numbers(range(1, 20)), nothing=[None] * 19),
        "agents.get_many": Case(
            call=lambda door: door.agents.get_many([an_agent().id]), nothing=[None], hidden_from=PROJECTS
        ),
        "agents.by_external": Case(
            call=lambda door: door.agents.by_external(PROJECT, ["helper"]), nothing=[None], hidden_from=PROJECTS
        ),
        "agents.page": Case(call=lambda door: door.agents.page(WINDOW, project=None), nothing=[], hidden_from=PROJECTS),
        "sessions.get_many": Case(call=lambda door: door.sessions.get_many([a_session().id]), nothing=[None]),
        "sessions.by_external": Case(
            call=lambda door: door.sessions.by_external(PROJECT, ADA, ["monday"]), nothing=[None]
        ),
        "sessions.called": Case(call=lambda door: door.sessions.called(PROJECT, ["monday"]), nothing=[]),
        "sessions.page": Case(call=lambda door: door.sessions.page(WINDOW, project=None, user=None), nothing=[]),
        "sources.get_many": Case(call=lambda door: door.sources.get_many([a_source().id]), nothing=[None]),
        "sources.by_uri": Case(call=lambda door: door.sources.by_uri(PROJECT, ADA, a_source().uri), nothing=None),
        "sources.page": Case(call=lambda door: door.sources.page(WINDOW, project=None), nothing=[]),
        "memories.get_many": Case(call=lambda door: door.memories.get_many([MEM]), nothing=[None]),
        "memories.page": Case(call=lambda door: door.memories.page(WINDOW, where=ANY, **life), nothing=[]),
        "memories.count": Case(call=lambda door: door.memories.count(ANY), nothing=0),
        "memories.labels": Case(call=lambda door: door.memories.labels(ANY), nothing=[]),
        "memories.versions": Case(call=lambda door: door.memories.versions(MEM, WINDOW), nothing=[]),
        "memories.numbers": Case(call=lambda door: door.memories.numbers([MEM]), nothing=[None]),
        "memories.by_numbers": Case(call=lambda door: door.memories.by_numbers(range(1, 20)), nothing=[None] * 19),
        "memories.link_numbers": Case(call=lambda door: door.memories.link_numbers([a_link()]), nothing=[None]),
        "memories.usage": Case(call=lambda door: door.memories.usage([MEM]), nothing=[Usage()]),
        "memories.same_text": Case(
            call=lambda door: door.memories.same_text(project=PROJECT, user=ADA, texts=[a_memory().text]),
            nothing=[None],
        ),
        "memories.derived_only": Case(call=lambda door: door.memories.derived_only([MEM]), nothing=[]),
        "memories.at_positions": Case(call=lambda door: door.memories.at_positions(a_source().id, [0]), nothing=[None]),
        "memories.last_position": Case(call=lambda door: door.memories.last_position(a_session().id), nothing=None),
        "memories.links": Case(call=lambda door: door.memories.links([MEM]), nothing=[[]]),
        "memories.mentions": Case(call=lambda door: door.memories.mentions([MEM]), nothing=[[]]),
        "memories.session_turns": Case(
            call=lambda door: door.memories.session_turns(a_session().id, start=0, stop=9), nothing=[]
        ),
        "memories.glimpses": Case(call=lambda door: door.memories.glimpses([MEM], reach=2, where=ANY), nothing=[]),
        "memories.speakers": Case(call=lambda door: door.memories.speakers(["Ada"]), nothing=[]),
        "memories.token_vectors": Case(
            call=lambda door: memories_of(door.memories.token_vectors([MEM], model=an_embedding().model)), nothing=[]
        ),
        "entities.get_many": Case(call=lambda door: door.entities.get_many([ENT]), nothing=[None]),
        "entities.page": Case(
            call=lambda door: door.entities.page(WINDOW, project=None, user=None, types=(), name=None), nothing=[]
        ),
        "entities.named": Case(
            call=lambda door: door.entities.named(project=PROJECT, user=ADA, names=["ada lovelace"]), nothing=[]
        ),
        "entities.called": Case(
            call=lambda door: door.entities.called(project=None, names=["ada lovelace"]), nothing=[]
        ),
        "entities.mentioned_by": Case(call=lambda door: door.entities.mentioned_by([ENT], limit=9), nothing=[[]]),
        "entities.mention_counts": Case(call=lambda door: door.entities.mention_counts([ENT]), nothing=[0]),
        "entities.relations": Case(call=lambda door: door.entities.relations([ENT], limit=9), nothing=[[]]),
        "entities.relations_by_id": Case(
            call=lambda door: door.entities.relations_by_id([a_relation().id]), nothing=[None]
        ),
        "graph.neighborhood": Case(
            call=lambda door: door.graph.neighborhood(ENT, depth=2, kinds=tuple(EdgeKind), limit=9), nothing=None
        ),
        "graph.paths": Case(call=lambda door: door.graph.paths(MEM, ENT, count=1, depth=2), nothing=[]),
        "graph.edges_between": Case(call=lambda door: door.graph.edges_between([MEM, ENT, ADA]), nothing=[]),
        "clusters.get_many": Case(call=lambda door: door.clusters.get_many([CLS]), nothing=[None]),
        "clusters.page": Case(
            call=lambda door: door.clusters.page(WINDOW, project=PROJECT, user=None, least=1), nothing=[]
        ),
        "clusters.sizes": Case(call=lambda door: door.clusters.sizes([CLS]), nothing=[0]),
        "clusters.centres": Case(
            call=lambda door: names_of(door.clusters.centres(project=PROJECT, user=ADA)), nothing=[]
        ),
        "clusters.members": Case(
            call=lambda door: members_of(door.clusters.members(project=PROJECT, user=ADA, limit=9)), nothing=[]
        ),
        "clusters.members_of": Case(call=lambda door: members_of(door.clusters.members_of([CLS], limit=9)), nothing=[]),
        "clusters.candidates": Case(call=lambda door: members_of(door.clusters.candidates([MEM])), nothing=[]),
        "clusters.of_memories": Case(call=lambda door: door.clusters.of_memories([MEM]), nothing=[None]),
        "jobs.get_many": Case(call=lambda door: door.jobs.get_many([a_job().id]), nothing=[None]),
        "jobs.page": Case(call=lambda door: door.jobs.page(WINDOW, project=None, states=(), parked=None), nothing=[]),
        "events.after": Case(call=lambda door: door.events.after(0, project=None, limit=9), nothing=[]),
        "events.revision": Case(call=lambda door: door.events.revision(), nothing=0, hidden_from=TENANT),
    }


def writes() -> dict[str, Case]:
    refused = errors.NotFound
    link = a_link(source=MEM, target=a_memory(id="mem_2").id)
    return {
        "projects.put": Case(
            call=lambda door: door.projects.put(a_project(name="taken")), nothing=refused, hidden_from=PROJECTS - TENANT
        ),
        "members.put": Case(
            call=lambda door: door.members.put(a_member(name="taken")), nothing=None, hidden_from=frozenset()
        ),
        "keys.put": Case(
            call=lambda door: door.keys.put(a_key(name="taken")), nothing=refused, hidden_from=EVERYONE - TENANT
        ),
        "users.put": Case(
            call=lambda door: door.users.put(a_user(name="taken")), nothing=refused, hidden_from=EVERYONE - TENANT
        ),
        "users.remove": Case(call=lambda door: door.users.remove(ADA), nothing=refused),
        "notes.add_many": Case(
            call=lambda door: door.notes.add_many([a_note(name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "notes.change": Case(call=lambda door: door.notes.change(a_note(number=NOTED)), nothing=refused),
        "notes.remove": Case(call=lambda door: door.notes.remove(range(1, 20)), nothing=0),
        "agents.put": Case(
            call=lambda door: door.agents.put(an_agent(name="taken")), nothing=refused, hidden_from=PROJECTS - TENANT
        ),
        "sessions.put": Case(
            call=lambda door: door.sessions.put(a_session(user=ADA, external_id="taken")),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "sources.put": Case(
            call=lambda door: door.sources.put(a_source(user=ADA, title="taken")),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "memories.put_many": Case(
            call=lambda door: door.memories.put_many([a_memory(user=ADA, text="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "memories.embed_many": Case(
            call=lambda door: door.memories.embed_many({MEM: an_embedding(0, 1, 0)}), nothing=refused
        ),
        "memories.link_many": Case(call=lambda door: door.memories.link_many([link]), nothing=refused),
        "memories.unlink": Case(
            call=lambda door: door.memories.unlink(link.source, link.target, link.type), nothing=False
        ),
        "memories.mention_many": Case(call=lambda door: door.memories.mention_many({MEM: []}), nothing=refused),
        "memories.erase": Case(call=lambda door: door.memories.erase([MEM]), nothing=0),
        "memories.note_access": Case(call=lambda door: door.memories.note_access([MEM], at=NOON), nothing=None),
        "entities.put_many": Case(
            call=lambda door: door.entities.put_many([an_entity(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "entities.relate_many": Case(
            call=lambda door: door.entities.relate_many([a_relation(type="taken")]), nothing=refused
        ),
        "clusters.put_many": Case(
            call=lambda door: door.clusters.put_many([a_centre(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "clusters.place_many": Case(call=lambda door: door.clusters.place_many({MEM: None}), nothing=None),
        "clusters.remove": Case(call=lambda door: door.clusters.remove([CLS]), nothing=None),
        "jobs.put_many": Case(
            call=lambda door: door.jobs.put_many([a_job(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "jobs.claim": Case(
            call=lambda door: door.jobs.claim(now=NOON, until=NOON + timedelta(minutes=1), limit=9), nothing=[]
        ),
        "jobs.held": Case(call=lambda door: door.jobs.held(a_job().id, 0), nothing=refused),
        "idempotency.find": Case(call=lambda door: door.idempotency.find("once"), nothing=None),
        "idempotency.keep": Case(
            call=lambda door: door.idempotency.keep("once", fingerprint=b"2", answer={"taken": 1}, at=NOON),
            nothing=None,
        ),
    }


def searches() -> dict[str, Case]:
    return {
        "words": Case(call=lambda ask: ask("words", terms=["tea"], where=ANY, limit=9), nothing=[]),
        "nearest": Case(call=lambda ask: ask("nearest", embedding=an_embedding(), where=ANY, limit=9), nothing=[]),
        "mentioning": Case(call=lambda ask: ask("mentioning", entities=[ENT], where=ANY, limit=9), nothing=[]),
    }


NOTED = 2
"""The number of the note, which follows that of the user."""
READS, WRITES, SEARCHES = reads(), writes(), searches()


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
            [a_memory(position=0, **placed), a_memory(id="mem_2", text="Tea again", position=1, **placed)]
        )
        await uow.memories.embed_many({MEM: replace(an_embedding(), tokens=some_tokens())})
        await uow.memories.note_access([MEM], at=NOON)
        derived = a_link(source="mem_2", target=MEM, type=LinkType.DERIVED_FROM)
        await uow.memories.link_many([a_link(), derived])
        await uow.entities.put_many([an_entity(**about), an_entity(id="ent_2", name="Charles", **about)])
        await uow.memories.mention_many({MEM: [a_mention()]})
        await uow.entities.relate_many([a_relation(evidence=(MEM,))])
        await uow.clusters.put_many([a_centre(**about)])
        await uow.clusters.place_many({MEM: CLS})
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
    # Projects and agents are about nobody.
    "projects.put": EVERYONE - PROJECTS,
    "agents.put": EVERYONE - PROJECTS,
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
