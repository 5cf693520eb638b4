"""A real Neo4j: the one whose address the environment gives, as for the app, or one of our own to break."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

Test = TypeVar("Test", bound=Callable[..., Any])

URL = os.environ.get("MNEMOGRAPH_NEO4J_URL", "")
USER = os.environ.get("MNEMOGRAPH_NEO4J_USER", "neo4j")
PASSWORD = os.environ.get("MNEMOGRAPH_NEO4J_PASSWORD", "")
DATABASE = os.environ.get("MNEMOGRAPH_NEO4J_DATABASE", "neo4j")
MISSING = "no Neo4j: set MNEMOGRAPH_NEO4J_URL, _USER and _PASSWORD (`make services` prints them)"

ROOT = Path(__file__).parents[2]
_START: Final = 90.0


IN_CI = os.environ.get("CI") == "true"

live_neo4j = [pytest.mark.live, *([] if URL or IN_CI else [pytest.mark.skip(reason=MISSING)])]
"""For parameters; `only_live` is the same for whole tests. In CI, where there has to be a server, nothing is skipped."""


def only_live(test: Test) -> Test:
    for mark in live_neo4j:
        test = mark(test)
    return test


class TestsOwn:
    """The database while tests run: theirs alone, emptied as often as they like.

    A mark on the schema's node says so, with the run that put it there; a run that was killed leaves it behind,
    and the next one takes over what it finds.
    """

    __test__ = False

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._mark = f"{socket.gethostname()} {os.getpid()}"

    def take(self) -> None:
        found = self._run(
            "OPTIONAL MATCH (s:Schema) RETURN s.tests AS mark, COUNT { MATCH (:Organization) } AS organizations"
        )[0]
        if found["mark"] is None and found["organizations"]:
            _leave_alone(f"{URL} holds organizations that no test has made: tests would erase them")
        if found["mark"] and _runs(found["mark"]):
            _leave_alone(f"{URL} is being used by another run of the tests (process {found['mark']})")
        self._run("MERGE (s:Schema {name: 'mnemograph'}) SET s.tests = $mark", mark=self._mark)
        self.empty()

    def empty(self) -> None:
        self._run("MATCH (n) WHERE NOT n:Schema CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")

    def leave(self) -> None:
        self.empty()
        self._run("MATCH (s:Schema) REMOVE s.tests")

    def _run(self, statement: Any, **parameters: str) -> list[dict[str, Any]]:
        with self._driver.session(database=DATABASE) as session:
            return session.run(statement, parameters).data()


def _leave_alone(reason: str) -> NoReturn:
    """Somebody's data: whoever runs the tests beside them gets the others. In CI nobody's can be there."""
    if IN_CI:
        pytest.exit(reason, returncode=2)
    pytest.skip(reason)


@contextmanager
def tests_own() -> Iterator[TestsOwn]:
    if not URL:
        pytest.fail(MISSING)
    driver = GraphDatabase.driver(URL, auth=(USER, PASSWORD), notifications_min_severity="OFF")
    with driver:
        own = TestsOwn(driver)
        own.take()
        yield own
        own.leave()


def _runs(mark: str) -> bool:
    """Whether the process of a mark is one of this machine, and alive, and another one."""
    host, number = mark.rsplit(" ", 1)
    return host == socket.gethostname() and int(number) != os.getpid() and Path(f"/proc/{number}").exists()


class OwnNeo4j:
    """A server in a folder and on a port of its own, which tests may kill and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = _free_port()
        self.password = secrets.token_hex(8)
        self.url = f"bolt://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [ROOT / "services" / "run-neo4j", self._folder / "server", str(self.port), self.password],
                env=os.environ | {"NEO4J_HEAP": "256m", "NEO4J_PAGECACHE": "64m"},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START
        while not self._answers():
            assert time.monotonic() < deadline, f"the Neo4j of the tests did not start: {self._folder / 'log'}"
            time.sleep(0.2)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            with (
                GraphDatabase.driver(self.url, auth=("neo4j", self.password), connection_timeout=5) as driver,
                driver.session(database="neo4j") as session,
            ):
                session.run("RETURN 1").consume()
        except (DriverError, Neo4jError, OSError):
            return False
        return True


@contextmanager
def running_neo4j(folder: Path) -> Iterator[OwnNeo4j]:
    server = OwnNeo4j(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
