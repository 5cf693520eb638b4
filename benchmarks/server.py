"""The real server as a process of its own, on a core of its own, with a client that costs next to nothing."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import psutil

from benchmarks.wire import Connection

ROOT = Path(__file__).parents[1]
CORES = tuple(sorted(os.sched_getaffinity(0))) if sys.platform == "linux" else tuple(range(os.cpu_count() or 1))
SERVER_CORE = CORES[0]
_PATIENCE = 300.0
NO_SETTINGS: Final[Mapping[str, str]] = {}
_SERVE = ("-m", "app", "serve", "--port", "0", "--json")
_WORKER = ("-m", "app", "worker", "--json")


@dataclass(frozen=True, slots=True)
class Answer:
    """The data of an operation, and how many seconds it took."""

    data: dict[str, Any]
    seconds: float


class Caller:
    """One kept-alive connection that asks GraphQL operations."""

    def __init__(self, connection: Connection, key: str) -> None:
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, document: str, /, **variables: Any) -> Answer:
        """Raises RuntimeError on any error of the operation."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        started = time.perf_counter()
        status, content = self._connection.post("/graphql", body, self._headers)
        seconds = time.perf_counter() - started
        answer = json.loads(content)
        if status != 200 or "errors" in answer:
            raise RuntimeError(f"{status}: {answer}")
        for name, payload in answer["data"].items():
            if isinstance(payload, dict) and payload.get("userErrors"):
                raise RuntimeError(f"{name}: {payload['userErrors']}")
        return Answer(answer["data"], seconds)

    def close(self) -> None:
        self._connection.close()


class Server:
    """`mnemograph serve` on a free port."""

    def __init__(self, process: subprocess.Popen[str], told: Mapping[str, str], key: str | None) -> None:
        self.process = process
        self.usage = psutil.Process(process.pid)
        self.address = told["graphql"].removesuffix("/graphql").removeprefix("http://")
        self.told = told
        self.key = told.get("first_key") or key or ""

    def caller(self) -> Caller:
        return Caller(Connection(self.address), self.key)

    def processor_seconds(self) -> float:
        """What the process has used so far, all threads together."""
        times = self.usage.cpu_times()
        return float(times.user + times.system)

    def resident(self) -> int:
        """Bytes of memory in use."""
        return int(self.usage.memory_info().rss)

    def warm(self) -> Self:
        """Returns when models are loaded and what they left to do is done."""
        caller = self.caller()
        caller.ask('{ search(query: "warm up Paris", first: 1) { nodes { id } } }')
        self.settle()
        caller.close()
        return self

    def settle(self) -> None:
        """Returns when the process has been idle for a second."""
        until(lambda: self.usage.cpu_percent(1.0) < 5.0)

    def drained(self) -> float:
        """Returns when no job is left to be done; how many seconds that took."""
        caller, started = self.caller(), time.perf_counter()
        until(lambda: not caller.ask(_OPEN_JOBS).data["jobs"]["nodes"])
        caller.close()
        return time.perf_counter() - started


_OPEN_JOBS = "{ jobs(states: [PENDING, PROCESSING], first: 1) { nodes { id } } }"


@contextmanager
def running(
    data: Path,
    *,
    key: str | None = None,
    core: int | None = SERVER_CORE,
    command: Sequence[str] = _SERVE,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> Iterator[Server]:
    """A server without rate limit, its log beside the data folder; `core` None lets it use all of them."""
    with _process(data, core, command, settings) as process:
        yield Server(process, _first_line(process), key)


@contextmanager
def working(data: Path, *, settings: Mapping[str, str], core: int | None = None) -> Iterator[psutil.Process]:
    """`mnemograph worker` beside servers."""
    with _process(data, core, _WORKER, settings) as process:
        _first_line(process)
        yield psutil.Process(process.pid)


@contextmanager
def _process(
    data: Path, core: int | None, command: Sequence[str], settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "MNEMOGRAPH_DATA": str(data), "MNEMOGRAPH_RATE_LIMIT": "0", **settings}
    with (data.parent / f"{data.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            # A child has its parent's cores, and this process may keep to one.
            pin(process.pid, *(CORES if core is None else (core,)))
            yield process
        finally:
            _end(process)


def _first_line(process: subprocess.Popen[str]) -> dict[str, str]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError(f"the server did not start, exit code {process.wait(_PATIENCE)}")
    told: dict[str, str] = json.loads(line)
    return told


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def pin(process: int, *cores: int) -> None:
    """Keeps a process (0: this one) on these cores, where the system can."""
    if sys.platform == "linux":
        os.sched_setaffinity(process, cores)


def aside() -> None:
    """Keeps this process off the server's core, where there is another."""
    pin(0, CORES[1 % len(CORES)])


def spread_out() -> None:
    """Lets this process and what it starts use all cores."""
    pin(0, *CORES)


@contextmanager
def folder() -> Iterator[Path]:
    """A data folder that goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="mnemograph-", ignore_cleanup_errors=True) as parent:
        yield Path(parent) / "data"


def until(condition: Callable[[], bool], *, every: float = 0.05) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen within {_PATIENCE:.0f} s")
        time.sleep(every)
