"""Stored rows and nodes as the flat records of copies, and back."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from app.adapters.records.memories import memory_of
from app.adapters.records.values import Row
from app.domain.memory import Memory
from app.ports.copying import EDGES, SHAPES, Flat, Form, Key, RecordKind, key_of

PAGE: Final = 500
MEMORIES: Final = 200
"""Their texts and vectors are long."""
FLOAT: Final = 4
"""Bytes of one number of a vector."""

_FIRST: Final[Mapping[RecordKind, Key]] = {
    RecordKind.EVENT: (0,),
    RecordKind.NOTE: (0,),
    RecordKind.VERSION: ("", 0),
    RecordKind.FEEDBACK: ("", 0),
    RecordKind.ANSWER: ("", ""),
    RecordKind.TERM: ("", ""),
}

_MEMORY: Final = (
    *("id", "project", "text", "user", "agent", "session", "source", "position", "role", "speaker", "title", "summary"),
    *("kind", "type", "categories", "tags", "files", "keypath", "importance", "layer", "expires_at", "status"),
    *("skip_reason", "metadata", "occurred_at", "valid_from", "valid_to", "created_at", "updated_at", "version"),
    "deleted_at",
)
"""In the order of a row that tells a memory by place."""


def limit_of(kind: RecordKind) -> int:
    return MEMORIES if kind in {RecordKind.MEMORY, RecordKind.VERSION} else PAGE


def before_all(kind: RecordKind) -> Key:
    """Sorts before every key of the kind."""
    return _FIRST.get(kind, ("",))


def flat_of(kind: RecordKind, row: Row) -> dict[str, Any]:
    """A record, or one edge of one; lists may be stored as lists or as JSON."""
    return {name: _flat(form, row[name]) for name, form in SHAPES[kind].items()}


def flats_of(kind: RecordKind, rows: Iterable[Row]) -> list[Flat]:
    """A page of records. Edges come in the order of the node that they lead out of, which they name `of`."""
    if kind not in EDGES:
        return [flat_of(kind, row) for row in rows]
    return [
        {"of": of, "edges": sorted((_edge(kind, row) for row in group), key=_order)}
        for of, group in groupby(rows, key=itemgetter("of"))
    ]


def stored(kind: RecordKind, flat: Flat) -> dict[str, Any]:
    """The values of a record, or of one edge, with bytes as bytes."""
    return {
        name: b64decode(flat[name]) if form is Form.BYTES and flat[name] is not None else flat[name]
        for name, form in SHAPES[kind].items()
    }


def edges_of(kind: RecordKind, records: Sequence[Flat]) -> Iterator[dict[str, Any]]:
    """The edges of grouped records one by one, each with the node that it leads out of."""
    for record in records:
        for edge in record["edges"]:
            yield {"of": record["of"], **stored(kind, edge)}


def memory_in(record: Flat) -> Memory:
    """The memory that a record tells of."""
    return memory_of(record[name] for name in _MEMORY)


def last_key(kind: RecordKind, page: Sequence[Flat]) -> Key:
    return key_of(kind, page[-1])


def _flat(form: Form, value: Any) -> Any:
    if value is None:
        return None
    match form:
        case Form.PLAIN:
            return value
        case Form.REAL:
            return float(value)
        case Form.FLAG:
            return bool(value)
        case Form.BYTES:
            return b64encode(value).decode("ascii")
        case Form.STRINGS:
            return json.loads(value) if isinstance(value, str) else list(value)


def _edge(kind: RecordKind, row: Row) -> Flat:
    edge = flat_of(kind, row)
    if kind is RecordKind.RELATION:
        edge["evidence"] = sorted(edge["evidence"])
    return edge


def _order(edge: Flat) -> str:
    return json.dumps(edge, sort_keys=True)
