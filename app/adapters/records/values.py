"""Values as stores keep them: times as microseconds, lists and objects as JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

Value = str | int | float | bytes | None


class Row(Protocol):
    """A stored row or node, by field name."""

    def __getitem__(self, field: str, /) -> Any: ...


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (moment - EPOCH) // _MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def moment(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def dumped(value: Any) -> str:
    """JSON as it is stored: compact, not escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def facet(name: str, value: Any) -> str:
    """A name and a value of metadata as one word."""
    return f"{name}={dumped(value)}"


def strings(value: str | list[str]) -> tuple[str, ...]:
    """A list of strings, stored as it is or as JSON; most are empty."""
    if isinstance(value, list):
        return tuple(value)
    return () if value == "[]" else tuple(json.loads(value))


def mapping(value: str) -> dict[str, Any]:
    """A stored object; most are empty."""
    return {} if value == "{}" else json.loads(value)
