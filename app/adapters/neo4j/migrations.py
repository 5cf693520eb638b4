"""Numbered changes of the schema, each applied once and in order. Each statement can be run again."""

import asyncio
import re
from dataclasses import dataclass
from importlib import resources
from typing import Final

from neo4j.exceptions import Neo4jError, TransientError

from app.adapters.neo4j.server import NOTHING, Parameters, Server
from app.adapters.neo4j.statements import statements
from app.domain import errors

CYPHER: Final = statements("unscoped")
_ATTEMPTS: Final = 8
_PAUSE: Final = 0.1
_NAMED: Final = re.compile(r"CREATE (?:CONSTRAINT|(?:\w+ )?INDEX) (\w+)")


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    statements: tuple[str, ...]


def migrations() -> list[Migration]:
    """All that this program knows, in order; files are named NNNN_words.cypher."""
    folder = resources.files(__package__).joinpath("migrations")
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".cypher"))
    return [Migration(int(name[:4]), _split(entry.read_text(encoding="utf-8"))) for name, entry in found]


def newest() -> int:
    return migrations()[-1].number


async def schema_version(server: Server) -> int:
    """0 for a database without a schema of ours."""
    found = await server.rows(CYPHER["schema_version"])
    return found[0]["version"] if found else 0


async def migrate(server: Server) -> None:
    """Brings the database to the newest schema. Safe when several processes start at once."""
    version = await schema_version(server)
    if version > newest():
        raise errors.Unavailable(
            f"the graph store has schema {version}, written by a newer version; this one knows schemas up to {newest()}"
        )
    if not version and await server.rows(CYPHER["strangers"]):
        raise errors.Unavailable("the database of the graph store holds data of another program")
    for migration in migrations():
        if version < migration.number:
            for statement in migration.statements:
                await _apply(server, statement)
            await _apply(server, CYPHER["schema_note"], {"version": migration.number})
    await server.rows(CYPHER["indexes_await"])


async def _apply(server: Server, statement: str, parameters: Parameters = NOTHING) -> None:
    """Two processes that change the schema at once may stand in each other's way: one of them has to do it again."""
    for attempt in range(1, _ATTEMPTS):
        try:
            await server.change(statement, parameters)
        except errors.AppError as problem:
            if not _collided(problem.__cause__):
                raise
            await asyncio.sleep(attempt * _PAUSE)
        else:
            return
    await server.change(statement, parameters)


def _collided(error: BaseException | None) -> bool:
    """A deadlock; or the other was quicker between our look, whether it exists, and our making it."""
    code = error.code or "" if isinstance(error, Neo4jError) else ""
    return isinstance(error, TransientError) or code.startswith("Neo.ClientError.Schema.")


def indexes() -> set[str]:
    """The names of all constraints and indexes that the newest schema has."""
    return {
        name for migration in migrations() for statement in migration.statements for name in _NAMED.findall(statement)
    }


def _split(script: str) -> tuple[str, ...]:
    lines = (line for line in script.splitlines() if not line.startswith("//"))
    return tuple(statement.strip() for statement in "\n".join(lines).split(";") if statement.strip())
