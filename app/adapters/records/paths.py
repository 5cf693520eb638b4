"""The k shortest simple paths of a small network in memory (Yen's algorithm over breadth-first search)."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

from app.domain.graph import Edge, GraphPath


class Network:
    """Undirected; between two nodes the first edge given, so give the heaviest first."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._neighbours: dict[str, dict[str, Edge]] = {}
        for edge in edges:
            self._neighbours.setdefault(edge.source, {}).setdefault(edge.target, edge)
            self._neighbours.setdefault(edge.target, {}).setdefault(edge.source, edge)

    def shortest(
        self, start: str, end: str, *, without_nodes: frozenset[str], without_steps: frozenset[tuple[str, str]]
    ) -> list[str] | None:
        """The nodes of a shortest path that avoids these nodes and first steps."""
        came_from: dict[str, str] = {start: start}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if node == end:
                return _traced(came_from, end)
            for neighbour in self._neighbours.get(node, ()):
                if neighbour in came_from or neighbour in without_nodes or (node, neighbour) in without_steps:
                    continue
                came_from[neighbour] = node
                queue.append(neighbour)
        return None

    def path(self, nodes: tuple[str, ...]) -> GraphPath:
        edges = tuple(self._neighbours[one][other] for one, other in pairwise(nodes))
        return GraphPath(nodes=nodes, edges=edges)


def shortest_paths(network: Network, start: str, end: str, *, count: int, longest: int) -> list[GraphPath]:
    """Up to `count` of at most `longest` edges, the shortest first."""
    first = network.shortest(start, end, without_nodes=frozenset(), without_steps=frozenset())
    found: list[tuple[str, ...]] = []
    candidates = {tuple(first)} if first else set()
    while candidates and len(found) < count:
        best = min(candidates, key=lambda nodes: (len(nodes), nodes))
        candidates.remove(best)
        if len(best) - 1 > longest:
            break
        found.append(best)
        candidates |= _deviations(network, best, found)
    return [network.path(nodes) for nodes in found]


def _deviations(network: Network, path: tuple[str, ...], found: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """For each node of the path a shortest path that leaves there by a step which no found path takes."""
    deviations: set[tuple[str, ...]] = set()
    for place in range(len(path) - 1):
        root = path[: place + 1]
        taken = frozenset((known[place], known[place + 1]) for known in found if known[: place + 1] == root)
        spur = network.shortest(path[place], path[-1], without_nodes=frozenset(root[:-1]), without_steps=taken)
        if spur:
            deviations.add(root[:-1] + tuple(spur))
    return deviations - set(found)


def _traced(came_from: dict[str, str], end: str) -> list[str]:
    nodes = [end]
    while came_from[nodes[-1]] != nodes[-1]:
        nodes.append(came_from[nodes[-1]])
    return nodes[::-1]
