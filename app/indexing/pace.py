"""How fast, how long, how often: the numbers of indexing in one place."""

from dataclasses import dataclass
from datetime import timedelta

FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A lease outlasts whatever may be under way in it: `lease` > `writing` + the time for reading.

    `batch` marks are claimed at once, `poll` seconds lie between looks, a mark is given up after `attempts`
    failures while others pass. Repair reads `page` entries at once and rests `rest` seconds after each.
    """

    batch: int = 256
    lease: timedelta = timedelta(seconds=120)
    writing: timedelta = timedelta(seconds=60)
    poll: float = 0.5
    attempts: int = 8
    page: int = 500
    rest: float = 0.05
    look: float = 10.0
    whole: timedelta = timedelta(days=1)


DEFAULT = Pace()


def delay(failures: int, chance: float) -> float:
    """Seconds until the next attempt: doubling, capped; `chance` of 0..1 keeps the many from coming back together."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures - 1, 30)) * (0.5 + chance / 2)
