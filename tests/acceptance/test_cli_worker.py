"""`mnemograph worker`: jobs in processes of their own, killed, stopped and told to go."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.command_line import Child, CommandLine
from tests.acceptance.server import until
from tests.embedding_endpoint import DIMENSION, Answer, Asked, honest, running_endpoint

pytestmark = pytest.mark.process

TEXT = "Maya moved to Oslo in May. She works for Acme."


class Held:
    """An answer that lets its asker wait."""

    def __init__(self) -> None:
        self.asked, self.may_go = threading.Event(), threading.Event()

    def __call__(self, texts: list[str]) -> Answer:
        self.asked.set()
        self.may_go.wait(60)
        return honest(texts)


@pytest.fixture
def endpoint() -> Iterator[tuple[dict[str, str], Asked]]:
    """An embedder that a test can hold, as settings, and what it is asked."""
    with running_endpoint() as (url, asked):
        settings = {
            "MNEMOGRAPH_EMBEDDER": "endpoint",
            "MNEMOGRAPH_EMBEDDING_URL": url,
            "MNEMOGRAPH_EMBEDDING_MODEL": "test",
            "MNEMOGRAPH_EMBEDDING_DIMENSION": str(DIMENSION),
            "MNEMOGRAPH_JOB_LEASE": "3",
        }
        yield settings, asked


@contextmanager
def working(child: Child, *arguments: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = child.start("worker", "--json", *arguments, **settings)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"worker": process.pid, "at_once": 2}
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def jobs(cli: CommandLine, **settings: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = cli("jobs", "list", "--json", **settings).document
    return listed


def all_completed(cli: CommandLine, **settings: str) -> Callable[[], bool]:
    return lambda: {job["state"] for job in jobs(cli, **settings)} == {"COMPLETED"}


def test_it_runs_what_others_left_and_ends_when_it_is_told_to(child: Child, cli: CommandLine) -> None:
    assert cli("add", TEXT, "--no-wait").code == 0
    assert [job["state"] for job in jobs(cli)] == ["PENDING"]
    with working(child) as first, working(child) as second:
        until(all_completed(cli))
        assert cli("add", "Noor likes tea.", "--no-wait").code == 0
        until(all_completed(cli))
        first.send_signal(signal.SIGTERM)
        second.send_signal(signal.SIGINT)
        assert (first.wait(30), second.wait(30)) == (0, 0)
        assert first.stderr is not None
        assert second.stderr is not None
        told = [json.loads(line) for line in first.stderr.read().splitlines() + second.stderr.read().splitlines()]
    assert [(line["name"], line["outcome"]) for line in told if line["event"] == "job.attempted"] == [
        ("extract", "COMPLETED"),
        ("extract", "COMPLETED"),
    ]
    assert cli("search", "Oslo", "--json").document["hits"] != []


def test_another_finishes_what_a_killed_worker_had_begun(
    child: Child, cli: CommandLine, endpoint: tuple[dict[str, str], Asked]
) -> None:
    settings, asked = endpoint
    assert cli("add", TEXT, "--no-wait", **settings).code == 0
    held = Held()
    asked.answers.append(held)
    with working(child, **settings) as killed:
        assert held.asked.wait(30)
        killed.kill()
        killed.wait(30)
        held.may_go.set()
        assert [job["state"] for job in jobs(cli, **settings)] == ["PROCESSING"]
        with working(child, **settings):
            until(all_completed(cli, **settings))
    assert [job["attempts"] for job in jobs(cli, **settings)] == [2]


def test_a_stopped_worker_finishes_what_it_can_in_time(
    child: Child, cli: CommandLine, endpoint: tuple[dict[str, str], Asked]
) -> None:
    settings, asked = endpoint
    assert cli("add", TEXT, "--no-wait", **settings).code == 0
    held = Held()
    asked.answers.append(held)
    with working(child, "--grace", "30", **settings) as stopped:
        assert held.asked.wait(30)
        stopped.send_signal(signal.SIGTERM)
        held.may_go.set()
        assert stopped.wait(30) == 0
    assert [(job["state"], job["attempts"]) for job in jobs(cli, **settings)] == [("COMPLETED", 1)]


def test_what_it_cannot_finish_goes_back_for_the_next(
    child: Child, cli: CommandLine, endpoint: tuple[dict[str, str], Asked]
) -> None:
    settings, asked = endpoint
    assert cli("add", TEXT, "--no-wait", **settings).code == 0
    held = Held()
    asked.answers.append(held)
    with working(child, "--grace", "0", **settings) as stopped:
        assert held.asked.wait(30)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(30) == 0
        held.may_go.set()
    assert [(job["state"], job["attempts"]) for job in jobs(cli, **settings)] == [("PENDING", 0)]
    with working(child, **settings):
        until(all_completed(cli, **settings))


def test_a_server_without_workers_leaves_the_jobs_to_them(child: Child, cli: CommandLine) -> None:
    server = child.start("serve", "--port", "0", "--json", MNEMOGRAPH_JOB_WORKERS="0")
    try:
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["graphql"]
        assert cli("add", TEXT, "--no-wait").code == 0
        with working(child):
            until(all_completed(cli))
    finally:
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)
    assert server.returncode == 0
    assert b"work.ended" not in log


def test_a_worker_forgets_working_memory_whose_time_is_over(child: Child, cli: CommandLine) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=3)
    assert cli("add", "A note for now.", "--no-wait", "--task", "--expires", soon.isoformat()).code == 0
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()))
    with working(child):
        until(lambda: "memory.forgotten" in json.dumps(cli("changelog", "--json").document))


def test_a_worker_that_would_run_nothing_is_refused(cli: CommandLine) -> None:
    refused = cli("worker", MNEMOGRAPH_JOB_WORKERS="0")
    assert refused.code == 3
    assert "MNEMOGRAPH_JOB_WORKERS" in refused.err
