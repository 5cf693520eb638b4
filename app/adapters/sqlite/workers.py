"""Connections and the threads they live on."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.adapters.sqlite.failures import as_our_errors
from app.adapters.sqlite.migrations import demand_ours, migrate
from app.adapters.sqlite.threads import WorkThread
from app.domain import errors

T = TypeVar("T")

BUSY_MILLISECONDS = 5_000
SWITCH_MILLISECONDS = 20


def connect(path: Path) -> sqlite3.Connection:
    """A connection that neither begins nor commits by itself, with everything that durability asks for."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.create_function("small", 1, str.lower, deterministic=True)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = 1")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")
    connection.create_function("path_top", 2, _path_top, deterministic=True)
    return connection


def _path_top(path: str, levels: int | None) -> str:
    """The first names of a keypath, for statements; all of them where no number is given."""
    return path if levels is None else ".".join(path.split(".", levels)[:levels])


def connect_to_read(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute("PRAGMA query_only = 1")
    return connection


def prepare(path: Path) -> sqlite3.Connection:
    """The connection that writes; creates the file, readable by its owner only, or brings it up to date."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise errors.Unavailable(f"the data folder cannot be written: {error.strerror}") from error
    connection = connect(path)
    try:
        demand_ours(connection)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _log_ahead(connection)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switches the file to WAL. SQLite does not wait its turn for this as it does for a write, so we do."""
    for _ in range(BUSY_MILLISECONDS // SWITCH_MILLISECONDS):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(SWITCH_MILLISECONDS / 1_000)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


class Worker:
    """One connection and the only thread that touches it. Work runs in the order in which it was handed in."""

    def __init__(self, *, name: str) -> None:
        self._thread = WorkThread(name=name)
        self._connection: sqlite3.Connection | None = None

    async def open(self, opened: Callable[[], sqlite3.Connection]) -> None:
        def work() -> None:
            with as_our_errors():
                self._connection = opened()

        await self._thread.run(work)

    def submit(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Runs `work` after all that was submitted before; nobody hears of its answer."""
        self._thread.submit(lambda: self._translated(work))

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The answer of `work`, after all that was submitted before; sqlite3's errors come out as ours."""
        return await self._thread.run(lambda: self._translated(work))

    async def close(self) -> None:
        """After all that was submitted; what is in an open transaction is lost."""
        if self._connection:
            await self.run(sqlite3.Connection.close)
        self._thread.close()

    def _translated(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            raise errors.Unavailable("the store is closed")
        with as_our_errors():
            return work(self._connection)


def roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
