"""Stand-ins for what a program takes from its surroundings."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from app.domain.ids import PREFIXES


class FixedClock:
    """Stands still until it is told to go on."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        self._now += step
        return self._now


class CountingIds:
    """Ids that count up, noun by noun, in the form of real ones; secrets that repeat one byte."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def new(self, noun: str) -> str:
        self._counts[noun] += 1
        return f"{PREFIXES[noun]}_{self._counts[noun]:026d}"

    def secret(self, size: int) -> bytes:
        self._counts["secret"] += 1
        return bytes([self._counts["secret"] % 256]) * size
