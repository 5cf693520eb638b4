"""What a program tells of its own work: how long what took, and how full its queues are. Never what was said in it."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Literal, Protocol, Self

SpanName = Literal["request", "operation", "batch", "statement", "model", "index", "job"]
"""request: over HTTP; operation: of GraphQL; batch: reads that a loader does together; statement: asked of the record;
model: asked of the embedder; index: asked of the search index; job: jobs that are done together."""


class Span(Protocol):
    def end_as(self, outcome: str) -> None:
        """How it ended, in a word of ours. Unsaid it is "ok", or the kind of the error that left the block."""
        ...


class Telemetry(Protocol):
    def span(self, name: SpanName, what: str = "", *, size: int = 0, about: str = "") -> AbstractContextManager[Span]:
        """A stretch of time, inside the one that this task is in.

        `what` is a name of ours: a route, a loader, a method, a job's name. `size` says how many things go in
        together, `about` is the id of the request or job. Nothing else is told: no text, no arguments, and of an
        error its kind only. A batch, a statement, or a question to a model or the index is told as a part of
        something only.
        """
        ...


class _Nothing:
    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Nobody measures."""

    def end_as(self, outcome: str) -> None:
        """Nobody listens."""


_NOTHING: Final = _Nothing()


class Silence:
    """Tells nobody, at the price of a call."""

    __slots__ = ()

    def span(self, name: SpanName, what: str = "", *, size: int = 0, about: str = "") -> _Nothing:  # noqa: ARG002
        return _NOTHING


SILENCE: Final[Telemetry] = Silence()


class Gauge(StrEnum):
    """What can be read at any time."""

    INDEX_WAITING = "index_waiting"
    INDEX_LAG = "index_lag_seconds"
    INDEX_GIVEN_UP = "index_given_up"
    JOBS_WAITING = "jobs_waiting"
    BREAKER_OPEN = "breaker_open"
    SERVER_CONNECTED = "server_connected"


@dataclass(frozen=True, slots=True)
class Reading:
    """`of`: which server, where there are several."""

    gauge: Gauge
    value: float
    of: str = ""


Source = Callable[[], Awaitable[Iterable[Reading]]]
"""Reads some gauges. What it raises makes them unknown."""
