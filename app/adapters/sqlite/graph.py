"""Walks over the graph, breadth first, one statement a step."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from app.adapters.records.graph import edge_of
from app.adapters.records.paths import Network, shortest_paths
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain.graph import Edge, EdgeKind, GraphPath, Subgraph

SQL = statements("graph")

EVERY_KIND: Final = tuple(EdgeKind)
WIDEST_STEP: Final = 300
"""Nodes that a search for paths takes up in one step from one end, the heaviest edges first."""


class Graph:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def neighborhood(self, start: str, *, depth: int, kinds: Sequence[EdgeKind], limit: int) -> Subgraph | None:
        return await self._block.run(lambda on: _neighborhood(on, start, depth, kinds, limit))

    async def paths(self, start: str, end: str, *, count: int, depth: int) -> list[GraphPath]:
        return await self._block.run(lambda on: _paths(on, start, end, count, depth))

    async def edges_between(self, ids: Sequence[str]) -> list[Edge]:
        return await self._block.run(lambda on: _edges(on, ids, EVERY_KIND))


def _neighborhood(on: Scoped, start: str, depth: int, kinds: Collection[EdgeKind], limit: int) -> Subgraph | None:
    if not _is_there(on, start):
        return None
    distances = {start: 0}
    frontier, truncated = [start], False
    for distance in range(1, depth + 1):
        room = limit - len(distances)
        found = _steps(on, frontier, distances, kinds, room + 1)
        truncated = truncated or len(found) > room
        frontier = found[:room]
        distances |= dict.fromkeys(frontier, distance)
        if truncated or not frontier:
            break
    edges = _edges(on, distances, kinds)
    return Subgraph(nodes=tuple(distances.items()), edges=tuple(edges), truncated=truncated)


def _paths(on: Scoped, start: str, end: str, count: int, depth: int) -> list[GraphPath]:
    """Grows both ends in turn. With n steps in all, every path of at most n edges is among the nodes seen."""
    if start == end or not _is_there(on, start) or not _is_there(on, end):
        return []
    sides = [{start}, {end}]
    frontiers = [[start], [end]]
    found: list[GraphPath] = []
    for steps in range(1, depth + 1):
        side = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        frontiers[side] = _steps(on, frontiers[side], sides[side], EVERY_KIND, WIDEST_STEP)
        sides[side].update(frontiers[side])
        exhausted = not frontiers[side]
        if not sides[0].isdisjoint(sides[1]):
            network = Network(_edges(on, sides[0] | sides[1], EVERY_KIND))
            found = shortest_paths(network, start, end, count=count, longest=depth if exhausted else steps)
        if len(found) == count or exhausted:
            break
    return found


def _is_there(on: Scoped, node: str) -> bool:
    return on.row(SQL["start_kind"], {"id": node}) is not None


def _steps(
    on: Scoped, frontier: Iterable[str], seen: Iterable[str], kinds: Collection[EdgeKind], limit: int
) -> list[str]:
    asked = {**_kinds(kinds), "frontier": listed(frontier), "seen": listed(seen), "limit": limit}
    return [row["id"] for row in on.rows(SQL["steps"], asked)]


def _edges(on: Scoped, ids: Iterable[str], kinds: Collection[EdgeKind]) -> list[Edge]:
    rows = on.rows(SQL["edges_between"], {**_kinds(kinds), "ids": listed(dict.fromkeys(ids))})
    return [edge_of(row) for row in rows]


def _kinds(kinds: Collection[EdgeKind]) -> Parameters:
    return {kind.value: kind in kinds for kind in EdgeKind}
