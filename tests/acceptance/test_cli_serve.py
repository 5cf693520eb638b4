"""`mnemograph serve`: what it says, how it refuses, how it ends."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.bootstrap import STORE_FILE
from app.commands.folder import store_file
from tests.acceptance.command_line import Child, CommandLine

pytestmark = pytest.mark.process

ADD = 'mutation { addMemory(input: {text: "Maya moved to Oslo."}) { memory { id } userErrors { message } } }'


@contextmanager
def serving(child: Child) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, Any]]]:
    process = child.start("serve", "--port", "0", "--json")
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_tells_its_addresses_and_the_first_key_once(child: Child, cli: CommandLine) -> None:
    with serving(child) as (process, told):
        assert told["graphql"].endswith("/graphql")
        assert told["websocket"] == told["graphql"].replace("http://", "ws://")
        health = {"status": "ok", "db": "healthy", "vector_db": "healthy", "cache": "healthy"}
        assert httpx.get(told["health"]).json() == health
        key = {"Authorization": f"Bearer {told['first_key']}"}
        added = httpx.post(told["graphql"], json={"query": ADD}, headers=key).json()["data"]["addMemory"]
        assert added["userErrors"] == []

        # Commands work beside it, on the same folder.
        assert cli("search", "Oslo", "--json").document["hits"][0]["memory"]["id"] == added["memory"]["id"]
        assert cli("doctor").out.count(f"answers at {told['health'].removesuffix('/health')}") == 1

        # A key that a command makes or revokes counts in the server at once.
        made = cli("keys", "create", "other", "--json").document
        other = {"Authorization": f"Bearer {made['secret']}"}
        viewer = {"query": "{ viewer { organization { name } } }"}
        assert httpx.post(told["graphql"], json=viewer, headers=other).status_code == 200

        # Restoring over a running server is refused.
        refused = cli("restore", str(store_file(cli.data)), "--replace")
        assert refused.code == 5
        assert f"process {process.pid}" in refused.err

        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert b"Traceback" not in out + err

    with serving(child) as (_, told_again):
        assert "first_key" not in told_again


def test_a_port_that_is_taken_is_said_in_one_line(child: Child) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = child("serve", "--port", str(port))
    assert ended.code == 6
    assert ended.err == (
        f"Error (unavailable): port {port} on 127.0.0.1 is in use by another program; choose one with --port\n"
    )


def test_an_unknown_host_and_an_unusable_folder_are_refused(child: Child) -> None:
    unknown = child("serve", "--host", "no.such.host.invalid")
    assert (unknown.code, unknown.err.startswith("Error (invalid): host: ")) == (3, True)
    file = child.data.with_name("file")
    file.write_text("")
    unusable = child.on(file)("serve", "--port", "0")
    assert (unusable.code, unusable.err.startswith("Error (invalid): data: ")) == (3, True)


def test_a_damaged_data_file_is_refused(child: Child) -> None:
    store_file(child.data).write_bytes(b"not a database" * 1_000)
    ended = child("serve", "--port", "0")
    assert ended.code == 6
    assert ended.err.startswith("Error (unavailable): ")
    assert "Traceback" not in ended.err


def test_a_server_that_was_killed_leaves_nothing_that_hinders_the_next(child: Child, cli: CommandLine) -> None:
    with serving(child) as (process, _):
        process.kill()
        process.wait()
    assert cli("doctor", "--json").document["well"] is True
    with serving(child) as (process, told):
        assert httpx.get(told["health"]).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_command_line_and_the_application_mean_the_same_file() -> None:
    assert store_file(Path("folder")) == Path("folder") / STORE_FILE
