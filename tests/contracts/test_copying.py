"""Copies: what goes from one store into another, through an archive or not, is all there and nothing more."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path

import pytest

from app.adapters.neo4j import copying as neo4j
from app.adapters.sqlite.copying import open_copies
from app.copying import archive, reading
from app.copying.forward import Copied, bring, clear
from app.copying.sums import Sums, sums_of
from app.domain.errors import Conflict, Invalid
from app.domain.ids import KeyId, MemoryId, OrganizationId
from app.domain.principal import Principal
from app.domain.query import Life, MemoryFilter, MemoryOrder, Window
from app.ports.copying import EDGES, SHAPES, Copyable, RecordKind, key_of
from app.ports.models import TokenTable
from tests.builders import PROJECT, a_memory, a_principal, a_project, an_embedding, an_event, an_organization
from tests.contracts.conftest import BACKENDS, WholeStore
from tests.contracts.whole_record import SECRET, THEM, US, add, fill
from tests.fakes import FixedClock
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, live_neo4j

HEADER = archive.Header(store="test", program="0", made_at="2026-11-21T00:00:00Z")
NEWEST = 8
"""Our revision, once the store is filled."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is: to be opened as one, or for copying."""

    store: Callable[[], AbstractAsyncContextManager[WholeStore]]
    copies: Callable[[], AbstractAsyncContextManager[Copyable]]


def sqlite_in(folder: Path, clock: FixedClock) -> Place:
    folder.mkdir()
    return Place(
        store=lambda: BACKENDS["sqlite"](folder, clock), copies=lambda: open_copies(folder / "memories.db", clock=clock)
    )


def neo4j_of_tests(folder: Path, clock: FixedClock) -> Place:
    folder.mkdir()
    (folder / "neo4j").touch()  # it was emptied for this test; now it stays as it is
    return Place(
        store=lambda: BACKENDS["neo4j"](folder, clock),
        copies=lambda: neo4j.open_copies(url=URL, user=USER, password=PASSWORD, database=DATABASE),
    )


WAYS = {
    "sqlite to sqlite": (sqlite_in, sqlite_in),
    "sqlite to neo4j": (sqlite_in, neo4j_of_tests),
    "neo4j to sqlite": (neo4j_of_tests, sqlite_in),
}


@pytest.fixture(params=[pytest.param(way, marks=live_neo4j if "neo4j" in way else ()) for way in sorted(WAYS)])
def way(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> tuple[Place, Place]:
    if "neo4j" in request.param:
        request.getfixturevalue("neo4j_data").empty()
    origin, goal = WAYS[request.param]
    return origin(tmp_path / "origin", clock), goal(tmp_path / "goal", clock)


@pytest.fixture
async def origin(way: tuple[Place, Place]) -> Place:
    """Something of every kind."""
    async with way[0].store() as store:
        await store.found(an_organization())
        await fill(store)
    return way[0]


@pytest.fixture
async def embedded(tmp_path: Path, clock: FixedClock) -> Place:
    """For what is the same whichever store it comes from."""
    place = sqlite_in(tmp_path / "embedded", clock)
    async with place.store() as store:
        await store.found(an_organization())
        await fill(store)
    return place


@pytest.fixture
def goal(way: tuple[Place, Place]) -> Place:
    """Nothing."""
    return way[1]


def silent(_: int) -> None:
    """Nobody watches."""


async def copied(origin: Place, goal: Place) -> list[Copied]:
    async with origin.copies() as source, goal.copies() as target:
        return await bring(source, target, tell=silent)


async def sums_at(place: Place) -> dict[OrganizationId, Sums]:
    async with place.copies() as store:
        return {tenant: await sums_of(store.contents(tenant)) for tenant in await store.tenants()}


async def archived(place: Place, path: Path) -> list[bytes]:
    """The archive's lines after the header."""
    async with place.copies() as store:
        await archive.write(store, path, header=HEADER, tell=silent)
    return lines_of(path)


def lines_of(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


async def restored(path: Path, goal: Place) -> list[Copied]:
    manifest = reading.verify(path)
    async with goal.copies() as target:
        with reading.opened(path, manifest) as source:
            return await bring(source, target, tell=silent)


async def test_records_have_the_shapes_that_the_port_tells(origin: Place) -> None:
    async with origin.copies() as store:
        contents = store.contents(US.tenant)
        for kind in RecordKind:
            found = [record async for page in contents.pages(kind) for record in page]
            assert found, kind
            flat = [edge for record in found for edge in record["edges"]] if kind in EDGES else found
            assert {tuple(sorted(record)) for record in flat} == {tuple(sorted(SHAPES[kind]))}, kind
            assert [name for name in SHAPES[kind] if all(one[name] is None for one in flat)] == [], kind
            assert found == json.loads(json.dumps(found)), kind
            keys = [key_of(kind, record) for record in found]
            assert keys == sorted(set(keys)), kind


async def test_a_copy_holds_the_same(origin: Place, goal: Place) -> None:
    told = await copied(origin, goal)
    sums = await sums_at(origin)
    assert {one.tenant: one.sums for one in told} == sums == await sums_at(goal)
    assert sorted(sums) == ["org_1", "org_2"]
    assert {one.tenant: (one.revision, one.ahead) for one in told} == {"org_1": (NEWEST, NEWEST), "org_2": (1, 1)}
    async with origin.copies() as store:
        assert await store.size(US.tenant) >= sum(one.number for one in sums[US.tenant].values())


async def everything(store: WholeStore, principal: Principal) -> object:
    """What the ports show of a tenant, whichever store it is in."""
    window = Window(limit=100)
    async with store.read(principal) as reader:
        where = MemoryFilter(life=Life.ANY)
        memories = await reader.memories.page(window, where=where, order=MemoryOrder.CREATED_AT, descending=False)
        ids = [row.item.id for row in memories.rows]
        entities = await reader.entities.page(window, project=None, user=None, types=(), name=None)
        return (
            await reader.organization.get(),
            [row.item for row in (await reader.projects.page(window)).rows],
            [row.item for row in (await reader.members.page(window)).rows],
            [row.item for row in (await reader.keys.page(window)).rows],
            [row.item for row in (await reader.users.page(window, project=None)).rows],
            [row.item for row in (await reader.agents.page(window, project=None)).rows],
            [row.item for row in (await reader.sessions.page(window, project=None, user=None)).rows],
            [row.item for row in (await reader.sources.page(window, project=None)).rows],
            [row.item for row in memories.rows],
            [[row.item for row in (await reader.memories.versions(id_, window)).rows] for id_ in ids],
            await reader.memories.usage(ids),
            await reader.memories.links(ids),
            await reader.memories.mentions(ids),
            tokens_of(await reader.memories.token_vectors(ids, model="small")),
            [row.item for row in entities.rows],
            [row.item for row in (await reader.clusters.page(window, project=PROJECT, user=None, least=1)).rows],
            await reader.clusters.of_memories(ids),
            await reader.spending.on(date(2026, 1, 31)),
            await reader.entities.called(project=None, names=["COUNTESS"]),
            [
                [(one.id, one.weight, one.valid_to, sorted(one.evidence)) for one in found]
                for found in await reader.entities.relations([row.item.id for row in entities.rows], limit=100)
            ],
            [row.item for row in (await reader.jobs.page(window, project=None, states=(), parked=None)).rows],
            await reader.events.after(0, project=None, limit=100),
            await reader.events.revision(),
            await found_by(store, principal),
        )


def tokens_of(table: TokenTable) -> dict[MemoryId, list[list[int]]]:
    ends = list(accumulate(table.counts))
    rows = (table.vectors[end - count : end].tolist() for end, count in zip(ends, table.counts, strict=True))
    return dict(zip(table.memories, rows, strict=True))


async def found_by(store: WholeStore, principal: Principal) -> list[list[MemoryId]]:
    """How words are scored is each store's own affair."""
    near = await store.nearest(principal, embedding=an_embedding(1, 2, 3), where=MemoryFilter(), limit=10)
    words = await store.words(principal, terms=["tea"], where=MemoryFilter(), limit=10)
    return [[one.memory for one in near], sorted(one.memory for one in words)]


async def test_a_copy_behaves_the_same(origin: Place, goal: Place) -> None:
    await copied(origin, goal)
    async with origin.store() as before, goal.store() as after:
        assert await found_by(before, US) == [["mem_full"], ["mem_1", "mem_2"]]
        for principal in (US, THEM):
            assert await everything(after, principal) == await everything(before, principal)
        for key in (KeyId("key_1"), KeyId("key_2")):
            assert await after.key_owner(key) == await before.key_owner(key)
        async with after.write(US) as uow:
            assert await uow.idempotency.find("another") == (b"", {})
            uow.emit(an_event(subject="mem_after"))
        async with after.read(US) as reader:
            assert [event.event.subject for event in await reader.events.after(NEWEST, project=None, limit=5)] == [
                "mem_after"
            ]


async def test_copying_again_writes_nothing(origin: Place, goal: Place) -> None:
    first = await copied(origin, goal)
    again = await copied(origin, goal)
    assert [one.written for one in again] == [0, 0]
    assert [one.sums for one in again] == [one.sums for one in first]


async def test_what_the_source_does_meanwhile_is_brought_by_the_next_run(origin: Place, goal: Place) -> None:
    async with origin.copies() as source, goal.copies() as target, origin.store() as busy:
        first = await bring(source, target, tell=silent)
        await add(busy, "later")
        async with busy.write(US) as uow:
            await uow.memories.erase([MemoryId("mem_1")])
            await uow.projects.put(a_project(description="changed"))
            uow.emit(an_event(subject="mem_1"))
        second = await bring(source, target, tell=silent)
    assert first[0].revision == NEWEST
    assert second[0].revision == second[0].ahead == NEWEST + 2
    assert second[0].written > 3
    assert await sums_at(goal) == await sums_at(origin)


async def test_a_copy_is_of_one_moment(origin: Place) -> None:
    """Whoever writes meanwhile is not seen, or waits."""
    async with origin.copies() as source, origin.store() as busy:
        before = await sums_of(source.contents(US.tenant))
        async with source.still(US.tenant) as contents:
            assert [len(page) async for page in contents.pages(RecordKind.EVENT)] == [NEWEST]
            writing = asyncio.create_task(add(busy, "meanwhile"))
            await asyncio.wait([writing], timeout=0.2)
            assert await sums_of(contents) == before
        await writing
        assert await source.revision(US.tenant) == NEWEST + 1


class GoesOn:
    """A source that is written to whenever it has been read."""

    def __init__(self, source: Copyable, store: WholeStore) -> None:
        self._source, self._store = source, store
        self.tenants, self.size, self.still = source.tenants, source.size, source.still

    async def revision(self, tenant: OrganizationId) -> int:
        await add(self._store, "late", a_principal(tenant=tenant))
        return await self._source.revision(tenant)


async def test_a_copy_tells_how_far_the_source_went_on(origin: Place, goal: Place) -> None:
    async with origin.copies() as source, goal.copies() as target, origin.store() as busy:
        told = await bring(GoesOn(source, busy), target, tell=silent)
    assert [(one.revision, one.ahead) for one in told] == [(NEWEST, NEWEST + 1), (1, 2)]


async def test_a_target_that_went_its_own_way_is_not_touched(origin: Place, goal: Place) -> None:
    await copied(origin, goal)
    async with goal.store() as store:
        await add(store, "there")
    async with origin.store() as store:
        await add(store, "here")
    before = await sums_at(goal)
    with pytest.raises(Conflict, match=r"the target has gone on by itself: its event 9 of org_1"):
        await copied(origin, goal)
    assert await sums_at(goal) == before


async def test_a_source_of_the_past_does_not_turn_the_target_back(origin: Place, goal: Place, tmp_path: Path) -> None:
    await archived(origin, tmp_path / "past")
    await copied(origin, goal)
    async with goal.store() as store:
        await add(store, "there")
    with pytest.raises(Conflict, match="the target has gone on by itself"):
        await restored(tmp_path / "past", goal)


async def test_a_target_with_data_of_others_is_not_touched(origin: Place, goal: Place) -> None:
    async with goal.store() as store:
        await store.found(an_organization(id=OrganizationId("org_9")))
        await add(store, "nine", a_principal(tenant=OrganizationId("org_9")))
    before = await sums_at(goal)
    with pytest.raises(Conflict, match=r"the target holds data of others \(org_9\)"):
        await copied(origin, goal)
    assert await sums_at(goal) == before
    async with goal.copies() as target:
        await clear(target)
        assert await target.tenants() == []
    await copied(origin, goal)
    assert await sums_at(goal) == await sums_at(origin)


class Cut(BaseException):
    """As if the process had ended."""


def cutting(pages: int) -> Callable[[int], None]:
    left = iter(range(pages, 0, -1))

    def tell(_: int) -> None:
        if next(left) == 1:
            raise Cut

    return tell


@pytest.mark.parametrize("pages", [2, 11, 17])
async def test_a_copy_cut_short_takes_no_writes_and_is_finished_by_the_next(
    origin: Place, goal: Place, pages: int
) -> None:
    async with origin.copies() as source, goal.copies() as target:
        with pytest.raises(Cut):
            await bring(source, target, tell=cutting(pages))
    async with goal.store() as store:
        with pytest.raises(Conflict):
            await add(store, "early")
    assert [one.tenant for one in await copied(origin, goal)] == ["org_1", "org_2"]
    assert await sums_at(goal) == await sums_at(origin)


async def test_an_archive_brings_all_back_and_is_the_same_from_its_copy(
    origin: Place, goal: Place, tmp_path: Path
) -> None:
    body = await archived(origin, tmp_path / "first.gz")
    manifest = reading.verify(tmp_path / "first.gz")
    assert manifest.sums == await sums_at(origin)
    assert manifest.revisions == {"org_1": NEWEST, "org_2": 1}
    assert [one.written > 0 for one in await restored(tmp_path / "first.gz", goal)] == [True, True]
    assert await sums_at(goal) == manifest.sums
    assert await archived(goal, tmp_path / "second.gz") == body
    assert [one.written for one in await restored(tmp_path / "first.gz", goal)] == [0, 0]


async def test_nothing_erased_is_in_an_archive(origin: Place, tmp_path: Path) -> None:
    body = b"\n".join(await archived(origin, tmp_path / "archive"))
    assert SECRET.encode() not in body
    assert b"Forgotten, not erased." in body


def cut_short(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def without_its_last_line(content: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(content).splitlines(keepends=True)[:-1]))


def scribbled(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def with_another_text(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content).replace(b"black tea", b"green tea"))


def without_a_record(content: bytes) -> bytes:
    lines = gzip.decompress(content).splitlines(keepends=True)
    return gzip.compress(b"".join(line for line in lines if b'"agt_2"' not in line))


def out_of_order(content: bytes) -> bytes:
    lines = gzip.decompress(content).splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith(b'["event"'))
    lines[place : place + 2] = lines[place + 1], lines[place]
    return gzip.compress(b"".join(lines))


def with_more_behind(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content) + b"more\n")


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        without_its_last_line,
        scribbled,
        with_another_text,
        without_a_record,
        out_of_order,
        with_more_behind,
        lambda _: b"",
        lambda _: gzip.compress(b"no json\n"),
        lambda _: gzip.compress(b'{"mnemograph": 1}\n'),
        lambda _: gzip.compress(b'["mnemograph", 5]\n'),
    ],
)
async def test_a_damaged_archive_is_known_before_anything_is_written(
    embedded: Place, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "archive"
    await archived(embedded, path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Invalid, match=r"^path: .* is damaged: "):
        reading.verify(path)


async def test_an_archive_of_a_newer_format_is_named_as_such(embedded: Place, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    await archived(embedded, path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"format":2', b'"format":3')))
    with pytest.raises(Invalid, match="has format 3, written by a newer mnemograph; this one knows formats up to 2"):
        reading.verify(path)


def of_the_first_format(content: bytes) -> bytes:
    """As it was written before clusters were copied."""
    header, *body, end = gzip.decompress(content).splitlines()
    later = {kind.value for kind in archive.LATER}
    kept = []
    for line in body:
        tag, value = json.loads(line)
        if tag == archive.SUMS:
            kept.append(archive.line_of(tag, {kind: found for kind, found in value.items() if kind not in later}))
        elif tag not in later:
            kept.append(line)
    digest = hashlib.sha256(b"".join(kept)).hexdigest()
    ended = archive.line_of(archive.END, {**json.loads(end)[1], "sha256": digest})
    return gzip.compress(b"\n".join([header.replace(b'"format":2', b'"format":1'), *kept, ended, b""]))


async def test_an_archive_of_the_first_format_is_restored_without_clusters(
    origin: Place, goal: Place, tmp_path: Path
) -> None:
    path = tmp_path / "archive"
    await archived(origin, path)
    path.write_bytes(of_the_first_format(path.read_bytes()))
    await restored(path, goal)
    sums, found = await sums_at(origin), await sums_at(goal)
    assert {kind: one for kind, one in found[US.tenant].items() if kind not in archive.LATER} == {
        kind: one for kind, one in sums[US.tenant].items() if kind not in archive.LATER
    }
    assert {kind.value: found[US.tenant][kind].number for kind in archive.LATER} == {
        "cluster": 0,
        "membership": 0,
        "spending": 0,
    }


async def test_an_archive_of_the_second_format_does_not_lack_its_kinds(embedded: Place, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    await archived(embedded, path)
    old = gzip.decompress(of_the_first_format(path.read_bytes()))
    path.write_bytes(gzip.compress(old.replace(b'"format":1', b'"format":2')))
    with pytest.raises(Invalid, match="its records disagree with their sums"):
        reading.verify(path)


async def test_more_than_a_page_of_each_kind_goes_over(way: tuple[Place, Place]) -> None:
    origin, goal = way
    async with origin.store() as store:
        await store.found(an_organization())
        for batch in range(6):
            async with store.write(US) as uow:
                ids = [MemoryId(f"mem_{batch}_{number:03}") for number in range(101)]
                await uow.memories.put_many([a_memory(id=memory, text=memory) for memory in ids])
                for memory in ids:
                    uow.emit(an_event(subject=memory))
    await copied(origin, goal)
    sums = await sums_at(goal)
    assert sums == await sums_at(origin)
    assert {kind.value: found.number for kind, found in sums[US.tenant].items() if found.number > 1} == {
        "event": 606,
        "memory": 606,
        "version": 606,
    }
