"""What an operator does to the whole store: scrub, check."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.adapters.neo4j.migrations import indexes, newest, schema_version
from app.adapters.neo4j.server import Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.values import moment
from app.domain import errors
from app.ports.store import StoreReport

CYPHER: Final = statements("unscoped")


class Keeper:
    def __init__(self, server: Server) -> None:
        self._server = server

    async def scrub(self) -> None:
        """Nothing that we could ask of the Community edition: it checkpoints and drops its logs on its own time.

        What was erased stays in its files in three places, until the server itself overwrites them: the logs
        (as long as `db.tx_log.rotation.retention_policy` says), records that are free (until they are used
        again), and segments of the full text (until they are merged).
        """

    async def backup(self, path: str) -> None:  # noqa: ARG002 - the port names it
        raise errors.invalid("path", "a server's data are backed up by `mnemograph backup`, which writes an archive")

    async def time(self) -> datetime:
        """The server's own clock."""
        (row,) = await self._server.rows(CYPHER["time"])
        return moment(row["now"])

    async def check(self) -> StoreReport:
        facts, problems = {"server": self._server.address}, list[str]()
        for look in (self._version, self._counts, self._indexes, self._access, self._events):
            try:
                told, wrong = await look()
            except errors.AppError as error:
                problems.append(error.message)
            else:
                facts |= told
                problems += wrong
        return StoreReport(facts=facts, problems=problems)

    async def _version(self) -> tuple[Mapping[str, str], list[str]]:
        (row,) = await self._server.rows(CYPHER["version"])
        schema = f"{await schema_version(self._server)} of {newest()}"
        return {"Neo4j": f"{row['version']} {row['edition']}", "schema": schema}, []

    async def _counts(self) -> tuple[Mapping[str, str], list[str]]:
        (counts,) = await self._server.rows(CYPHER["counts"])
        return {name: str(number) for name, number in counts.items()}, []

    async def _indexes(self) -> tuple[Mapping[str, str], list[str]]:
        """Without its constraints a database takes what it must not."""
        states = {row["name"]: row["state"] for row in await self._server.rows(CYPHER["indexes"])}
        amiss = [f"the index {name} is {state.lower()}" for name, state in states.items() if state != "ONLINE"]
        return {}, [f"the index {name} is missing" for name in sorted(indexes() - states.keys())] + amiss

    async def _access(self) -> tuple[Mapping[str, str], list[str]]:
        """A server whose disk is full goes on reading only."""
        rows = await self._server.rows(CYPHER["databases_amiss"])
        return {}, [f"the database {row['name']} is {row['status']} and {row['access']}" for row in rows]

    async def _events(self) -> tuple[Mapping[str, str], list[str]]:
        """The ledgers are read before the events are counted, which writers make only more."""
        (told,) = await self._server.rows(CYPHER["events_told"])
        (kept,) = await self._server.rows(CYPHER["events_kept"])
        missing = told["number"] - kept["number"]
        return {}, [f"{missing} events are missing"] if missing > 0 else []
