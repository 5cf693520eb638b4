"""Numbered changes of the schema, each applied once, in its own transaction."""

import sqlite3
from dataclasses import dataclass
from importlib import resources

from app.domain import errors

APPLICATION_ID = 0x4D4E4D47
"""Marks a SQLite file as ours."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    script: str


def migrations() -> list[Migration]:
    """All that this program knows, in order; files are named NNNN_words.sql."""
    folder = resources.files(__package__).joinpath("migrations")
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [Migration(int(name[:4]), entry.read_text(encoding="utf-8")) for name, entry in found]


def newest() -> int:
    return migrations()[-1].number


def schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the file to the newest schema. Safe when several processes open it at once."""
    for migration in migrations():
        if schema_version(connection) < migration.number:
            _apply(connection, migration)


def demand_ours(connection: sqlite3.Connection) -> None:
    """Raises Unavailable for a file of another program, or of a newer version of this one."""
    version = schema_version(connection)
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise errors.Unavailable("the data file belongs to another program")
    if version > newest():
        raise errors.Unavailable(
            f"the data file has schema {version}, written by a newer version; this one knows schemas up to {newest()}"
        )


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been first.
        if schema_version(connection) < migration.number:
            for statement in _split(migration.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {migration.number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _split(script: str) -> list[str]:
    """Statements of a script; triggers hold semicolons inside."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
