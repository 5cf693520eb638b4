"""Times as whole microseconds.

Numbers travel as doubles, exact to 2^53: a time after the year 2255 becomes the limit, and so does a
time that is not there but stands for "always". A bound out there is left to the record.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

ALWAYS: Final = 2**53 - 1
NEVER: Final = -ALWAYS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    return max(NEVER, min(ALWAYS, (moment - _EPOCH) // _MICROSECOND))


def is_exact(bound: int) -> bool:
    """Whether comparing with the bound says the same as comparing the times."""
    return NEVER < bound < ALWAYS
