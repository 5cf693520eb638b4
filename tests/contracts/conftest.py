"""One suite, every backend: `store` is opened anew for each test and each implementation.

A backend is a name and how it is opened on an empty folder; the assertions know neither. One that keeps
its data on a server is emptied before each test instead.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, cast

import pytest

from app.adapters.neo4j import store as neo4j
from app.adapters.runtime import OrderedIds
from app.adapters.sqlite.store import open_store
from app.ports.directory import Directory
from app.ports.runtime import Clock
from app.ports.search import SearchIndex
from app.ports.store import Store, StoreKeeper
from tests.builders import an_organization
from tests.fakes import FixedClock
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, live_neo4j, tests_own


class WholeStore(Store, Directory, SearchIndex, StoreKeeper, Protocol):
    """All the ports that a store serves."""


def open_sqlite(folder: Path, clock: Clock) -> AbstractAsyncContextManager[WholeStore]:
    return open_store(folder / "memories.db", clock=clock)


@asynccontextmanager
async def open_neo4j(_: Path, clock: Clock) -> AsyncIterator[WholeStore]:
    opened = neo4j.open_store(
        url=URL, user=USER, password=PASSWORD, database=DATABASE, clock=clock, ids=OrderedIds(clock)
    )
    async with opened as store:
        yield cast("WholeStore", store)


BACKENDS: dict[str, Callable[[Path, Clock], AbstractAsyncContextManager[WholeStore]]] = {
    "neo4j": open_neo4j,
    "sqlite": open_sqlite,
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def neo4j_data() -> Iterator[TestsOwn]:
    with tests_own() as own:
        yield own


@pytest.fixture(params=[pytest.param("neo4j", marks=live_neo4j), "sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "neo4j":
        request.getfixturevalue("neo4j_data").empty()
    return name


@pytest.fixture
async def store(backend: str, tmp_path: Path, clock: FixedClock) -> AsyncIterator[WholeStore]:
    async with BACKENDS[backend](tmp_path, clock) as opened:
        await opened.found(an_organization())
        yield opened
