"""What an application stands on, whichever way it is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.identity.authenticate import Authenticator
from app.indexing.bundle import Indexing
from app.ports.directory import Directory
from app.ports.indexing import RecordSearch
from app.ports.messaging import Limiter, Signal
from app.ports.runtime import Clock, IdFactory
from app.ports.search import SearchIndex
from app.ports.servers import Standing
from app.ports.store import Store, StoreKeeper
from app.ports.telemetry import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The record, its index and the messages about both.

    `standby` searches where the index is away; `indexing` keeps an index beside the record in step. An embedded
    store is its own index and has neither. `poll` is after how many seconds the record is read for events that
    nobody told of; `gauges` are what else the servers have to show, `standing` which of them answer.
    """

    clock: Clock
    ids: IdFactory
    store: Store
    directory: Directory
    authenticator: Authenticator
    keeper: StoreKeeper
    index: SearchIndex
    standby: RecordSearch | None
    indexing: Indexing | None
    limiter: Limiter
    wake_runner: Signal
    wake_relay: Signal
    poll: float
    gauges: Sequence[Source] = ()
    standing: Callable[[], Standing] = Standing
