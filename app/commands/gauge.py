"""Progress: a bar with rate and remaining time on a terminal, JSON lines for programs, else nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from app.commands import screen

_EVERY = 0.5


class Gauge(Protocol):
    def open(self, what: str, *, total: int) -> AbstractContextManager[None]:
        """Shows progress while the block runs."""
        ...

    def show(self, done: int) -> None: ...


def gauge(*, as_json: bool) -> Gauge:
    """The gauge that suits whoever reads."""
    if as_json:
        return _Lines()
    return _Bar() if sys.stderr.isatty() else _Silence()


class _Silence:
    def open(self, what: str, *, total: int) -> AbstractContextManager[None]:  # noqa: ARG002 - a gauge's shape
        return nullcontext()

    def show(self, done: int) -> None:
        """Nobody looks."""


class _Lines:
    """At most two lines a second on stdout, and one at the end of the block."""

    def __init__(self) -> None:
        self._what, self._total, self._done = "", 0, 0
        self._began = self._told = 0.0

    @contextmanager
    def open(self, what: str, *, total: int) -> Iterator[None]:
        self._what, self._total, self._done = what, total, 0
        self._began = time.monotonic()
        yield
        self._tell()

    def show(self, done: int) -> None:
        self._done = done
        if time.monotonic() - self._told >= _EVERY:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        rate = self._done / max(self._told - self._began, 1e-6)
        screen.write_json({"progress": self._what, "done": self._done, "total": self._total, "rate": round(rate, 1)})


class _Bar:
    @contextmanager
    def open(self, what: str, *, total: int) -> Iterator[None]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=screen.aside(),
        ) as self._progress:
            self._began = time.monotonic()
            self._task = self._progress.add_task(what, total=total, rate="")
            yield

    def show(self, done: int) -> None:
        rate = done / max(time.monotonic() - self._began, 1e-6)
        self._progress.update(self._task, completed=done, rate=f"{rate:,.0f}/s")
