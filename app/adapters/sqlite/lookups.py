"""Rows by id, in the order of the ids."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.adapters.sqlite.scope import NOTHING, Parameters, Scoped, listed

T = TypeVar("T")


def by_ids(
    on: Scoped, statement: str, ids: Sequence[str], take: Callable[[sqlite3.Row], T], parameters: Parameters = NOTHING
) -> list[T | None]:
    """One value per id, None where the statement finds no row with that `id`."""
    rows = on.rows(statement, {**parameters, "ids": listed(dict.fromkeys(ids))}) if ids else []
    found = {row["id"]: take(row) for row in rows}
    return [found.get(key) for key in ids]


def by_external_ids(
    on: Scoped, statement: str, ids: Sequence[str], take: Callable[[sqlite3.Row], T], parameters: Parameters
) -> list[T | None]:
    """The same for the ids by which callers know their own things."""
    rows = on.rows(statement, {**parameters, "ids": listed(dict.fromkeys(ids))}) if ids else []
    found = {row["external_id"]: take(row) for row in rows}
    return [found.get(key) for key in ids]


def grouped(
    on: Scoped, statement: str, ids: Sequence[str], take: Callable[[sqlite3.Row], T], parameters: Parameters = NOTHING
) -> list[list[T]]:
    """For each id the rows whose `of` is that id, in the statement's order."""
    groups: dict[str, list[T]] = {key: [] for key in ids}
    if groups:
        for row in on.rows(statement, {**parameters, "ids": listed(groups)}):
            groups[row["of"]].append(take(row))
    return [groups[key] for key in ids]
