"""A transaction as one principal sees it: every statement that runs through it is given the scope's parameters."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Final, assert_never

import orjson

from app.adapters.records.values import Value
from app.domain import errors
from app.domain.ids import ProjectId, UserId
from app.domain.principal import AllProjects, Only, Principal

Parameters = Mapping[str, Value]

NOTHING: Final[Parameters] = {}


def scope_parameters(principal: Principal, *, now: int) -> dict[str, Value]:
    """What the fragments `visible` and `live` ask for."""
    match principal.visible:
        case AllProjects():
            every, projects = 1, "[]"
        case Only(ids):
            every, projects = 0, json.dumps(sorted(ids))
        case never:
            assert_never(never)
    return {
        "tenant": principal.tenant,
        "every_project": every,
        "projects": projects,
        "end_user": principal.end_user,
        "now": now,
    }


class Scoped:
    """A connection inside a transaction, bound to a principal. Used on the connection's thread only."""

    __slots__ = ("_parameters", "connection", "now", "principal")

    def __init__(self, connection: sqlite3.Connection, principal: Principal, *, now: int) -> None:
        self.connection = connection
        self.principal = principal
        self.now = now
        self._parameters = scope_parameters(principal, now=now)

    def rows(self, statement: str, parameters: Parameters = NOTHING) -> list[sqlite3.Row]:
        return self.connection.execute(statement, {**self._parameters, **parameters}).fetchall()

    def each(self, statement: str, parameters: Parameters = NOTHING) -> Iterator[sqlite3.Row]:
        """Rows one by one, for who may not want all of them."""
        with closing(self.connection.execute(statement, {**self._parameters, **parameters})) as cursor:
            yield from cursor

    def row(self, statement: str, parameters: Parameters = NOTHING) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.connection.execute(statement, {**self._parameters, **parameters}).fetchone()
        return found

    def change(self, statement: str, parameters: Parameters = NOTHING) -> int:
        """Number of rows changed."""
        return self.connection.execute(statement, {**self._parameters, **parameters}).rowcount

    def insert(self, statement: str, parameters: Parameters = NOTHING) -> int:
        """The key of the new row."""
        return self.connection.execute(statement, {**self._parameters, **parameters}).lastrowid or 0

    def change_each(self, statement: str, many: Iterable[Parameters]) -> None:
        self.connection.executemany(statement, ({**self._parameters, **one} for one in many))

    def demand(self, *, project: ProjectId | None, user: UserId | None) -> None:
        """Raises NotFound when a row of this project about this user is out of the principal's sight."""
        if not self.principal.may_see(project=project, user=user):
            raise errors.NotFound

    def demand_all(self, statement: str, ids: Sequence[str]) -> None:
        """Raises NotFound unless the statement finds every one of the ids."""
        wanted = set(ids)
        if wanted and len(self.rows(statement, {"ids": listed(wanted)})) != len(wanted):
            raise errors.NotFound


def listed(values: Iterable[str | int]) -> str:
    """A list as one parameter, for json_each."""
    given = list(values)
    try:
        return orjson.dumps(given).decode()
    except TypeError:  # a lone surrogate
        return json.dumps(given)
