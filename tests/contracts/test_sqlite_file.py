"""What is true of the embedded store alone: its file, other processes, crashes, and what sqlite3 raises."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.sqlite.failures import as_our_errors
from app.adapters.sqlite.migrations import APPLICATION_ID, migrations, newest
from app.adapters.sqlite.store import SqliteStore, open_store
from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.query import MemoryFilter
from tests.builders import a_memory, a_principal, an_embedding, an_event, some_tokens
from tests.fakes import FixedClock

US = a_principal()
ANY = MemoryFilter()
ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memories.db"


async def fill(store: SqliteStore, number: int) -> None:
    async with store.write(US) as uow:
        memory = MemoryId(f"mem_{number}")
        await uow.memories.put_many([a_memory(id=memory)])
        await uow.memories.embed_many({memory: an_embedding(1, number)})
        uow.emit(an_event(subject=memory))


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def make_unwritable(folder: Path) -> None:
    folder.mkdir(mode=0o500)


def modes(folder: Path) -> set[int]:
    return {file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def refusal(path: Path) -> str:
    with pytest.raises(errors.Unavailable) as caught:
        async with open_store(path, clock=FixedClock()):
            pass
    return caught.value.message


def started(path: Path, name: str, count: int) -> "asyncio.Future[asyncio.subprocess.Process]":
    command = (sys.executable, "-m", "tests.contracts.writing_process", str(path), name, str(count))
    return asyncio.ensure_future(asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE))


async def test_two_processes_write_one_file(path: Path) -> None:
    """Ours has its matrices warm, and must notice what the others commit."""
    towards = an_embedding(1, 0)
    async with open_store(path, clock=FixedClock()) as store:
        others = [await started(path, name, 20) for name in ("left", "right")]
        for number in range(20):
            await fill(store, number)
            await store.nearest(US, embedding=towards, where=ANY, limit=9)
        for other in others:
            await other.communicate()
            assert other.returncode == 0
        assert len(await store.nearest(US, embedding=towards, where=ANY, limit=99)) == 60
        assert len(await store.words(US, terms=["tea"], where=ANY, limit=99)) == 60
        async with store.read(US) as reader:
            events = await reader.events.after(0, project=None, limit=99)
        assert [one.revision for one in events] == list(range(1, 61))


async def test_a_killed_process_loses_nothing_that_it_acknowledged(path: Path) -> None:
    acknowledged: list[MemoryId] = []
    for run in range(5):
        process = await started(path, str(run), 100_000)
        assert process.stdout is not None
        acknowledged += [MemoryId((await process.stdout.readline()).decode().strip()) for _ in range(5 + 7 * run)]
        process.kill()
        rest, _ = await process.communicate()
        acknowledged += [MemoryId(line) for line in rest.decode().split("\n")[:-1]]
    async with open_store(path, clock=FixedClock()) as store:
        async with store.read(US) as reader:
            found = await reader.memories.get_many(acknowledged)
            assert [memory and memory.id for memory in found] == acknowledged
            count = await reader.memories.count(ANY)
            events = await reader.events.after(0, project=None, limit=100_000)
        assert [one.revision for one in events] == list(range(1, count + 1))
        report = await store.check()
        assert report.problems == []
        assert {report.facts[name] for name in ("memories", "versions", "vectors", "events")} == {str(count)}
        assert len(await store.words(US, terms=["tea"], where=ANY, limit=100_000)) == count


async def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        await fill(store, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newest() + 1}")
    assert await refusal(path) == (
        f"the data file has schema {newest() + 1}, written by a newer version; this one knows schemas up to {newest()}"
    )


async def test_a_file_of_another_program_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    assert await refusal(path) == "the data file belongs to another program"


async def test_what_is_no_database_is_refused(path: Path) -> None:
    write(path, b"Dear diary, " * 1000)
    assert await refusal(path) == "the data file is not a database: restore a backup or choose another data folder"
    assert read(path) == b"Dear diary, " * 1000


async def test_a_damaged_file_is_told_of(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        for number in range(60):
            await fill(store, number)
        await store.scrub()
    pages = read(path)
    write(path, pages[: 10 * 4096] + b"\xa5" * (50 * 4096) + pages[60 * 4096 :])
    async with open_store(path, clock=FixedClock()) as store:
        report = await store.check()
        assert report.problems
        with pytest.raises(errors.Unavailable, match="the data file is damaged"):
            await everything(store)


async def everything(store: SqliteStore) -> None:
    async with store.read(US) as reader:
        await reader.memories.get_many([MemoryId(f"mem_{number}") for number in range(60)])
        await reader.memories.count(ANY)
        await reader.events.after(0, project=None, limit=99)
    await store.words(US, terms=["tea"], where=ANY, limit=99)
    await store.nearest(US, embedding=an_embedding(1, 0), where=ANY, limit=99)


async def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    write(tmp_path / "file", b"in the way")
    assert (await refusal(tmp_path / "file" / "memories.db")).startswith("the data folder cannot be written: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
async def test_a_folder_without_permission_is_told_of(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    make_unwritable(closed)
    assert (await refusal(closed / "memories.db")).startswith("the data folder cannot be written: ")


async def test_the_file_is_readable_by_its_owner_only(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        await fill(store, 1)
        assert modes(path.parent) == {0o600}


async def test_a_full_disk_fails_the_write_and_loses_nothing(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        await fill(store, 0)
        await store._turns.alone(lambda connection: connection.execute("PRAGMA max_page_count = 1"))
        outcomes = await asyncio.gather(*(fill(store, number) for number in range(1, 200)), return_exceptions=True)
        failed = {str(outcome) for outcome in outcomes if outcome is not None}
        assert failed <= {"the disk is full", "the transaction was lost"}
        assert "the disk is full" in failed
        await store._turns.alone(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
        await fill(store, 1_000)
        kept = [0, *(number for number, outcome in enumerate(outcomes, start=1) if outcome is None), 1_000]
        async with store.read(US) as reader:
            assert await reader.memories.count(ANY) == len(kept)
            found = await reader.memories.get_many([MemoryId(f"mem_{number}") for number in kept])
            assert None not in found
            events = await reader.events.after(0, project=None, limit=999)
            assert [one.revision for one in events] == list(range(1, len(kept) + 1))
        assert (await store.check()).problems == []


async def test_a_file_that_another_process_holds_is_busy(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        await store._turns.alone(lambda connection: connection.execute("PRAGMA busy_timeout = 10"))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(errors.Unavailable, match="the data file is busy"):
                await fill(store, 1)
            other.execute("COMMIT")
        await fill(store, 1)


async def test_a_reader_keeps_its_view_while_others_write(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        async with store.read(US) as reader:
            assert await reader.memories.count(ANY) == 0
            await fill(store, 1)
            assert await reader.memories.count(ANY) == 0
            assert await reader.memories.get_many([MemoryId("mem_1")]) == [None]
        async with store.read(US) as reader:
            assert await reader.memories.count(ANY) == 1


async def test_a_writer_that_waits_too_long_gives_up(path: Path) -> None:
    async with open_store(path, clock=FixedClock(), patience=0.05) as store:
        async with store.write(US):
            with pytest.raises(errors.Unavailable, match="too many writes are waiting"):
                await fill(store, 1)
        await fill(store, 1)


async def test_readers_that_wait_too_long_give_up(path: Path) -> None:
    async with open_store(path, clock=FixedClock(), readers=1, patience=0.05) as store, store.read(US):
        with pytest.raises(errors.Unavailable, match="too many reads are waiting"):
            async with store.read(US):
                pass


async def test_commits_that_record_an_event_wake_the_relay(path: Path) -> None:
    woken: list[None] = []
    async with open_store(path, clock=FixedClock(), on_commit=lambda: woken.append(None)) as store:
        async with store.write(US) as uow:
            await uow.memories.put_many([a_memory()])
        assert len(woken) == 0
        await fill(store, 2)
        assert len(woken) == 1


async def test_a_reading_connection_refuses_to_write(path: Path) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        with pytest.raises(errors.Unavailable):
            await store._views.alone(lambda connection: connection.execute("DELETE FROM memory"))


async def test_matrices_beyond_their_limit_leave_and_answers_stay(path: Path) -> None:
    async with open_store(path, clock=FixedClock(), matrix_bytes=1) as store:
        for number in range(3):
            await fill(store, number)
        for where in (ANY, MemoryFilter(project=a_memory().project), MemoryFilter(ids=(MemoryId("mem_1"),))):
            await store.nearest(US, embedding=an_embedding(1, 0), where=where, limit=9)
            await store.nearest(US, embedding=an_embedding(1, 0, 0), where=where, limit=9)
        assert len(await store.nearest(US, embedding=an_embedding(1, 0), where=ANY, limit=9)) == 3


async def test_two_openers_of_a_new_file_make_one_schema(path: Path) -> None:
    async def opened() -> None:
        async with open_store(path, clock=FixedClock()) as store:
            assert (await store.check()).problems == []

    await asyncio.gather(opened(), opened(), opened())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (newest(),)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def tokens_kept(store: SqliteStore, memory: MemoryId) -> tuple[int, ...]:
    async with store.read(US) as reader:
        return (await reader.memories.token_vectors([memory], model="small")).counts


async def test_a_file_of_the_first_schema_is_brought_on_with_all_it_holds(path: Path) -> None:
    """Vectors of then are found as before; token vectors join them as texts are read anew."""
    async with open_store(path, clock=FixedClock()) as store:
        await fill(store, 3)
        before = await store.nearest(US, embedding=an_embedding(1, 0), where=ANY, limit=9)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE token_vectors; DROP INDEX memory_speaker; DROP TABLE membership; DROP TABLE cluster;"
            "DROP TABLE note; DROP INDEX memory_number; DROP INDEX user_number;"
            "DROP TRIGGER user_numbered; DROP TRIGGER link_numbered;"
            "ALTER TABLE memory DROP COLUMN number; ALTER TABLE user DROP COLUMN number;"
            "ALTER TABLE edge DROP COLUMN number; ALTER TABLE revision DROP COLUMN numbered;"
            "ALTER TABLE api_key DROP COLUMN beginning;"
            "PRAGMA user_version = 1;"
        )
    async with open_store(path, clock=FixedClock()) as store:
        report = await store.check()
        assert (report.problems, report.facts["schema"]) == ([], f"{newest()} of {newest()}")
        assert await store.nearest(US, embedding=an_embedding(1, 0), where=ANY, limit=9) == before != []
        memory = before[0].memory
        assert await tokens_kept(store, memory) == ()
        async with store.write(US) as uow:
            await uow.memories.embed_many({memory: replace(an_embedding(1, 0), tokens=some_tokens())})
        assert await tokens_kept(store, memory) == (2,)


def test_migrations_are_numbered_from_one_without_gaps() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, newest() + 1))


def classes() -> Iterator[type[Exception]]:
    for value in vars(sqlite3).values():
        if isinstance(value, type) and issubclass(value, Exception):
            yield value


@pytest.mark.parametrize("foreign", sorted(set(classes()), key=str))
def test_every_error_of_the_driver_leaves_as_one_of_ours(foreign: type[Exception]) -> None:
    with pytest.raises(errors.AppError) as caught, as_our_errors():
        raise foreign("theirs")
    assert "theirs" not in caught.value.message
    assert type(caught.value.__cause__) is foreign


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(KeyError), as_our_errors():
        raise KeyError
