"""A whole server in a thread of this process: requests go through its socket, organizations are made behind it."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from app.bootstrap import Application, build
from app.domain.account import Organization
from app.domain.ids import OrganizationId
from app.domain.keys import Dialect
from app.edge.server import Server, server_config
from app.metrics import Metrics
from app.services.inputs import NewKey
from app.serving import hooks_of, web_of
from app.settings import Settings
from tests.acceptance.command_line import furnished
from tests.live.weaviate_server import own_prefix

T = TypeVar("T")


@contextmanager
def settings_of(store: str, data: Path, models: Path) -> Iterator[Settings]:
    """An embedded file, or the servers that the environment names; without those the test is skipped.

    What Weaviate was given goes afterwards: an organization is a shard, and a shard keeps its files open.
    """
    settings = replace(Settings.from_env(), data=furnished(data, models), port=0, rate_limit=0, store="sqlite")
    if store == "sqlite":
        yield settings
        return
    if not settings.redis_url:
        pytest.skip("needs the servers of `make services`")
    with own_prefix() as prefix:
        yield replace(settings, store="neo4j", weaviate_prefix=prefix, redis_prefix=prefix.lower())


@dataclass(frozen=True, slots=True)
class House:
    application: Application
    loop: asyncio.AbstractEventLoop
    url: str
    tenants: set[OrganizationId] = field(default_factory=set)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs on the server's loop and waits."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def organization(self) -> OrganizationId:
        """A new one, with its owner and its default project."""
        id_ = OrganizationId(self.application.ids.new("organization"))

        async def found() -> None:
            now = datetime.now(UTC)
            await self.application.directory.found(Organization(id=id_, name="Acme", created_at=now))
            await self.application.services.accounts.furnish(self.application.authenticator.operator(id_))

        self.do(found())
        self.tenants.add(id_)
        return id_

    def key(self, tenant: OrganizationId, dialect: Dialect | None, *scopes: str) -> str:
        operator = self.application.authenticator.operator(tenant)
        wanted = NewKey(name="test", scopes=scopes, dialect=dialect)
        return self.do(self.application.services.accounts.create_key(operator, key=wanted)).secret

    def at_rest(self) -> None:
        """Returns when none of the organizations made here has a job due any more."""

        async def rest() -> None:
            far = datetime(9999, 1, 1, tzinfo=UTC)
            due = self.application.directory.tenants_with_due_jobs
            while not self.tenants.isdisjoint(await due(now=far, limit=10_000)):  # noqa: ASYNC110 - asks a store
                await asyncio.sleep(0.02)

        self.do(asyncio.wait_for(rest(), 60))


@contextmanager
def opened_house(settings: Settings) -> Iterator[House]:
    metrics = Metrics()
    opened: list[Application] = []
    ready, loops = threading.Event(), []

    @asynccontextmanager
    async def application() -> Any:
        async with build(settings, hooks_of(metrics)) as built:
            opened.append(built)
            loops.append(asyncio.get_running_loop())
            yield built

    web = web_of(settings, application, metrics)
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(server_config(web), web)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        _until_up(url, thread)
        ready.set()
        yield House(opened[0], loops[0], url)
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()


def _until_up(url: str, thread: threading.Thread) -> None:
    with httpx.Client(timeout=60) as http:
        while thread.is_alive():
            try:
                http.get(url + "/health").raise_for_status()
            except httpx.TransportError:
                continue
            return
    raise AssertionError("the server did not start")
