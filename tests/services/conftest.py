"""Use cases on the real embedded store, with a clock that stands still and an embedder that needs no model."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.adapters.local_bus import LocalBus
from app.adapters.local_limiter import LocalLimiter
from app.adapters.runtime import LoopSignal, OrderedIds
from app.adapters.sqlite.store import SqliteStore, open_store
from app.domain.principal import Principal
from app.domain.work import Job
from app.identity.authenticate import Authenticator
from app.jobs.handlers import Handler
from app.jobs.runner import Crew, JobRunner
from app.ports.store import Store
from app.services.accounts import Accounts
from tests.builders import an_organization
from tests.fakes import FixedClock

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A store with its default project, and what a runner needs."""

    path: Path
    clock: FixedClock
    ids: OrderedIds
    store: SqliteStore
    bus: LocalBus
    authenticator: Authenticator
    operator: Principal
    wake: LoopSignal

    def runner(self, handlers: dict[str, Handler], *, workers: int = 2, store: Store | None = None) -> JobRunner:
        return JobRunner(
            store=store or self.store,
            directory=self.store,
            authenticator=self.authenticator,
            handlers=handlers,
            signal=self.wake,
            clock=self.clock,
            crew=Crew(workers=workers, lease=LEASE),
            jitter=lambda: 0.5,
            told=self._told,
        )

    @staticmethod
    def _told(_job: Job, _outcome: str) -> None:
        """Nobody counts here."""


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    clock = FixedClock()
    ids = OrderedIds(clock)
    wake = LoopSignal()
    path = folder / "mnemograph.db"
    async with open_store(path, clock=clock, on_commit=wake.notify) as store:
        organization = an_organization()
        await store.found(organization)
        authenticator = Authenticator(directory=store, clock=clock, limiter=LocalLimiter(clock))
        operator = authenticator.operator(organization.id)
        await Accounts(store=store, clock=clock, ids=ids).furnish(operator)
        yield Bench(
            path=path,
            clock=clock,
            ids=ids,
            store=store,
            bus=LocalBus(),
            authenticator=authenticator,
            operator=operator,
            wake=wake,
        )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path) as opened:
        yield opened
