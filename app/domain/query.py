"""How lists are asked for: filter, order, window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.domain.ids import AgentId, ClusterId, EntityId, MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.memory import Kind, Layer, Status

MAX_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """From `after` (inclusive) to `before` (exclusive); None is open."""

    after: datetime | None = None
    before: datetime | None = None


class Life(StrEnum):
    """Which memories a filter means: those that live, those that are forgotten, or both."""

    LIVE = "LIVE"
    FORGOTTEN = "FORGOTTEN"
    ANY = "ANY"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFilter:
    """Conditions that all must hold. An empty tuple is no condition; within a tuple any value will do.

    Among `users` None is nobody in particular.
    `occurred` and `valid` speak of when it was true, `recorded` of when it was stored. A memory is
    inside `valid` when its validity overlaps the range. `keypath` matches the path and its subtree.
    `metadata` names values of the first level, any of which will do; `files` have to be there all; `contains` is a part of the title or the text, in small letters, whatever their case.
    `importances` are ranges with their ends, any of which will do.
    Expired memories match only when `life` is not LIVE.
    """

    ids: tuple[MemoryId, ...] = ()
    project: ProjectId | None = None
    users: tuple[UserId | None, ...] = ()
    agents: tuple[AgentId, ...] = ()
    sessions: tuple[SessionId, ...] = ()
    sources: tuple[SourceId, ...] = ()
    kinds: tuple[Kind, ...] = ()
    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    entities: tuple[EntityId, ...] = ()
    clusters: tuple[ClusterId, ...] = ()
    layers: tuple[Layer, ...] = ()
    statuses: tuple[Status, ...] = ()
    files: tuple[str, ...] = ()
    metadata: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    keypath: str | None = None
    contains: str | None = None
    importance_min: float | None = None
    importance_max: float | None = None
    importances: tuple[tuple[float, float], ...] = ()
    occurred: TimeRange = TimeRange()
    valid: TimeRange = TimeRange()
    recorded: TimeRange = TimeRange()
    life: Life = Life.LIVE


class MemoryOrder(StrEnum):
    """Which value a list of memories is sorted by; ties by id. OCCURRED_AT falls back to CREATED_AT."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    OCCURRED_AT = "occurred_at"
    IMPORTANCE = "importance"


class Facet(StrEnum):
    """By what memories are counted."""

    USER = "user"
    AGENT = "agent"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Memories that have one value in common; those of a category are counted for each user apart.

    `rounds` is how often they were written and read by extraction, all together: a memory's versions come in pairs.
    """

    value: str
    user: UserId | None
    memories: int
    rounds: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a sorted list: the sort value of a row and its id."""

    value: str | float | int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most `limit` rows (1..1000) after a position; `backward` reads towards the list's start from it.

    Rows come in the list's order either way. With no position, backward means the list's last rows.
    `skip` rows are left out first, for those who count from the start instead.
    """

    limit: int
    position: Position | None = None
    backward: bool = False
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """An item with the position a cursor is made from."""

    item: T
    position: Position


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order; `more` tells whether there are further rows in the direction of reading."""

    rows: Sequence[Row[T]]
    more: bool
