"""A breaker: after a few failures in a row nobody asks any more, but for one probe from time to time."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from app.adapters.weaviate.faults import Silent

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0


class State(StrEnum):
    """CLOSED lets through, OPEN refuses at once, HALF_OPEN waits for what the probe finds."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    def __init__(
        self,
        *,
        failures: int = 3,
        now: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Opens after so many failures in a row. `jitter` gives numbers of 0..1."""
        self._failures, self._now, self._jitter = failures, now, jitter
        self._failed = 0
        self._openings = 0
        self._probe_at = 0.0
        self.state = State.CLOSED

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raises Silent without entering while the breaker is open, and counts how the block ends."""
        probing = self._admit()
        try:
            yield
        except Silent:
            self._fail()
            raise
        except BaseException as exc:
            # An error is an answer too; a caller who gave up says nothing about the index.
            if isinstance(exc, Exception):
                self._pass()
            elif probing:
                self.state = State.OPEN
            raise
        else:
            self._pass()

    def _admit(self) -> bool:
        if self.state is State.CLOSED:
            return False
        if self.state is State.HALF_OPEN or self._now() < self._probe_at:
            raise Silent
        self.state = State.HALF_OPEN
        return True

    def _pass(self) -> None:
        self._failed = self._openings = 0
        self.state = State.CLOSED

    def _fail(self) -> None:
        self._failed += 1
        if self.state is State.HALF_OPEN or self._failed >= self._failures:
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**self._openings)
            self._openings += 1
            self._probe_at = self._now() + pause * (0.5 + self._jitter() / 2)
            self.state = State.OPEN
