"""Routes, and how a path finds its own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.domain.principal import Permission
from app.rest.call import Call, Reply
from app.rest.shapes import Nothing, Shape

Handler = Callable[[Call[Any, Any]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path. `path` names its variable segments in braces: `/api/memories/{id}`; the one named
    `deep` holds as many as it can.

    `answers` tell, by status, what a good answer holds: a type that JSON Schema can be drawn from, None for no body.
    `wrong` are the statuses of its own errors. `needs` is what the key must allow. `form` routes read multipart bodies; `open` ones need no key;
    `checks` says that one which is sent has to be right all the same.
    """

    method: str
    path: str
    handler: Handler
    says: str
    answers: Mapping[int, Any]
    wrong: Sequence[int] = ()
    needs: Permission = Permission.MEMORY_READ
    body: type[Shape] = Nothing
    query: type[Shape] = Nothing
    form: bool = False
    deep: str = ""
    open: bool = False
    checks: bool = False


@dataclass(slots=True)
class _Node:
    """A place in the tree of segments: what stands there, and what goes on from it."""

    methods: dict[str, Route] = field(default_factory=dict)
    words: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    rest: "_Node | None" = None


class Table:
    """Routes by path: a word goes before a variable."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in segments_of(route.path):
                if segment == f"{{{route.deep}}}":
                    node.rest = node.rest or _Node()
                    node = node.rest
                elif segment.startswith("{"):
                    node.variable = node.variable or _Node()
                    node = node.variable
                else:
                    node = node.words.setdefault(segment, _Node())
            if route.method in node.methods:
                raise ValueError(f"{route.method} {route.path} stands twice")
            node.methods[route.method] = route

    def at(self, segments: Sequence[str]) -> Mapping[str, Route]:
        """What may be asked at this path, by method; empty when nobody knows it."""
        found = _walk(self._root, segments, 0)
        return found.methods if found else {}


def _walk(node: _Node, segments: Sequence[str], at: int) -> _Node | None:
    if at == len(segments):
        return node if node.methods else None
    word = node.words.get(segments[at])
    found = _walk(word, segments, at + 1) if word else None
    if found is None and node.variable is not None and segments[at]:
        found = _walk(node.variable, segments, at + 1)
    if found is None and node.rest is not None:
        found = next(filter(None, (_walk(node.rest, segments, end) for end in range(len(segments), at, -1))), None)
    return found


def segments_of(path: str) -> list[str]:
    """What stands between the slashes. A slash at the end changes nothing."""
    return path.strip("/").split("/")


@cache
def _names(path: str) -> list[str]:
    """Of a route: there are only so many."""
    return segments_of(path)


def variables_of(route: Route, segments: Sequence[str]) -> dict[str, str]:
    """The segments that the route names."""
    names, values = _names(route.path), list(segments)
    for place, name in enumerate(names):
        if name == f"{{{route.deep}}}":
            end = place + len(values) - len(names) + 1
            values[place:end] = ["/".join(values[place:end])]
    return {name[1:-1]: value for name, value in zip(names, values, strict=True) if name.startswith("{")}
