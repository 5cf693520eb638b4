"""Scalars: what their text looks like, in and out."""

import base64
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

from app.domain.text import unstorable

JSON = NewType("JSON", dict[str, Any])
BigInt = NewType("BigInt", int)
Base64 = NewType("Base64", bytes)

_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})?)?")
_BIG = 2**63


def read_time(value: Any) -> datetime:
    """An aware time in UTC from RFC 3339 text; text without an offset means UTC."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise GraphQLError("DateTime must be RFC 3339 text, as 2026-03-01T09:30:00Z")
    try:
        time = datetime.fromisoformat(value.upper())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError("DateTime is out of range: years 0001 to 9999, no leap seconds") from None


def write_time(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def read_object(value: Any) -> dict[str, Any]:
    """A JSON object whose numbers and texts every client and store can hold."""
    if not isinstance(value, dict):
        raise GraphQLError("JSON must be an object")
    for problem in _problems(value):
        raise GraphQLError(f"JSON {problem}")
    return value


def _problems(value: dict[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [value]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                waiting += [*inner.keys(), *inner.values()]
            case list() as inner:
                waiting += inner
            case str() as text if problem := unstorable(text):
                yield f"text {problem}"
            case bool():
                pass
            case int() as number if not -_BIG <= number < _BIG:
                yield "integers must fit in 64 bits"
            case float() as number if not math.isfinite(number):
                yield "numbers must be finite"


def read_big(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_BIG <= value < _BIG:
        raise GraphQLError("BigInt must be a whole number of 64 bits")
    return value


def read_bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError):
        raise GraphQLError("Base64 must be bytes as base64 text, with its padding") from None


SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment as RFC 3339 text in UTC, to the microsecond: `2026-03-01T09:30:00Z`. "
        "Input may carry any offset, or none for UTC, or be a date alone for its midnight; years 0001 to 9999.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=write_time,
        parse_value=read_time,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="A JSON object. Integers have 64 bits, other numbers are finite doubles, "
        "text is valid Unicode without NUL. As metadata: at most 16 KiB and 8 levels.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        parse_value=read_object,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of 64 bits, written as a JSON number.",
        parse_value=read_big,
    ),
    Base64: strawberry.scalar(
        name="Base64",
        description="Bytes as base64 text, of the standard alphabet and with its padding.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc4648#section-4",
        parse_value=read_bytes,
    ),
}
