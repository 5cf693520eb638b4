"""What a file holds: entries to remember, and places that could not be read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.memory import Kind, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text to remember with what its file says about it. `where` names its place for people."""

    where: str
    text: str
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    role: str | None = None
    speaker: str | None = None
    title: str | None = None
    summary: str | None = None
    kind: Kind | None = None
    type: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    keypath: str | None = None
    importance: float | None = None
    layer: Layer = Layer.RAW
    expires_at: datetime | None = None
    occurred_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A place of the file that is not imported, and why."""

    where: str
    reason: str


Piece = Entry | Flaw
"""What readers yield, in the file's order; a piece's index in that order is its position in the source."""
