"""Walks over the graph, as a part of the record: see `app.ports.store`."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.graph import Edge, EdgeKind, GraphPath, Subgraph


class GraphReader(Protocol):
    """Walks over live memories, entities and users. Edges are followed both ways."""

    async def neighborhood(self, start: str, *, depth: int, kinds: Sequence[EdgeKind], limit: int) -> Subgraph | None:
        """Breadth first from a memory, entity or user: at most `depth` (1..4) steps and `limit` (1..500) nodes.

        None when the start is absent or invisible. The heaviest edges of a hub come first.
        """
        ...

    async def paths(self, start: str, end: str, *, count: int, depth: int) -> list[GraphPath]:
        """Up to `count` (1..5) shortest simple paths of at most `depth` (1..8) edges, shortest first."""
        ...

    async def edges_between(self, ids: Sequence[str]) -> list[Edge]: ...
