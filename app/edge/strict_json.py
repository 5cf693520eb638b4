"""JSON as RFC 8259 means it: one meaning a text, or a refusal.

Refused are duplicate names, NaN and infinities, numbers beyond a double, lone surrogates, bytes that
are not UTF-8, and nesting that only serves to exhaust a reader.
"""

import json
import math
import re
from typing import Any

import orjson

from app.edge.answers import Refusal

MAX_DEPTH = 100

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class _Wrong(ValueError):
    """What a hook does not accept."""


def read_json(raw: bytes, *, what: str = "The body") -> Any:
    """Raises Refusal with status 400."""
    try:
        return _read(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal(400, "bad_json", f"{what} is not UTF-8") from None
    except _Wrong as wrong:
        raise Refusal(400, "bad_json", f"{what} is not valid JSON: {wrong}") from None
    except RecursionError:
        raise Refusal(400, "bad_json", f"{what} is nested more than {MAX_DEPTH} levels deep") from None
    except json.JSONDecodeError as wrong:
        raise Refusal(400, "bad_json", f"{what} is not valid JSON: {wrong}") from None
    except ValueError:  # an integer of more digits than Python converts
        raise Refusal(400, "bad_json", f"{what} holds a number that is too large") from None


def write_json(value: Any) -> bytes:
    """Compact UTF-8. What orjson does not know (integers beyond 64 bits, lone surrogates) is written all the same."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _read(text: str) -> Any:
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise RecursionError
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
    if _SURROGATE.search(text):
        _paired(text)
    return value


def _depth(text: str) -> int:
    """How deep brackets nest, those within strings left out."""
    deepest = depth = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Wrong("a name stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise _Wrong(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Wrong("a number is beyond the range of a double")
    return value


def _paired(text: str) -> None:
    """Escaped surrogates have to come in pairs; orjson is strict about it."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _Wrong("a surrogate stands alone") from None
