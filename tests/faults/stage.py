"""The stage: Neo4j, Weaviate and Redis of our own behind proxies, and processes of ours on them, all to be broken.

Beside them an application inside the test's process looks and founds organizations, straight on the servers.
"""

import asyncio
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest

from app.bootstrap import Application, build
from app.domain.account import Organization
from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.bundle import Indexing
from app.indexing.repair import Findings
from app.ports.indexing import Backlog, Entry
from app.settings import Settings
from services import ready
from tests.embedding_endpoint import DIMENSION, Asked, running_endpoint
from tests.faults.links import Link, Loop
from tests.faults.programs import ROOT, Program, free_port, own_disk
from tests.faults.proxy import running_proxy

LEASE: Final = 3.0
"""Seconds, of jobs and of marks."""
APP: Final = ("-m", "app")
_STARTS: Final = 30
_MOST: Final = 5_000
_DISKS: Final = {"neo4j": 768, "weaviate": 256}
"""Megabytes."""
_SMALL: Final = {
    "NEO4J_HEAP": "384m",
    "NEO4J_PAGECACHE": "64m",
    "WEAVIATE_MEMORY": "256MiB",
    "REDIS_MAXMEMORY": "32mb",
    # A server that is killed every few seconds never earns back what its second compiler costs.
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1",
}


@dataclass(frozen=True, slots=True)
class Servers:
    """The three, and what lets one in at each."""

    neo4j: Program
    weaviate: Program
    redis: Program
    ports: Mapping[str, int]
    password: str

    @property
    def all(self) -> tuple[Program, Program, Program]:
        return self.neo4j, self.weaviate, self.redis


@dataclass(frozen=True, slots=True)
class Links:
    """What lies between our processes and the servers. Workers have a way of their own to Neo4j."""

    bolt: Link
    bolt_of_workers: Link
    rest: Link
    grpc: Link
    redis: Link

    @property
    def all(self) -> tuple[Link, ...]:
        return self.bolt, self.bolt_of_workers, self.rest, self.grpc, self.redis


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization that a test founded, and a key to all of it."""

    id: OrganizationId
    key: str


class Api(Program):
    """A `serve` that runs no jobs, on an address that stays."""

    def __init__(self, name: str, program: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, *program, "serve", "--port", str(port), "--json"]
        super().__init__(name, command, folder=folder, ready=lambda _: _serves(self.address), environment=environment)


class Stage:
    def __init__(
        self, folder: Path, servers: Servers, links: Links, loop: Loop, embedding: tuple[str, Asked], *, disks: bool
    ) -> None:
        self.folder, self.servers, self.links, self._loop = folder, servers, links, loop
        self._embedding_url, self.embedder = embedding
        self.disks = disks
        self.apis = [self.api(f"api-{number}") for number in (1, 2)]
        self.workers = [self.worker(f"worker-{number}") for number in (1, 2)]
        for program in servers.all:
            program.wait()
        self.inside = self._opened(Settings.from_env(self.environment(**self._direct())))

    @property
    def programs(self) -> list[Program]:
        """All that is ours; the servers are not among them."""
        return [*self.apis, *self.workers]

    def environment(self, **changes: str) -> dict[str, str]:
        """The settings of a process of ours, which goes through the proxies."""
        settings = {
            "store": "neo4j",
            **self._addresses({name: getattr(self.links, name).port for name in ("bolt", "rest", "grpc", "redis")}),
            "neo4j_password": self.servers.password,
            "weaviate_key": self.servers.password,
            "data": str(self.folder / "data"),
            "embedder": "endpoint",
            "embedding_url": self._embedding_url,
            "embedding_model": "test",
            "embedding_dimension": str(DIMENSION),
            "job_lease": str(LEASE),
            "index_lease": str(LEASE),
            "rate_limit": "1000000",
            "log_format": "json",
            **changes,
        }
        return {f"MNEMOGRAPH_{name.upper()}": value for name, value in settings.items()}

    def api(self, name: str, *, program: Sequence[str] = APP, **settings: str) -> "Api":
        return Api(name, program, folder=self.folder, environment=self.environment(job_workers="0", **settings))

    def worker(self, name: str, *, program: Sequence[str] = APP, **settings: str) -> Program:
        bolt = f"bolt://127.0.0.1:{self.links.bolt_of_workers.port}"
        return Program(
            name,
            [sys.executable, *program, "worker", "--json"],
            folder=self.folder,
            ready=lambda started: '"at_once"' in started.said,
            environment=self.environment(**{"neo4j_url": bolt, **settings}),
        )

    def found(self, name: str) -> Tenant:
        """A new organization, and a key to all of it."""

        async def found() -> Tenant:
            app = self.inside
            id_ = OrganizationId(app.ids.new("organization"))
            await app.directory.found(Organization(id=id_, name=name, created_at=datetime.now(UTC)))
            owner = app.authenticator.operator(id_)
            await app.services.accounts.furnish(owner)
            issued = await app.services.accounts.first_key(owner)
            assert issued is not None
            return Tenant(id_, issued.secret)

        return self._loop.run(found())

    @property
    def indexing(self) -> Indexing:
        assert self.inside.indexing is not None
        return self.inside.indexing

    def repaired(self, tenants: Sequence[Tenant], *, at_once: int = 1) -> list[Findings]:
        """What walks over record and index find different, and mark."""

        async def walked() -> list[Findings]:
            check = self.indexing.repair.check
            return await asyncio.gather(*(check(tenant.id) for tenant in tenants for _ in range(at_once)))

        return self._loop.run(walked())

    def mark(self, tenant: OrganizationId, memory: str) -> None:
        self._loop.run(self.indexing.outbox.mark(tenant, [MemoryId(memory)]))

    def revived(self) -> int:
        """Marks that were given up are tried again."""
        return self._loop.run(self.indexing.outbox.revive_marks())

    def backlog(self) -> Backlog:
        return self._loop.run(self.indexing.backlog())

    def indexed(self, tenant: Tenant) -> set[Entry]:
        """What the index holds, at most so many as a test writes."""
        index = self.indexing.repair._index
        return set(self._loop.run(index.entries_after(tenant.id, None, limit=_MOST))[0])

    def recorded(self, tenant: Tenant) -> set[Entry]:
        """What the index should hold."""
        return set(self._loop.run(self.indexing.outbox.stamps_after(tenant.id, None, limit=_MOST)))

    def demand_disks(self) -> None:
        if not self.disks:
            pytest.skip("a disk is filled by filling a small file system, and this user may not mount one")

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of a command, which goes straight to the servers."""
        return {**os.environ, **self.environment(**self._direct())}

    def whole(self) -> None:
        """Everything runs and all links pass, whatever a test has left behind."""
        for link in self.links.all:
            link.pass_on()
        for program in self.servers.all:
            if program.ended:
                program.begin()
        for program in [*self.servers.all, *self.programs]:
            if program.ended:
                program.begin()
            program.thaw()
            program.wait()

    def _opened(self, settings: Settings) -> Application:
        """A cold server may be too slow for the check at the start: tried again, as a supervisor would."""
        for _ in range(_STARTS - 1):
            try:
                return self._loop.hold(build(settings))
            except Unavailable:
                time.sleep(5)
        return self._loop.hold(build(settings))

    def _direct(self) -> dict[str, str]:
        return self._addresses(self.servers.ports)

    def _addresses(self, ports: Mapping[str, int]) -> dict[str, str]:
        return {
            "neo4j_url": f"bolt://127.0.0.1:{ports['bolt']}",
            "weaviate_url": f"http://127.0.0.1:{ports['rest']}",
            "weaviate_grpc": f"127.0.0.1:{ports['grpc']}",
            "redis_url": f"redis://:{self.servers.password}@127.0.0.1:{ports['redis']}/0",
        }


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Everything runs; at the end nothing does."""
    with ExitStack() as stack:
        disks = [stack.enter_context(own_disk(folder / name, size)) for name, size in _DISKS.items()]
        servers = _servers(folder)
        loop = Loop()
        stack.callback(loop.close)
        embedding = stack.enter_context(running_endpoint())
        for program in servers.all:
            stack.callback(program.kill)
            program.begin()
        links = Links(
            **{
                name: Link(loop, loop.hold(running_proxy(servers.ports[port])))
                for name, port in (
                    ("bolt", "bolt"),
                    ("bolt_of_workers", "bolt"),
                    ("rest", "rest"),
                    ("grpc", "grpc"),
                    ("redis", "redis"),
                )
            }
        )
        stage = Stage(folder, servers, links, loop, embedding, disks=all(disks))
        for program in stage.programs:
            stack.callback(program.kill)
        stage.whole()
        yield stage


def _servers(folder: Path) -> Servers:
    password = secrets.token_hex(8)
    ports = {name: free_port() for name in ("bolt", "rest", "grpc", "redis")}

    def server(name: str, *arguments: str, answers: Callable[[], object]) -> Program:
        command: list[str | Path] = [ROOT / "services" / f"run-{name}", folder / name, *arguments]
        return Program(name, command, folder=folder, ready=lambda _: _probed(answers), environment=_SMALL)

    bolt, rest, grpc, redis = map(str, ports.values())
    return Servers(
        neo4j=server("neo4j", bolt, password, answers=lambda: ready.neo4j(ports["bolt"], password)),
        weaviate=server("weaviate", rest, grpc, password, answers=lambda: ready.weaviate(ports["rest"], password)),
        redis=server("redis", redis, password, answers=lambda: ready.redis(ports["redis"], password)),
        ports=ports,
        password=password,
    )


def _probed(answers: Callable[[], object]) -> bool:
    try:
        answers()
    except ready.NotReady:
        return False
    return True


def _serves(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ready", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
