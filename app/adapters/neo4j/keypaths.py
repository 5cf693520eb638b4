"""Keypaths, as a reader sees them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.server import Found
from app.adapters.neo4j.statements import statements
from app.adapters.records.memories import memory_of, version_of
from app.domain.ids import MemoryId
from app.domain.keypath import Branch, Place, Twig, levels_of
from app.domain.memory import Memory, MemoryVersion
from app.domain.query import Page, Window

CYPHER: Final = statements("keypaths")


class Keypaths:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def at(self, places: Sequence[Place]) -> list[Memory | None]:
        if not places:
            return []
        asked = [{**_place(place), "number": number} for number, place in enumerate(places)]
        rows = await self._block.rows(CYPHER["memories_at"], {"places": asked})
        found = {row["number"]: memory_of(row["memory"]) for row in rows}
        return [found.get(number) for number in range(len(places))]

    async def page(self, window: Window, *, branch: Branch) -> Page[Twig]:
        levels = None if branch.depth is None else levels_of(branch.prefix) + branch.depth
        return await paged(self._block, _TWIGS, window, {**_range(branch), "levels": levels})

    async def below(self, branch: Branch) -> list[MemoryId]:
        asked = {**_range(branch), "prefix": branch.prefix}
        return [row["id"] for row in await self._block.rows(CYPHER["below"], asked)]

    async def history(self, place: Place, window: Window) -> Page[MemoryVersion]:
        return await paged(self._block, _HISTORY, window, _place(place))


def _place(place: Place) -> Mapping[str, Any]:
    return {"project": place.project, "holder": place.user or "", "keypath": place.keypath}


def _range(branch: Branch) -> Mapping[str, Any]:
    within = "" if branch.prefix is None else f"{branch.prefix}."
    return {"project": branch.project, "holder": branch.user or "", "within": within}


def _twig(row: Found) -> Twig:
    return Twig(path=row["sort"], memory=row["memory"], below=row["below"])


_TWIGS: Final = Listing(CYPHER["twigs"], _twig, "k.path", "k.id")
_HISTORY: Final = Listing(
    CYPHER["history"],
    version_of,
    "v.revision",
    "v.memory + right('00000000' + toString(v.version), 9)",
    descending=True,
    lead="v.tenant",
)
