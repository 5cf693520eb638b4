"""Keyset windows over any statement that has `{page}` at its end and its sort value as `sort`."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from app.adapters.sqlite.scope import NOTHING, Parameters, Scoped
from app.domain.query import Page, Position, Row, Window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A statement that lists, how to take its rows, and what it is sorted by: two SQL expressions in one direction.

    All of it is constants of this package.
    """

    statement: str
    take: Callable[[sqlite3.Row], T]
    value: str
    id: str
    descending: bool = False


def paged(on: Scoped, listing: Listing[T], window: Window, parameters: Parameters = NOTHING) -> Page[T]:
    """One page; a row beyond it tells whether there is more."""
    values = {**parameters, "limit": window.limit + 1, "skip": window.skip}
    if window.position:
        values |= {"at_value": window.position.value, "at_id": window.position.id}
    found = on.rows(listing.statement.replace("{page}", _clause(window, listing)), values)
    kept = found[: window.limit]
    if window.backward:
        kept.reverse()
    rows = [Row(listing.take(row), Position(row["sort"], row["id"])) for row in kept]
    return Page(rows, more=len(found) > window.limit)


_DIRECTION: Final[Mapping[bool, tuple[str, str]]] = {False: (">", "ASC"), True: ("<", "DESC")}


def _clause(window: Window, order: Listing[T]) -> str:
    compare, direction = _DIRECTION[order.descending is not window.backward]
    after = f"AND ({order.value}, {order.id}) {compare} (:at_value, :at_id)" if window.position else ""
    return f"{after} ORDER BY {order.value} {direction}, {order.id} {direction} LIMIT :limit OFFSET :skip"
