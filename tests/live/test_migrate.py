"""`mnemograph migrate`, `backup` and `restore` with a real Neo4j: there and back, killed, refused, erased."""

import asyncio
import gzip
import json
from pathlib import Path

import pytest

from app.adapters.neo4j.copying import open_copies
from app.adapters.neo4j.server import open_server
from app.adapters.neo4j.store import open_store as open_neo4j
from app.adapters.runtime import OrderedIds
from app.adapters.sqlite.store import open_store
from app.bootstrap import STORE_FILE
from app.domain.errors import Unavailable
from app.domain.ids import MemoryId
from tests.acceptance.command_line import Child
from tests.builders import a_memory, a_principal, an_event, an_organization
from tests.contracts.whole_record import fill
from tests.fakes import FixedClock
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, live_neo4j

pytestmark = [*live_neo4j, pytest.mark.process]

US = a_principal()
SERVERS = {
    "MNEMOGRAPH_NEO4J_URL": URL,
    "MNEMOGRAPH_NEO4J_USER": USER,
    "MNEMOGRAPH_NEO4J_PASSWORD": PASSWORD,
    "MNEMOGRAPH_NEO4J_DATABASE": DATABASE,
    "MNEMOGRAPH_WEAVIATE_KEY": "not asked for",
    "MNEMOGRAPH_REDIS_URL": "redis://:unused@127.0.0.1:1/0",
}
ON_SERVERS = {**SERVERS, "MNEMOGRAPH_STORE": "neo4j"}


@pytest.fixture(autouse=True)
def _empty(neo4j_data: TestsOwn) -> None:
    neo4j_data.empty()


@pytest.fixture
def cli(tmp_path: Path) -> Child:
    """On a folder with something of every kind."""
    asyncio.run(furnish(tmp_path / "data"))
    return Child(tmp_path / "data")


async def furnish(data: Path) -> None:
    async with open_store(data / STORE_FILE, clock=FixedClock()) as store:
        await store.found(an_organization())
        await fill(store)


async def furnish_other(data: Path) -> None:
    """In place of what was there, a store with one memory."""
    (data / STORE_FILE).unlink()
    async with open_store(data / STORE_FILE, clock=FixedClock()) as store:
        await store.found(an_organization())
    await remember(data, "only")


async def remember(data: Path, *names: str) -> None:
    async with open_store(data / STORE_FILE, clock=FixedClock()) as store, store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=MemoryId(f"mem_{name}"), text=f"About {name}.") for name in names])
        for name in names:
            uow.emit(an_event(subject=f"mem_{name}"))


def body(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


def archived(cli: Child, path: Path) -> list[bytes]:
    assert cli("backup", str(path), "--portable").code == 0
    return body(path)


def test_there_and_back_is_the_same(cli: Child, tmp_path: Path) -> None:
    before = archived(cli, tmp_path / "before.mng")
    there = cli("migrate", "--to", "neo4j", **SERVERS)
    assert (there.code, there.err) == (0, "")
    assert there.out.startswith(
        f"the servers at {URL} and the source hold the same, by number and digest: "
        "6 memories, 7 versions, 3 entities, 3 relations, 9 events.\n"
    )
    back = cli.on(tmp_path / "back")
    told = back("migrate", "--to", "sqlite", "--json", **SERVERS)
    assert [one["organization"] for one in told.lines[-1]["organizations"]] == ["org_1", "org_2"]
    assert isinstance(back, Child)
    assert archived(back, tmp_path / "after.mng") == before


async def waiting() -> tuple[int, list[str | None]]:
    """How many memories the search index still has to look at, and what it will find of some."""
    clock = FixedClock()
    opened = open_neo4j(url=URL, user=USER, password=PASSWORD, database=DATABASE, clock=clock, ids=OrderedIds(clock))
    async with opened as store:
        found = await store.documents(US.tenant, [MemoryId("mem_full"), MemoryId("mem_secret")])
        return (await store.backlog()).waiting, [None if one is None else one.memory.id for one in found]


def test_the_search_index_hears_of_all_that_came_and_of_all_that_went(cli: Child) -> None:
    cli("migrate", "--to", "neo4j", **SERVERS)
    assert asyncio.run(waiting()) == (6, ["mem_full", None])
    asyncio.run(furnish_other(cli.data))
    assert cli("migrate", "--to", "neo4j", "--erase-servers", **SERVERS).code == 0
    assert asyncio.run(waiting()) == (7, [None, None])


TERMINATE = """
SHOW TRANSACTIONS YIELD transactionId AS ours, metaData WHERE metaData.work = 'copying'
TERMINATE TRANSACTIONS ours YIELD message RETURN message
"""


async def test_a_turn_that_was_lost_is_noticed() -> None:
    """Otherwise what was read could be of two moments."""
    copies = open_copies(url=URL, user=USER, password=PASSWORD, database=DATABASE)
    async with copies as source, open_server(url=URL, user=USER, password=PASSWORD, database=DATABASE) as server:
        with pytest.raises(Unavailable, match="the server let go of org_1 while it was read; try again"):
            async with source.still(US.tenant):
                assert [row["message"] for row in await server.rows(TERMINATE)] == ["Transaction terminated."]


def test_a_backup_of_the_servers_comes_back_after_all_is_lost(cli: Child, tmp_path: Path) -> None:
    before = archived(cli, tmp_path / "before.mng")
    cli("migrate", "--to", "neo4j", **SERVERS)
    path = tmp_path / "servers.mng"
    nowhere = Child(tmp_path / "nowhere")
    assert nowhere("backup", str(path), **ON_SERVERS).code == 0
    assert not nowhere.data.exists()
    assert path.stat().st_mode & 0o777 == 0o600
    assert body(path) == before

    erased = nowhere("restore", str(path), "--erase-servers", **ON_SERVERS)
    assert (erased.code, erased.err) == (0, "")
    again = nowhere("restore", str(path), "--json", **ON_SERVERS)
    assert again.code == 0
    assert nowhere("backup", str(tmp_path / "again.mng"), **ON_SERVERS).code == 0
    assert body(tmp_path / "again.mng") == before


def test_killed_in_the_middle_it_goes_on_where_it_was(cli: Child, tmp_path: Path) -> None:
    asyncio.run(remember(cli.data, *(f"{number:04}" for number in range(2_000))))
    before = archived(cli, tmp_path / "before.mng")
    process = cli.start("migrate", "--to", "neo4j", "--json", **SERVERS)
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["done"] < 2_100:  # all events, some memories
        assert process.poll() is None
    process.kill()
    process.communicate()

    finished = cli("migrate", "--to", "neo4j", "--json", **SERVERS)
    assert finished.code == 0
    ours = finished.lines[-1]["organizations"][0]
    assert ours["records"]["memory"]["number"] == 2_005
    assert 0 < ours["written"] < 4_100
    assert Child(tmp_path / "none")("backup", str(tmp_path / "after.mng"), **ON_SERVERS).code == 0
    assert body(tmp_path / "after.mng") == before


def test_what_was_done_meanwhile_is_brought_by_the_next_run(cli: Child) -> None:
    cli("migrate", "--to", "neo4j", **SERVERS)
    asyncio.run(remember(cli.data, "later"))
    again = cli("migrate", "--to", "neo4j", "--json", **SERVERS)
    ours, theirs = again.lines[-1]["organizations"]
    assert (ours["revision"], ours["ahead"], theirs["written"]) == (9, 9, 0)
    assert ours["written"] == 4  # an event, a memory, its version, the ledger


def test_servers_that_went_their_own_way_are_not_touched_unless_told_so(cli: Child, tmp_path: Path) -> None:
    asyncio.run(furnish(tmp_path / "other"))
    other = cli.on(tmp_path / "other")
    asyncio.run(remember(other.data, "there"))
    asyncio.run(remember(cli.data, "here"))
    assert other("migrate", "--to", "neo4j", **SERVERS).code == 0
    refused = cli("migrate", "--to", "neo4j", **SERVERS)
    assert refused.code == 5
    assert refused.err == (
        "Error (conflict): the target has gone on by itself: its event 9 of org_1 is not the source's; "
        "nothing of it was changed; --erase-servers removes all that they hold first\n"
    )
    erased = cli("migrate", "--to", "neo4j", "--erase-servers", "--json", **SERVERS)
    assert erased.code == 0
    assert erased.lines[-1]["organizations"][0]["revision"] == 9
