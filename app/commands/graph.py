"""`mnemograph neighborhood` and `mnemograph paths`: walks over memories, entities and users."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import AtRevision, Data, Json, KnownAt, TrueAt, as_of
from app.domain.graph import EdgeKind

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.graph import Edge, GraphPath
    from app.services.inputs import AsOf, Route, Walk
    from app.services.results import Neighborhood

_NAME, _END = 40, 28
"""Characters of a name: of a node in its row, and at an end of an edge; both fit into 80 columns."""


def neighborhood(
    *,
    start: Annotated[str, typer.Argument(help="Where to begin: id of a memory, an entity or a user.", metavar="ID")],
    depth: Annotated[int, typer.Option("--depth", help="How many edges away at most, 1 to 4.")] = 1,
    kinds: Annotated[
        list[EdgeKind] | None, typer.Option("--kind", help="Follow these edges only.", case_sensitive=False)
    ] = None,
    first: Annotated[int, typer.Option("--first", "-n", help="How many nodes at most, 1 to 500.")] = 100,
    known_at: KnownAt = None,
    at_revision: AtRevision = None,
    true_at: TrueAt = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show what lies around a memory, an entity or a user, nearest first, and the edges among it."""
    from app.services.inputs import Walk

    walk = Walk(start=start, depth=depth, kinds=tuple(kinds or ()), limit=first)
    then = as_of(known_at, at_revision, true_at)
    found, names = opening.opened(lambda application: _walked(application, walk, then), data=data)
    if as_json:
        nodes = [{"distance": reached.distance, **_node(reached.id, names)} for reached in found.nodes]
        edges = [_edge(edge) for edge in found.edges]
        screen.write_json({"start": found.start, "nodes": nodes, "edges": edges, "truncated": found.truncated})
    else:
        _show_around(found, names)


async def _walked(
    application: "Application", walk: "Walk", then: "AsOf | None"
) -> "tuple[Neighborhood, dict[str, str]]":
    services, operator = application.services, application.operator
    if then is None:
        found = await services.explore.neighborhood(operator, walk=walk)
    else:
        found = await services.past.neighborhood(operator, walk=walk, as_of=then)
    names = await _names(application, [reached.id for reached in found.nodes])
    names |= {reached.id: reached.stood.title or reached.stood.text for reached in found.nodes if reached.stood}
    return found, names


def _show_around(found: "Neighborhood", names: Mapping[str, str]) -> None:
    table = screen.table("away", "node", "name")
    for reached in found.nodes:
        table.add_row(str(reached.distance), reached.id, _name(reached.id, names))
    screen.out().print(table)
    if found.edges:
        screen.out().print()
    for edge in found.edges:
        source, target = (_name(end, names, width=_END) for end in (edge.source, edge.target))
        screen.out().print(f"{source} — {_said(edge)} {edge.weight:.2f} → {target}")
    if found.truncated:
        screen.aside().print("There is more: --first was reached.", style="yellow")


def paths(
    *,
    start: Annotated[str, typer.Argument(help="Where to begin: id of a memory, an entity or a user.", metavar="FROM")],
    end: Annotated[str, typer.Argument(help="Where to get: another such id.", metavar="TO")],
    first: Annotated[int, typer.Option("--first", "-n", help="How many paths at most, 1 to 5.")] = 1,
    depth: Annotated[int, typer.Option("--depth", help="How many edges a path may have, 1 to 8.")] = 6,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show the shortest ways through the graph from one node to another."""
    from app.services.inputs import Route

    route = Route(start=start, end=end, count=first, depth=depth)
    found, names = opening.opened(lambda application: _routed(application, route), data=data)
    if as_json:
        screen.write_json(
            [
                {
                    "length": len(path.edges),
                    "nodes": [_node(each, names) for each in path.nodes],
                    "edges": [_edge(edge) for edge in path.edges],
                }
                for path in found
            ]
        )
    else:
        for path in found:
            _show_path(path, names)
        if not found:
            screen.aside().print(f"No path of at most {screen.count(depth, 'edge')}.")
    if not found:
        raise typer.Exit(NOTHING)


async def _routed(application: "Application", route: "Route") -> "tuple[list[GraphPath], dict[str, str]]":
    found = await application.services.explore.paths(application.operator, route=route)
    return found, await _names(application, [each for path in found for each in path.nodes])


def _show_path(path: "GraphPath", names: Mapping[str, str]) -> None:
    """A line for each node; between them the edge, with an arrow the way it points."""
    screen.out().print(screen.count(len(path.edges), "edge"), style="bold")
    screen.indented(f"{path.nodes[0]} {_name(path.nodes[0], names)}")
    for node, before, edge in zip(path.nodes[1:], path.nodes, path.edges, strict=False):
        arrow = "↓" if edge.source == before else "↑"
        screen.indented(f"  {arrow} {_said(edge)} {edge.weight:.2f}", style="dim")
        screen.indented(f"{node} {_name(node, names)}")


async def _names(application: "Application", ids: list[str]) -> dict[str, str]:
    """Title or text of a memory, name of an entity or a user; none for what went meanwhile."""
    from app.domain.ids import EntityId, MemoryId, UserId, noun_of

    def of(noun: str) -> list[str]:
        return list(dict.fromkeys(each for each in ids if noun_of(each) == noun))

    async with application.services.store.read(application.operator) as reader:
        memories = await reader.memories.get_many([MemoryId(each) for each in of("memory")])
        entities = await reader.entities.get_many([EntityId(each) for each in of("entity")])
        users = await reader.users.get_many([UserId(each) for each in of("user")])
    return {
        **{each.id: each.title or each.text for each in memories if each},
        **{each.id: each.name for each in entities if each},
        **{each.id: each.name or each.external_id for each in users if each},
    }


def _name(id_: str, names: Mapping[str, str], *, width: int = _NAME) -> str:
    return screen.one_line(names.get(id_, id_), width=width)


def _said(edge: "Edge") -> str:
    return screen.printable(edge.label or edge.type)


def _node(id_: str, names: Mapping[str, str]) -> dict[str, Any]:
    from app.domain.ids import noun_of

    return {"id": id_, "kind": noun_of(id_), "name": names.get(id_)}


def _edge(edge: "Edge") -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind,
        "type": edge.type,
        "label": edge.label,
        "weight": edge.weight,
    }
