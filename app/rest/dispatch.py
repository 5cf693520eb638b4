"""Which dialect a request speaks: by mount, by path, by its key, by its body, by a header, in that order."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from starlette.types import Scope

from app.domain.errors import AppError
from app.domain.keys import Dialect, dialect_meant
from app.edge.answers import Refusal
from app.edge.credentials import key_in
from app.edge.origins import header
from app.rest.routes import Route, segments_of
from app.rest.speech import Speech

MOUNT = "compat"
"""`/compat/<dialect>/...` is that dialect's alone."""


class Address:
    """A path, split before it is decoded, with the dialects that know it."""

    def __init__(self, speeches: Mapping[Dialect, Speech], scope: Scope) -> None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = "/" + raw.partition(b"?")[0].decode("latin-1").lstrip("/")
        self.segments = [unquote(segment, errors="replace") for segment in segments_of(path)]
        self.path = path
        mounted = self._mounted(speeches)
        if mounted:
            self.segments = self.segments[2:] or [""]
        self._speeches = [mounted] if mounted else list(speeches.values())
        self._routes = _routes(self._speeches, self.segments)
        self.knowing = [speech for speech in self._speeches if speech.dialect in self._routes]
        self.below = self.knowing or (self._speeches if mounted else self._nearest())

    @property
    def known(self) -> bool:
        """Whether any dialect has a say here."""
        return bool(self.below)

    def routes(self, speech: Speech) -> Mapping[str, Route]:
        """What may be asked of it at this path, by method."""
        return self._routes.get(speech.dialect, {})

    def speech(self, scope: Scope, body: Any = None) -> Speech:
        """Who answers. Of several that know the path: those that know the method, then key, body, header, Memsolus."""
        fitting = self._fitting(scope)
        meant = _meant(fitting, scope, body) or Dialect.MEMSOLUS
        return fitting.get(meant) or next(iter(fitting.values()))

    def undecided(self, scope: Scope, body: Any = None) -> bool:
        """Whether several could answer and nothing tells which of them is meant."""
        fitting = self._fitting(scope)
        return len(fitting) > 1 and _meant(fitting, scope, body) is None

    def _fitting(self, scope: Scope) -> dict[Dialect, Speech]:
        able = [each for each in self.knowing if scope["method"] in self.routes(each)]
        return {each.dialect: each for each in able or self.below}

    def _mounted(self, speeches: Mapping[Dialect, Speech]) -> Speech | None:
        named = _dialect(self.segments[1]) if self.segments[0] == MOUNT and len(self.segments) > 1 else None
        return speeches.get(named) if named else None

    def _nearest(self) -> list[Speech]:
        """Those with the longest root that this path is below."""
        depths = {speech.dialect: self._depth(speech) for speech in self._speeches}
        deepest = max(depths.values(), default=0)
        return [speech for speech in self._speeches if deepest and depths[speech.dialect] == deepest]

    def _depth(self, speech: Speech) -> int:
        roots = map(segments_of, speech.roots)
        return max((len(root) for root in roots if self.segments[: len(root)] == root), default=0)


def _routes(speeches: Collection[Speech], segments: Sequence[str]) -> dict[Dialect, Mapping[str, Route]]:
    """The routes at this path of those that know it; a word of one of them is no id of another."""
    known = {speech.dialect: found for speech in speeches if (found := speech.table.at(segments))}
    variables = {name: next(iter(found.values())).path.count("{") for name, found in known.items()}
    least = min(variables.values(), default=0)
    return {name: found for name, found in known.items() if variables[name] == least}


def _meant(fitting: Mapping[Dialect, Speech], scope: Scope, body: Any) -> Dialect | None:
    if len(fitting) == 1:
        return next(iter(fitting))
    told = (_by_key(scope), _by_body(body), _dialect(header(scope, b"x-dialect") or ""))
    return next((name for name in told if name in fitting), None)


def _dialect(name: str) -> Dialect | None:
    try:
        return Dialect(name.lower())
    except ValueError:
        return None


def _by_key(scope: Scope) -> Dialect | None:
    try:
        key = key_in(scope)
    except (Refusal, AppError):  # whoever answers says what is wrong with it
        return None
    return dialect_meant(key) if key else None


def _by_body(body: Any) -> Dialect | None:
    match body:
        case {"messages": list()}:
            return Dialect.MEMSYNC
        case {"memory": str()}:
            return Dialect.MEMSOLUS
        case _:
            return None
