"""Several processes on one Neo4j: each tenant's units of work in turn, every event told, one schema."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from urllib.parse import urlsplit

import pytest
from neo4j import GraphDatabase

from app.adapters.neo4j.directory import Ledgers
from app.adapters.neo4j.migrations import migrations, newest
from app.adapters.neo4j.server import open_server
from app.adapters.neo4j.store import Neo4jStore, open_store
from app.adapters.runtime import OrderedIds, SystemClock
from app.domain import errors
from app.domain.ids import OrganizationId
from app.domain.principal import Principal
from app.domain.work import RecordedEvent
from tests.builders import a_principal, a_project, an_event
from tests.faults.proxy import running_proxy
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, only_live

CLOCK = SystemClock()
US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"))


def opened(url: str = URL, woken: list[OrganizationId] | None = None) -> AbstractAsyncContextManager[Neo4jStore]:
    return open_store(
        url=url,
        user=USER,
        password=PASSWORD,
        database=DATABASE,
        clock=CLOCK,
        ids=OrderedIds(CLOCK),
        on_commit=(woken if woken is not None else []).append,
    )


@pytest.fixture
async def stores(neo4j_data: TestsOwn) -> AsyncIterator[list[Neo4jStore]]:
    """Of three processes; what they do not share is what processes do not share either."""
    neo4j_data.empty()
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(opened()) for _ in range(3)]


async def emit(store: Neo4jStore, *subjects: str, principal: Principal = US) -> None:
    async with store.write(principal) as uow:
        for subject in subjects:
            uow.emit(an_event(subject=subject))


async def emit_and_fail(store: Neo4jStore) -> None:
    async with store.write(US) as uow:
        uow.emit(an_event())
        raise RuntimeError


@only_live
async def test_units_of_several_processes_leave_no_gap(stores: list[Neo4jStore]) -> None:
    async def write(store: Neo4jStore) -> None:
        for number in range(12):
            await emit(store, *(["one", "two"][: 1 + number % 2]))

    await asyncio.gather(*map(write, stores))
    async with stores[0].read(US) as reader:
        told = await reader.events.after(0, project=None, limit=99)
    assert [one.revision for one in told] == list(range(1, 3 * 18 + 1))


@only_live
async def test_what_is_read_while_others_write_is_whole_and_in_order(stores: list[Neo4jStore]) -> None:
    """A commit becomes visible bit by bit; whoever reads on from what was seen must miss nothing."""
    *writers, relay = stores
    units, size = 40, 8
    followed: list[int] = []
    relayed: dict[OrganizationId, list[int]] = {US.tenant: [], THEM.tenant: []}

    async def write(store: Neo4jStore, principal: Principal) -> None:
        for _ in range(units):
            await emit(store, *("x" * size), principal=principal)

    async def follow() -> None:
        while len(followed) < units * size:
            async with relay.read(US) as reader:
                told = await reader.events.after(len(followed), project=None, limit=99)
            followed.extend(one.revision for one in told)

    async def tell() -> None:
        while sum(map(len, relayed.values())) < 2 * units * size:
            seen = {tenant: revisions[-1] for tenant, revisions in relayed.items() if revisions}
            for one in await relay.events_since(seen, limit=50):
                relayed[one.tenant].append(one.revision)

    async with asyncio.timeout(60):
        await asyncio.gather(write(writers[0], US), write(writers[1], THEM), follow(), tell())
    every = list(range(1, units * size + 1))
    assert followed == every
    assert relayed == {US.tenant: every, THEM.tenant: every}


@only_live
async def test_a_commit_that_takes_long_is_told_of_in_the_end(stores: list[Neo4jStore]) -> None:
    """It noted its time in the ledger before; looks in between, which found newer ones, must not hide it."""
    relay, other = stores[:2]
    seen: dict[OrganizationId, int] = {}

    async def told() -> list[RecordedEvent]:
        found = list(await relay.events_since(seen, limit=9))
        seen.update((one.tenant, one.revision) for one in found)
        return found

    async with running_proxy(urlsplit(URL).port or 7687) as proxy, opened(f"bolt://127.0.0.1:{proxy.port}") as slow:
        assert await told() == []
        proxy.slow(0.3)
        late = asyncio.create_task(emit(slow, "late"))
        subjects: list[str] = []
        while not late.done():
            await emit(other, "meanwhile", principal=THEM)
            subjects += [one.event.subject for one in await told()]
            await asyncio.sleep(0.05)
        await late
        subjects += [one.event.subject for one in await told()]
    assert subjects.count("late") == 1
    assert subjects.count("meanwhile") == seen[THEM.tenant]


@only_live
async def test_a_look_reads_only_ledgers_that_may_have_changed(stores: list[Neo4jStore]) -> None:
    await emit(stores[0], "old")
    with GraphDatabase.driver(URL, auth=(USER, PASSWORD)) as driver, driver.session(database=DATABASE) as session:
        session.run("MATCH (l:Ledger) SET l.changed_at = l.changed_at - 50000").consume()
        async with open_server(url=URL, user=USER, password=PASSWORD, database=DATABASE) as server:
            ledgers = Ledgers(server)
            assert await ledgers.lately() == {US.tenant: 1}
            session.run("MATCH (l:Ledger) SET l.revision = 7").consume()
            assert await ledgers.lately() == {US.tenant: 1}
            await emit(stores[0], "new", principal=THEM)
            assert await ledgers.lately() == {US.tenant: 1, THEM.tenant: 1}
            assert await ledgers.all() == {US.tenant: 7, THEM.tenant: 1}


@only_live
async def test_commits_that_record_an_event_wake_whoever_tells_of_them(neo4j_data: TestsOwn) -> None:
    neo4j_data.empty()
    woken: list[OrganizationId] = []
    async with opened(woken=woken) as store:
        async with store.write(US) as uow:
            await uow.projects.put(a_project())
        assert woken == []
        await emit(store, "one", principal=THEM)
        with pytest.raises(RuntimeError):
            await emit_and_fail(store)
        assert woken == [THEM.tenant]


@only_live
async def test_a_unit_out_of_sight_takes_no_turn_of_another_tenant(stores: list[Neo4jStore]) -> None:
    async with stores[0].write(US), asyncio.timeout(5):
        await emit(stores[1], "theirs", principal=THEM)


@only_live
async def test_several_who_open_a_new_database_make_one_schema(neo4j_data: TestsOwn) -> None:
    neo4j_data.empty()
    forget_schema(neo4j_data)

    async def look() -> list[str]:
        async with opened() as store:
            report = await store.check()
        assert report.facts["schema"] == f"{newest()} of {newest()}"
        return list(report.problems)

    assert list(await asyncio.gather(look(), look(), look())) == [[]] * 3


@only_live
async def test_a_newer_schema_is_refused_and_left_alone(neo4j_data: TestsOwn) -> None:
    async with opened():
        pass
    neo4j_data._run("MATCH (s:Schema) SET s.version = s.version + 1")
    with pytest.raises(errors.Unavailable) as caught:
        async with opened():
            pass
    neo4j_data._run("MATCH (s:Schema) SET s.version = s.version - 1")
    assert caught.value.message == (
        f"the graph store has schema {newest() + 1}, written by a newer version;"
        f" this one knows schemas up to {newest()}"
    )


@only_live
async def test_a_database_of_another_program_is_refused(neo4j_data: TestsOwn) -> None:
    neo4j_data.empty()
    forget_schema(neo4j_data)
    neo4j_data._run("CREATE (:Theirs)")
    with pytest.raises(errors.Unavailable, match="the database of the graph store holds data of another program"):
        async with opened():
            pass
    neo4j_data.empty()
    async with opened() as store:
        assert (await store.check()).problems == []


@only_live
async def test_an_index_that_is_gone_is_told_of(stores: list[Neo4jStore], neo4j_data: TestsOwn) -> None:
    neo4j_data._run("DROP CONSTRAINT event_revision")
    assert (await stores[0].check()).problems == ["the index event_revision is missing"]
    forget_schema(neo4j_data)
    async with opened() as store:
        assert (await store.check()).problems == []


def test_migrations_are_numbered_from_one_without_gaps() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, newest() + 1))


def forget_schema(data: TestsOwn) -> None:
    """All constraints and indexes, and the note that they were made."""
    for plural, kind in (("CONSTRAINTS", "CONSTRAINT"), ("INDEXES", "INDEX")):
        for row in data._run(f"SHOW {plural} YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
            data._run(f"DROP {kind} {row['name']}")
    data._run("MATCH (s:Schema) REMOVE s.version")
