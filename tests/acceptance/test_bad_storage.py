"""A disk, a folder or a file that cannot be used: said in a line with a code, and nothing acknowledged is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.adapters.sqlite.migrations import newest
from tests.acceptance.command_line import ROOT, Child, CommandLine, furnished
from tests.acceptance.server import Server, running, until

pytestmark = pytest.mark.process

ADD = """mutation($t: String!) {
  addMemory(input: { text: $t, mode: VERBATIM }) { memory { id } userErrors { code } }
}"""
PENDING = "{ jobs(first: 100, states: [PENDING, PROCESSING]) { nodes { id } } }"


def added(server: Server, http: httpx.Client, text: str) -> httpx.Response:
    return http.post(
        server.url,
        json={"query": ADD, "variables": {"t": text}},
        headers={"Authorization": f"Bearer {server.key}", "Accept": "application/json"},
    )


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set on Linux only")
def test_a_disk_that_takes_no_more_refuses_writes_keeps_reads_and_recovers(tmp_path: Path, models: Path) -> None:
    import resource

    data = furnished(tmp_path / "data", models)
    with running(data, job_lease="2") as server, httpx.Client(timeout=30) as http:
        pid = server.process.pid
        kept = [added(server, http, f"Kept note {n}.").json()["data"]["addMemory"]["memory"]["id"] for n in range(5)]
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        size = (data / "mnemograph.db-wal").stat().st_size
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
        refused = [added(server, http, f"Refused note {n}. " + "word " * 5_000) for n in range(5)]
        assert {answer.status_code for answer in refused} == {503}
        assert {answer.json()["errors"][0]["extensions"]["code"] for answer in refused} == {"unavailable"}
        found = server.ask(http, '{ search(query: "kept note", first: 10) { nodes { id } } }')["search"]["nodes"]
        assert {node["id"] for node in found} == set(kept)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        after = added(server, http, "Room again.").json()["data"]["addMemory"]["memory"]["id"]
        until(lambda: server.ask(http, PENDING)["jobs"]["nodes"] == [], seconds=30)
        stored = server.ask(http, "{ memories(first: 100) { nodes { id } } }")["memories"]["nodes"]
        assert {node["id"] for node in stored} == {*kept, after}
        assert server.stop() == 0


def as_one_without_rights(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user whom file modes bind, which they do not bind the superuser to."""
    command = [sys.executable, "-m", "app", *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    environment = {**os.environ, "MNEMOGRAPH_DATA": str(data)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="nothing is forbidden to root")
def test_a_folder_without_permission(child: Child, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    message = f"Error (invalid): data: {closed} cannot be used as a data folder: no permission to write in it\n"
    for command in (("add", "x"), ("serve", "--port", "0"), ("import", "README.md")):
        ended = as_one_without_rights(closed, *command)
        assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", message)
    assert list(closed.iterdir()) == []

    assert child("add", "Tea at four.", "--no-wait").code == 0
    store = child.data / "mnemograph.db"
    store.chmod(0o400)
    ended = as_one_without_rights(child.data, "add", "x")
    assert (ended.returncode, ended.stderr) == (6, "Error (unavailable): the data folder is not writable\n")
    store.chmod(0o600)
    assert [line["text"] for line in child("export").lines] == ["Tea at four."]


def scribbled(store: Path) -> None:
    """Every other page but the first few, overwritten in part."""
    content = bytearray(store.read_bytes())
    for offset in range(4096 * 3, len(content), 4096 * 2):
        content[offset : offset + 200] = b"\xff" * 200
    store.write_bytes(content)


def cut_off(store: Path) -> None:
    os.truncate(store, 100)


def replaced(store: Path) -> None:
    store.write_text("Dear diary", encoding="utf-8")


def from_the_future(store: Path) -> None:
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def of_another_program(store: Path) -> None:
    store.unlink()
    connection = sqlite3.connect(store)
    connection.execute("CREATE TABLE recipe (name)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (scribbled, "the data file is damaged: restore a backup"),
        (cut_off, "the data file is damaged: restore a backup"),
        (replaced, "the data file is not a database: restore a backup or choose another data folder"),
        (
            from_the_future,
            f"the data file has schema 99, written by a newer version; this one knows schemas up to {newest()}",
        ),
        (of_another_program, "the data file belongs to another program"),
    ],
)
def test_a_data_file_that_cannot_be_used(
    cli: CommandLine, child: Child, tmp_path: Path, harm: Callable[[Path], None], message: str
) -> None:
    assert cli("import", "README.md", "--no-wait").code == 0
    backup = tmp_path / "backup.db"
    assert cli("backup", str(backup)).code == 0
    kept = cli("export").out
    store = cli.data / "mnemograph.db"
    harm(store)
    harmed = store.read_bytes()
    for command in (("search", "memory"), ("add", "x"), ("export",)):
        ended = cli(*command)
        assert (ended.code, ended.err) == (6, f"Error (unavailable): {message}\n"), command
    served = child("serve", "--port", "0")
    assert (served.code, served.out, served.err) == (6, "", f"Error (unavailable): {message}\n")
    assert cli("doctor").code == 1
    assert store.read_bytes() == harmed

    assert cli("restore", str(backup), "--replace").code == 0
    assert cli("export").out == kept
