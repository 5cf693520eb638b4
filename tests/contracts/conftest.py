"""One suite, every backend: `store` is opened anew for each test and each implementation.

A backend is a name and how it is opened on an empty folder; the assertions know neither. One that keeps
its data on a server empties it whenever it is opened on a folder where it has not been before.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol, cast

import numpy as np
import pytest

from app.adapters.neo4j.store import Neo4jStore
from app.adapters.neo4j.store import open_store as open_neo4j_store
from app.adapters.runtime import LoopSignal, OrderedIds
from app.adapters.sqlite.store import open_store
from app.adapters.weaviate.index import WeaviateIndex
from app.domain.ids import OrganizationId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.indexing.indexer import Indexer
from app.indexing.search import LayeredSearch
from app.ports.directory import Directory
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import Candidate, SearchIndex
from app.ports.store import Store, StoreKeeper
from tests.builders import an_organization
from tests.fakes import FixedClock
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, live_neo4j, tests_own
from tests.live.weaviate_server import open_live, own_prefix

EVERYTHING: Final = 1_000_000


class WholeStore(Store, Directory, SearchIndex, StoreKeeper, Protocol):
    """All the ports that a store serves."""


def open_sqlite(folder: Path, clock: Clock) -> AbstractAsyncContextManager[WholeStore]:
    return open_store(folder / "memories.db", clock=clock)


def open_large_sqlite(folder: Path, clock: Clock) -> AbstractAsyncContextManager[WholeStore]:
    """Every file is a large one to it."""
    return open_store(folder / "memories.db", clock=clock, many=0)


class Unindexed:
    """The record, whose every memory waits for an index that never comes: `nearest` looks at all that wait."""

    def __init__(self, record: Neo4jStore) -> None:
        self.record = record

    def __getattr__(self, name: str) -> Any:
        return getattr(self.record, name)

    def for_one_question(self) -> "Unindexed":
        return self

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        waiting = await self.record.pending(principal, where=where, limit=EVERYTHING)
        found = [
            Candidate(one.memory, cosine(one.embedding, embedding))
            for one in waiting
            if one.embedding is not None and alike(one.embedding, embedding)
        ]
        return sorted(found, key=lambda hit: (-hit.score, hit.memory))[:limit]


def alike(one: Embedding, other: Embedding) -> bool:
    return one.model == other.model and len(one.vector) == len(other.vector)


def cosine(one: Embedding, other: Embedding) -> float:
    lengths = float(np.linalg.norm(one.vector) * np.linalg.norm(other.vector))
    return float(np.dot(one.vector, other.vector)) / lengths if lengths else 0.0


SERVERS: dict[str, TestsOwn] = {}
"""What `neo4j_data` has taken over for this run."""
INDEX: dict[str, str] = {}
"""The prefix of the collections that `weaviate_data` has made for this run."""
TENANTS: Final = (OrganizationId("org_1"), OrganizationId("org_2"))


@asynccontextmanager
async def open_neo4j(folder: Path, clock: Clock) -> AsyncIterator[WholeStore]:
    been_here = folder / "neo4j"
    if not been_here.exists():
        SERVERS["neo4j"].empty()
        been_here.touch()
    opened = open_neo4j_store(
        url=URL, user=USER, password=PASSWORD, database=DATABASE, clock=clock, ids=OrderedIds(clock)
    )
    async with opened as record:
        yield cast("WholeStore", Unindexed(record))


class Indexed(Unindexed):
    """The record, and Weaviate brought up to it before each question."""

    def __init__(self, record: Neo4jStore, index: WeaviateIndex, clock: Clock) -> None:
        super().__init__(record)
        self._layered = LayeredSearch(index=index.search, record=record)
        self._indexer = Indexer(outbox=record, index=index.writer, signal=LoopSignal(), clock=clock, jitter=lambda: 0.5)

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        await self._indexer.drain()
        return await self._layered.words(principal, terms=terms, where=where, limit=limit)

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        await self._indexer.drain()
        return await self._layered.nearest(principal, embedding=embedding, where=where, limit=limit)


@asynccontextmanager
async def open_indexed(folder: Path, clock: Clock) -> AsyncIterator[WholeStore]:
    async with open_neo4j(folder, clock) as store, open_live(INDEX["prefix"], clock=clock) as index:
        unindexed = cast("Unindexed", store)
        tenants = await unindexed.organizations()
        for tenant in {*(one.id for one in tenants), *TENANTS}:
            await index.writer.drop(tenant)
        yield cast("WholeStore", Indexed(unindexed.record, index, clock))


BACKENDS: dict[str, Callable[[Path, Clock], AbstractAsyncContextManager[WholeStore]]] = {
    "neo4j": open_neo4j,
    "neo4j and weaviate": open_indexed,
    "sqlite": open_sqlite,
    "large sqlite": open_large_sqlite,
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def neo4j_data() -> Iterator[TestsOwn]:
    with tests_own() as own:
        SERVERS["neo4j"] = own
        yield own


@pytest.fixture(scope="session")
def weaviate_data() -> Iterator[str]:
    with own_prefix() as prefix:
        INDEX["prefix"] = prefix
        yield prefix


@pytest.fixture(params=[pytest.param("neo4j", marks=live_neo4j), "sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    use(name, request)
    return name


def use(backend: str, request: pytest.FixtureRequest) -> None:
    """Takes over the servers that the backend needs."""
    if "neo4j" in backend:
        request.getfixturevalue("neo4j_data")
    if "weaviate" in backend:
        request.getfixturevalue("weaviate_data")


@pytest.fixture
async def store(backend: str, tmp_path: Path, clock: FixedClock) -> AsyncIterator[WholeStore]:
    async with BACKENDS[backend](tmp_path, clock) as opened:
        await opened.found(an_organization())
        yield opened
