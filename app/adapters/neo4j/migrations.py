"""Numbered changes of the schema, each applied once and in order. Each statement can be run again."""

from dataclasses import dataclass
from importlib import resources
from typing import Final

from app.adapters.neo4j.server import Server
from app.adapters.neo4j.statements import statements
from app.domain import errors

CYPHER: Final = statements("unscoped")


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
    for migration in migrations():
        if version < migration.number:
            for statement in migration.statements:
                await server.change(statement)
            await server.change(CYPHER["schema_note"], {"version": migration.number})
    await server.rows(CYPHER["indexes_await"])


def _split(script: str) -> tuple[str, ...]:
    lines = (line for line in script.splitlines() if not line.startswith("//"))
    return tuple(statement.strip() for statement in "\n".join(lines).split(";") if statement.strip())
