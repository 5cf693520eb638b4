"""One SQLite file that is record, index, directory and queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.adapters.local_limiter import LocalLimiter
from app.adapters.runtime import LoopSignal, OrderedIds, SystemClock
from app.adapters.sqlite.store import open_store
from app.bootstrap.ground import Ground
from app.identity.authenticate import Authenticator
from app.settings import Settings

STORE_FILE = "mnemograph.db"
_POLL = 0.25


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Ground]:
    """Opens the file in the data folder, or makes it. Raises Unavailable where it cannot be used."""
    clock = SystemClock()
    wake_runner, wake_relay = LoopSignal(), LoopSignal()

    def on_commit() -> None:
        wake_relay.notify()
        wake_runner.notify()

    async with open_store(settings.data / STORE_FILE, clock=clock, on_commit=on_commit) as store:
        limiter = LocalLimiter(clock)
        yield Ground(
            clock=clock,
            ids=OrderedIds(clock),
            store=store,
            directory=store,
            authenticator=Authenticator(directory=store, clock=clock, limiter=limiter),
            keeper=store,
            index=store,
            standby=None,
            indexing=None,
            limiter=limiter,
            wake_runner=wake_runner,
            wake_relay=wake_relay,
            poll=_POLL,
        )
