"""Times as files write them: ISO 8601, seconds or milliseconds since 1970, and full dates in words."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dateutil import parser

from app.transfer.unfit import Unfit

_DEFAULTS = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001 - only fills what the text leaves out
_MILLISECONDS = 100_000_000_000
"""Numbers from here on count milliseconds: as seconds they would lie past the year 5000."""


def moment(value: Any) -> datetime:
    """An aware time in UTC; naive ones are taken as UTC. Raises Unfit with a reason for people."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit(f"{_short(value)} is not a date and time")
    try:
        return _cached(value)
    except (ValueError, OverflowError, OSError):
        raise Unfit(f"{_short(value)} is not a date and time") from None


@lru_cache(maxsize=256)
def _cached(value: float | str) -> datetime:
    read = _from_text(value) if isinstance(value, str) else _from_number(value)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _from_number(value: float) -> datetime:
    return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)


def _from_text(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        # "May" or "Tuesday" would take the rest from the default: two defaults show what is missing.
        one, other = (parser.parse(value, default=default) for default in _DEFAULTS)
        if one != other:
            raise
        return one


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
