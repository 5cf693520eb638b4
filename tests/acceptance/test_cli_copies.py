"""`backup --portable`, `restore` and `migrate` on a data folder, as far as no server is needed."""

import asyncio
import gzip
from pathlib import Path

import pytest

from app.adapters.sqlite.store import open_store
from app.bootstrap import STORE_FILE
from tests.acceptance.command_line import CommandLine, Inside
from tests.builders import an_organization
from tests.contracts.whole_record import SECRET, fill
from tests.fakes import FixedClock


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """On a folder with something of every kind."""
    data = tmp_path / "data"

    async def work() -> None:
        async with open_store(data / STORE_FILE, clock=FixedClock()) as store:
            await store.found(an_organization())
            await fill(store)

    asyncio.run(work())
    return Inside(data, monkeypatch)


def body(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_archive_is_for_its_owner_alone_and_comes_back(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "all.mng"
    told = cli("backup", str(path), "--portable", "--json")
    assert told.code == 0
    assert told.lines[-1]["organizations"]["org_1"]["memory"]["number"] == 5
    assert mode(path) == 0o600
    assert SECRET.encode() not in gzip.decompress(path.read_bytes())
    assert cli("backup", str(path), "--portable").err.startswith(f"Error (conflict): {path} exists")

    fresh = cli.on(tmp_path / "fresh")
    assert fresh("restore", str(path)).out == f"{path} is restored to {fresh.data}.\n"
    assert mode(fresh.data / STORE_FILE) == 0o600
    assert sorted(entry.name for entry in fresh.data.iterdir()) == ["lock", STORE_FILE]
    again = tmp_path / "again.mng"
    assert fresh("backup", str(again), "--portable").out.endswith(
        "read again and whole: 6 memories, 7 versions, 3 entities, 3 relations, 9 events.\n"
    )
    assert body(again) == body(path)


def test_a_copy_of_the_file_is_for_its_owner_alone(cli: CommandLine, tmp_path: Path) -> None:
    assert cli("backup", str(tmp_path / "copy.db")).code == 0
    assert mode(tmp_path / "copy.db") == 0o600


def test_an_archive_replaces_nothing_unasked(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "all.mng"
    cli("backup", str(path), "--portable")
    refused = cli("restore", str(path))
    assert (refused.code, refused.err) == (
        5,
        f"Error (conflict): {cli.data} holds data; --replace puts it aside and restores the backup\n",
    )
    restored = cli("restore", str(path), "--replace", "--json")
    assert restored.code == 0
    assert (Path(restored.lines[-1]["aside"]) / STORE_FILE).exists()


def test_a_damaged_archive_changes_nothing(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "all.mng"
    cli("backup", str(path), "--portable")
    path.write_bytes(path.read_bytes()[:-100])
    before = (cli.data / STORE_FILE).read_bytes()
    refused = cli("restore", str(path), "--replace")
    assert refused.code == 3
    assert refused.err.startswith(f"Error (invalid): path: {path} is damaged: ")
    assert (cli.data / STORE_FILE).read_bytes() == before
    assert [entry.name for entry in cli.data.iterdir() if "replaced" in entry.name] == []


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "message"),
    [
        (
            ("migrate", "--to", "neo4j"),
            {},
            3,
            "Error (invalid): MNEMOGRAPH_NEO4J_PASSWORD: is needed to reach the servers\n",
        ),
        (
            ("migrate", "--to", "neo4j"),
            {"MNEMOGRAPH_NEO4J_PASSWORD": "x", "MNEMOGRAPH_NEO4J_URL": "bolt://127.0.0.1:1"},
            6,
            "Error (unavailable): the graph store does not answer\n",
        ),
        (
            ("migrate", "--to", "neo4j", "--data", "/nowhere"),
            {"MNEMOGRAPH_NEO4J_PASSWORD": "x"},
            4,
            "Error (not_found): there is nothing in /nowhere yet; begin with `mnemograph demo`, `add`, `import` or `serve`\n",
        ),
    ],
)
def test_a_move_that_cannot_begin_says_why(
    cli: CommandLine, arguments: tuple[str, ...], settings: dict[str, str], code: int, message: str
) -> None:
    refused = cli(*arguments, **settings)
    assert (refused.code, refused.out, refused.err) == (code, "", message)


def test_servers_take_archives_only(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    cli("backup", str(path))
    settings = {
        "MNEMOGRAPH_STORE": "neo4j",
        "MNEMOGRAPH_NEO4J_PASSWORD": "x",
        "MNEMOGRAPH_WEAVIATE_KEY": "x",
        "MNEMOGRAPH_REDIS_URL": "redis://:x@127.0.0.1:1/0",
    }
    refused = cli("restore", str(path), **settings)
    assert refused.code == 3
    assert refused.err == (
        f"Error (invalid): path: {path} is a copy of a data folder: restore it to one, "
        "then `mnemograph migrate --to neo4j`\n"
    )
