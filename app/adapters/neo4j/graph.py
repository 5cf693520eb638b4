"""Walks over the graph, breadth first, each in one statement."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.statements import statements
from app.adapters.records.graph import edge_of
from app.adapters.records.paths import Network, shortest_paths
from app.domain.graph import Edge, EdgeKind, GraphPath, Subgraph

CYPHER: Final = statements("graph")

EVERY_KIND: Final = tuple(EdgeKind)
WIDEST_STEP: Final = 300
"""Nodes that a search for paths takes up in one step from one end, the heaviest edges first."""


def _whole(name: str) -> str:
    """A statement with the parts that it names."""
    statement = CYPHER[name]
    for part in ("begin", "finish", "around", "edges"):
        statement = statement.replace(f"{{{part}}}", CYPHER[part])
    return statement


_NEIGHBORHOOD: Final = _whole("neighborhood")
_PATHS: Final = _whole("paths")
_BETWEEN: Final = _whole("between")


class Graph:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def neighborhood(self, start: str, *, depth: int, kinds: Sequence[EdgeKind], limit: int) -> Subgraph | None:
        asked = {"start": start, "depth": depth, "limit": limit, **_walked(kinds)}
        row = await self._block.row(_NEIGHBORHOOD, asked)
        if row is None:
            return None
        nodes = tuple(zip(row["nodes"], _distances(row["sizes"]), strict=True))
        return Subgraph(nodes=nodes, edges=tuple(map(edge_of, row["edges"])), truncated=row["truncated"])

    async def paths(self, start: str, end: str, *, count: int, depth: int) -> list[GraphPath]:
        """The first look goes little further than to where the two ends meet, which mostly is enough."""
        if start == end:
            return []
        found: list[GraphPath] = []
        for more in (0 if count == 1 else 1, depth):
            asked = {"start": start, "end": end, "limit": WIDEST_STEP, "depth": depth, "more": more}
            row = await self._block.row(_PATHS, {**asked, **_walked(EVERY_KIND)})
            if row is None:
                break
            longest = depth if row["exhausted"] else row["steps"]
            found = shortest_paths(Network(map(edge_of, row["edges"])), start, end, count=count, longest=longest)
            if len(found) == count or row["exhausted"] or row["steps"] == depth:
                break
        return found

    async def edges_between(self, ids: Sequence[str]) -> list[Edge]:
        if not ids:
            return []
        row = await self._block.row(_BETWEEN, {"ids": sorted(set(ids)), **_walked(EVERY_KIND)})
        return [edge_of(edge) for edge in row["edges"]] if row else []


def _walked(kinds: Collection[EdgeKind]) -> dict[str, Any]:
    return {"walked": [kind.name for kind in kinds], "about": EdgeKind.ABOUT in kinds}


def _distances(sizes: Sequence[int]) -> Iterator[int]:
    """From how many nodes had been seen after each step."""
    yield 0
    for distance, (before, after) in enumerate(pairwise(sizes), start=1):
        yield from [distance] * (after - before)
