"""Keypaths, as a reader sees them."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from app.adapters.records.memories import memory_of, version_of
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped
from app.adapters.sqlite.statements import statements
from app.domain.ids import MemoryId
from app.domain.keypath import Branch, Place, Twig, levels_of
from app.domain.memory import Memory, MemoryVersion
from app.domain.query import Page, Window

SQL = statements("keypaths")

LAST: Final = "\U0010ffff"
"""Sorts behind every keypath."""


class Keypaths:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def at(self, places: Sequence[Place]) -> list[Memory | None]:
        return await self._block.run(lambda on: [_at(on, place) for place in places])

    async def page(self, window: Window, *, branch: Branch) -> Page[Twig]:
        levels = None if branch.depth is None else levels_of(branch.prefix) + branch.depth
        asked = {**_range(branch), "levels": levels}
        return await self._block.run(lambda on: paged(on, _TWIGS, window, asked))

    async def below(self, branch: Branch) -> list[MemoryId]:
        asked = {**_range(branch), "prefix": branch.prefix}
        return await self._block.run(lambda on: [row["id"] for row in on.rows(SQL["below"], asked)])

    async def history(self, place: Place, window: Window) -> Page[MemoryVersion]:
        return await self._block.run(lambda on: paged(on, _HISTORY, window, _place(place)))


def _at(on: Scoped, place: Place) -> Memory | None:
    row = on.row(SQL["memory_at"], _place(place))
    return None if row is None else memory_of(row)


def _place(place: Place) -> Parameters:
    return {"project": place.project, "user": place.user, "keypath": place.keypath}


def _range(branch: Branch) -> Parameters:
    """What lies strictly below the prefix: "/" is the character after "."."""
    prefix = branch.prefix
    low, high = ("", LAST) if prefix is None else (f"{prefix}.", f"{prefix}/")
    return {"project": branch.project, "user": branch.user, "low": low, "high": high}


def _twig(row: sqlite3.Row) -> Twig:
    return Twig(path=row["sort"], memory=row["memory"], below=row["below"])


_TWIGS: Final = Listing(SQL["twigs"], _twig, "k.path", "k.id")
_HISTORY: Final = Listing(SQL["history"], version_of, "v.revision", "v.id", descending=True)
