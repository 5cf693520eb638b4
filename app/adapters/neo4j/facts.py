"""What the Neo4j says of itself, for the start-up check and `doctor`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from neo4j import AsyncGraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from app.adapters.neo4j.migrations import newest, schema_version
from app.adapters.neo4j.server import Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.values import moment
from app.domain import errors, troubles
from app.domain.troubles import ServerName, Trouble
from app.ports.indexing import Backlog
from app.ports.servers import Refused, ServerFacts

CYPHER: Final = statements("unscoped")
_UNKNOWN = (
    "Neo.ClientError.Security.Unauthorized",
    "Neo.ClientError.Security.AuthenticationRateLimit",
    "Neo.ClientError.Security.CredentialsExpired",
)
_PATIENCE: Final = 2.0


class Neo4jFacts:
    """A `Server`. Only reads; `backlog` is the outbox's."""

    name = ServerName.NEO4J

    def __init__(self, server: Server, *, url: str, database: str, backlog: Callable[[], Awaitable[Backlog]]) -> None:
        self._server, self.address, self._database, self._backlog = server, url, database, backlog

    async def facts(self) -> ServerFacts:
        try:
            (about,) = await self._server.rows(CYPHER["version"])
        except errors.Unavailable as problem:
            raise self._refusal(problem) from problem
        (counts,) = await self._server.rows(CYPHER["counts"])
        schema = await schema_version(self._server)
        found: list[Trouble] = []
        if schema > newest():
            found.append(troubles.newer_schema(self.name, found=schema, known=newest()))
        found += [
            troubles.no_room(self.name, what=f"database {row['name']} is {row['status']} and {row['access']}")
            for row in await self._server.rows(CYPHER["databases_amiss"])
        ]
        return ServerFacts(
            version=about["version"],
            time=await self._time(),
            open_to_anyone=await _answers_anyone(self.address, self._database),
            shown={
                "edition": about["edition"],
                "database": self._database,
                "schema": f"{schema} of {newest()}",
                **{name: f"{number:,}" for name, number in counts.items()},
            },
            backlog=await self._backlog() if schema else None,
            troubles=tuple(found),
        )

    async def _time(self) -> datetime:
        (row,) = await self._server.rows(CYPHER["time"])
        return moment(row["now"])

    def _refusal(self, problem: errors.Unavailable) -> Exception:
        match getattr(problem.__cause__, "code", None):
            case code if code in _UNKNOWN:
                return Refused(troubles.wrong_password(self.name))
            case "Neo.ClientError.Database.DatabaseNotFound":
                return Refused(troubles.wrong_database(self._database))
            case _:
                return errors.Unavailable(problem.message)


async def _answers_anyone(url: str, database: str) -> bool:
    """Without credentials nobody is locked out for trying."""
    try:
        async with AsyncGraphDatabase.driver(
            url, auth=None, connection_timeout=_PATIENCE, telemetry_disabled=True
        ) as nobody:
            await nobody.execute_query("RETURN 1", database_=database)
    except (Neo4jError, DriverError, OSError):
        return False
    return True
