"""Which dialect a request speaks: by mount, by path, by its key, by its body, by a header, in that order."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.types import Scope

from app.domain.errors import AppError
from app.domain.keys import Dialect, dialect_of
from app.edge.answers import Refusal
from app.edge.credentials import key_in
from app.edge.origins import header
from app.rest.routes import segments_of
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
        self.knowing = [speech for speech in self._speeches if speech.table.at(self.segments)]
        self.below = self.knowing or (self._speeches if mounted else self._nearest())

    @property
    def known(self) -> bool:
        """Whether any dialect has a say here."""
        return bool(self.below)

    def speech(self, scope: Scope, body: Any = None) -> Speech:
        """Who answers. Of several that know the path: those that know the method, then key, body, header, Memsolus."""
        if len(self.knowing) == 1:
            return self.knowing[0]
        method = scope["method"]
        fitting = [each for each in self.knowing if method in each.table.at(self.segments)] or self.below
        by_name = {each.dialect: each for each in fitting}
        if len(fitting) == 1:
            return fitting[0]
        for name in (_by_key(scope), _by_body(body), _dialect(header(scope, b"x-dialect") or ""), Dialect.MEMSOLUS):
            if name in by_name:
                return by_name[name]
        return fitting[0]

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
    return dialect_of(key) if key else None


def _by_body(body: Any) -> Dialect | None:
    match body:
        case {"messages": list()}:
            return Dialect.MEMSYNC
        case {"memory": str()}:
            return Dialect.MEMSOLUS
        case _:
            return None
