"""Neo4j, Weaviate and Redis of our own for one run: on free ports, in a folder that goes with it."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

from benchmarks.server import CORES, ROOT, pin
from services import ready

_PATIENCE: Final = 180.0
_PROBES: Final[Mapping[str, Callable[[int, str], str]]] = {
    "neo4j": ready.neo4j,
    "weaviate": ready.weaviate,
    "redis": ready.redis,
}


@dataclass(frozen=True, slots=True)
class Store:
    """A server of its own, with what it writes."""

    process: psutil.Process
    folder: Path
    version: str

    def resident(self) -> int:
        """Bytes of memory in use."""
        return int(self.process.memory_info().rss)

    def on_disk(self) -> int:
        """Bytes that its files occupy."""
        files = (Path(parent) / name for parent, _, names in os.walk(self.folder) for name in names)
        return sum(file.stat().st_blocks * 512 for file in files if file.exists())

    def processor_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The three, and the environment in which Mnemograph uses them."""

    neo4j: Store
    weaviate: Store
    redis: Store
    environment: Mapping[str, str]

    @property
    def versions(self) -> str:
        return f"Neo4j {self.neo4j.version}, Weaviate {self.weaviate.version}, Redis {self.redis.version}"

    def resident(self) -> int:
        return sum(store.resident() for store in (self.neo4j, self.weaviate, self.redis))

    def on_disk(self) -> int:
        return sum(store.on_disk() for store in (self.neo4j, self.weaviate, self.redis))


@contextmanager
def stores(parent: Path, sizes: Mapping[str, str] | None = None) -> Iterator[Stores]:
    """Starts them under `parent`; `sizes` are the variables by which services/run-* size a server."""
    password = secrets.token_hex(24)
    bolt, rest, grpc, cache = _free_ports(4)
    environment = {
        "MNEMOGRAPH_STORE": "neo4j",
        "MNEMOGRAPH_NEO4J_URL": f"bolt://{ready.HOST}:{bolt}",
        "MNEMOGRAPH_NEO4J_USER": "neo4j",
        "MNEMOGRAPH_NEO4J_PASSWORD": password,
        "MNEMOGRAPH_WEAVIATE_URL": f"http://{ready.HOST}:{rest}",
        "MNEMOGRAPH_WEAVIATE_GRPC": f"{ready.HOST}:{grpc}",
        "MNEMOGRAPH_WEAVIATE_KEY": password,
        "MNEMOGRAPH_REDIS_URL": f"redis://:{password}@{ready.HOST}:{cache}/0",
    }
    ports = {"neo4j": (bolt,), "weaviate": (rest, grpc), "redis": (cache,)}
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(_started(parent / name, name, ports[name], password, sizes or {}))
            for name in _PROBES
        }
        found = {name: _ready(each, parent / name, ports[name][0], password) for name, each in started.items()}
        yield Stores(**found, environment=environment)


@contextmanager
def _started(
    folder: Path, name: str, ports: tuple[int, ...], password: str, sizes: Mapping[str, str]
) -> Iterator[psutil.Process]:
    folder.mkdir(parents=True)
    command = [str(ROOT / "services" / f"run-{name}"), str(folder), *map(str, ports), password]
    with (folder.parent / f"{name}.log").open("ab") as log:
        process = _spawn(command, log, {**os.environ, **sizes})
        pin(process.pid, *CORES)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _spawn(command: list[str], log: IO[bytes], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Ctrl-C is for this program, which then ends them in order.
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
    )


def _ready(process: psutil.Process, folder: Path, port: int, password: str) -> Store:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return Store(process, folder, _PROBES[folder.name](port, password))
        except ready.NotReady:
            if process.status() == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    """Below the ephemeral ones, so that no connection of another program takes them meanwhile."""
    found: list[int] = []
    while len(found) < count:
        port = 10_000 + secrets.randbelow(10_000)
        if port in found:
            continue
        with socket.socket() as tried:
            try:
                tried.bind((ready.HOST, port))
            except OSError:
                continue
        found.append(port)
    return found
