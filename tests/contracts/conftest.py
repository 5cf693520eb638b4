"""One suite, every backend: `store` is opened anew for each test and each implementation.

A backend is a name and how it is opened on an empty folder; the assertions know neither.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest

from app.adapters.sqlite.store import open_store
from app.ports.directory import Directory
from app.ports.runtime import Clock
from app.ports.search import SearchIndex
from app.ports.store import Store, StoreKeeper
from tests.builders import an_organization
from tests.fakes import FixedClock


class WholeStore(Store, Directory, SearchIndex, StoreKeeper, Protocol):
    """All the ports that a store serves."""


def open_sqlite(folder: Path, clock: Clock) -> AbstractAsyncContextManager[WholeStore]:
    return open_store(folder / "memories.db", clock=clock)


BACKENDS: dict[str, Callable[[Path, Clock], AbstractAsyncContextManager[WholeStore]]] = {"sqlite": open_sqlite}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def store(backend: str, tmp_path: Path, clock: FixedClock) -> AsyncIterator[WholeStore]:
    async with BACKENDS[backend](tmp_path, clock) as opened:
        await opened.found(an_organization())
        yield opened
