"""A JSON object becomes an entry: known fields under their usual names, the rest kept as metadata."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from app.domain.errors import Invalid
from app.domain.memory import MAX_TEXT, Kind, Layer
from app.domain.text import clean
from app.transfer.entry import Entry, Flaw, Piece
from app.transfer.moments import moment
from app.transfer.unfit import Unfit

ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "content", "memory", "message"),
    "user": ("user", "user_id"),
    "agent": ("agent", "agent_id"),
    "session": ("session", "session_id", "conversation_id", "thread_id", "run_id"),
    "role": ("role",),
    "speaker": ("speaker", "name"),
    "title": ("title",),
    "summary": ("summary",),
    "kind": ("kind",),
    "type": ("type",),
    "categories": ("categories", "category"),
    "tags": ("tags", "tag"),
    "files": ("files",),
    "keypath": ("keypath",),
    "importance": ("importance",),
    "layer": ("layer",),
    "expires_at": ("expires_at",),
    "occurred_at": ("occurred_at", "time", "timestamp", "date", "created_at", "create_time"),
    "valid_from": ("valid_from",),
    "valid_to": ("valid_to",),
    "metadata": ("metadata",),
}
"""Field of an entry to the names it is found under, the first present one wins."""

OWN = frozenset(
    {"id", "project", "source", "position", "status", "entities", "links", "versions", "version", "recorded_at",
     "updated_at", "deleted_at"}
)  # fmt: skip
"""What our own export adds for readers; an import makes these anew."""

_KNOWN = OWN | {name for names in ALIASES.values() for name in names}


def entry_of(record: Any, *, where: str, defaults: Mapping[str, Any] | None = None) -> Piece:
    """The entry that a JSON object describes, or the flaw that keeps it out. `defaults` fill absent fields."""
    if not isinstance(record, dict):
        return Flaw(where=where, reason=f"is {kind_of(record)}, not an object")
    try:
        return Entry(where=where, **_values({**(defaults or {}), **_by_field(record)}))
    except Invalid as exc:
        return Flaw(where=where, reason=exc.message)
    except Unfit as exc:
        return Flaw(where=where, reason=str(exc))


def text_of(content: Any) -> str | None:
    """The text of a message's content: a string, or a list of parts of which the text ones count."""
    match content:
        case str():
            return content
        case {"text": inner} | {"parts": inner} | {"content": inner}:
            return text_of(inner)
        case list():
            parts = [text for part in content if (text := text_of(part))]
            return "\n".join(parts) or None
        case _:
            return None


def kind_of(value: Any) -> str:
    """A JSON value's kind, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"


def _by_field(record: dict[str, Any]) -> dict[str, Any]:
    found = {
        field: record[name]
        for field, names in ALIASES.items()
        if (name := next((name for name in names if record.get(name) is not None), None))
    }
    rest = {name: value for name, value in record.items() if name not in _KNOWN and value is not None}
    metadata = found.get("metadata", {})
    if not isinstance(metadata, dict):
        raise Unfit(f"metadata: is {kind_of(metadata)}, not an object")
    return {**found, "metadata": {**rest, **metadata}}


def _values(found: Mapping[str, Any]) -> dict[str, Any]:
    text = text_of(found.get("text"))
    if text is None:
        raise Unfit("has no text (text, content, memory or message)")
    values: dict[str, Any] = {"text": clean("text", text, limit=MAX_TEXT)}
    for field, value in found.items():
        if field == "text":
            continue
        try:
            values[field] = _READ[field](value)
        except Unfit as exc:
            raise Unfit(f"{field}: {exc}") from None
    return values


def _name(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unfit(f"is {kind_of(value)}, not a string")
    return str(value)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_name(item) for item in value) if isinstance(value, list | tuple) else (_name(value),)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"is {kind_of(value)}, not a number")
    return float(value)


def _kind(value: Any) -> Kind:
    return Kind(_one_of(Kind, value))


def _layer(value: Any) -> Layer:
    return Layer(_one_of(Layer, value))


def _one_of(choices: type[StrEnum], value: Any) -> str:
    name = str(value).upper()
    if name not in choices.__members__:
        raise Unfit(f"is none of {', '.join(choices)}")
    return name


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise Unfit("holds NaN or an infinite number") from None
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "categories": _names,
    "tags": _names,
    "files": _names,
    "kind": _kind,
    "layer": _layer,
    "importance": _number,
    "metadata": _metadata,
    **dict.fromkeys(("expires_at", "occurred_at", "valid_from", "valid_to"), moment),
    **dict.fromkeys(("user", "agent", "session", "role", "speaker", "title", "summary", "type", "keypath"), _name),
}
