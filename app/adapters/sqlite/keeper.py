"""What an operator does to the whole file: scrub, back up, check."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from app.adapters.sqlite.failures import as_our_errors, meaning
from app.adapters.sqlite.migrations import newest, schema_version
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.turns import Turns, Views
from app.domain import errors
from app.ports.store import StoreReport

SQL = statements("unscoped")

PAGES_A_STEP: Final = 500
"""Index pages merged while others wait for their turn to write."""


class Keeper:
    def __init__(self, path: Path, turns: Turns, views: Views) -> None:
        self._path = path
        self._turns = turns
        self._views = views

    async def scrub(self) -> None:
        """Deleted words stay in the full text's segments until these are merged into one, so merge them in steps."""
        for statement in ("text_merge", "replaced_merge"):
            more = await self._turns.alone(partial(_merge, statement=statement, pages=-PAGES_A_STEP))
            while more:
                more = await self._turns.alone(partial(_merge, statement=statement, pages=PAGES_A_STEP))
        await self._turns.alone(_truncate)

    async def backup(self, path: str) -> None:
        await self._views.alone(lambda connection: _copy(connection, Path(path)))

    async def check(self) -> StoreReport:
        facts, problems = await self._turns.alone(_look)
        return StoreReport(facts={"file": str(self._path), **facts, **dict(_sizes(self._path))}, problems=problems)


def _merge(connection: sqlite3.Connection, *, statement: str, pages: int) -> bool:
    """Whether there may be more to merge: a step that has nothing to do changes no more than one row."""
    before = connection.total_changes
    connection.execute(SQL[statement], {"pages": pages})
    return connection.total_changes - before > 1


def _truncate(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA incremental_vacuum").fetchall()
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise errors.Unavailable("the log could not be emptied because a reader is still in it; try again")


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    if target.exists():
        raise errors.invalid("path", "exists already")
    try:
        with closing(sqlite3.connect(target)) as copy:
            connection.backup(copy, pages=1_000)
    except sqlite3.Error as error:
        raise errors.invalid("path", f"cannot be written: {meaning(error)}") from error


def _look(connection: sqlite3.Connection) -> tuple[dict[str, str], list[str]]:
    facts = {"SQLite": sqlite3.sqlite_version, "schema": f"{schema_version(connection)} of {newest()}"}
    problems: list[str] = []
    for look in (_counts, _integrity, _references, _text):
        try:
            with as_our_errors():
                look(connection, facts, problems)
        except errors.AppError as error:
            problems.append(error.message)
    return facts, problems


def _counts(connection: sqlite3.Connection, facts: dict[str, str], _: list[str]) -> None:
    facts |= {row["name"]: str(row["number"]) for row in connection.execute(SQL["counts"])}


def _integrity(connection: sqlite3.Connection, _: dict[str, str], problems: list[str]) -> None:
    told = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    problems += [f"the data file is damaged: {line}" for line in told if line != "ok"]


def _references(connection: sqlite3.Connection, _: dict[str, str], problems: list[str]) -> None:
    loose = connection.execute("PRAGMA foreign_key_check").fetchall()
    problems += [f"a row of {row[0]} refers to a row of {row[2]} that is not there" for row in loose]


def _text(connection: sqlite3.Connection, _: dict[str, str], problems: list[str]) -> None:
    try:
        connection.execute(SQL["text_check"])
    except sqlite3.DatabaseError as error:
        problems.append(f"the full text disagrees with the memories: {meaning(error)}")


def _sizes(path: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(path.parent.glob(f"{path.name}*")):
        yield f"size of {file.name}", f"{file.stat().st_size:,} bytes"
