"""How a record is written down, and sums by which two copies are compared."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from app.ports.copying import EDGES, Contents, Flat, RecordKind

_ROOM: Final = 1 << 256


def line_of(kind: RecordKind, record: Flat) -> bytes:
    """A record in its canonical form: one line of JSON, names sorted."""
    return orjson.dumps([kind.value, record], option=orjson.OPT_SORT_KEYS)


def size_of(kind: RecordKind, record: Flat) -> int:
    """Edges count one by one."""
    return len(record["edges"]) if kind in EDGES else 1


@dataclass(frozen=True, slots=True)
class Sum:
    """How many records there are, and the sum of their SHA-256 digests: the same in whatever order they come."""

    number: int
    digest: str


class Tally:
    """The sum of records that come one after another."""

    def __init__(self) -> None:
        self._number = 0
        self._digest = 0

    def add(self, kind: RecordKind, record: Flat) -> bytes:
        """The record's line."""
        line = line_of(kind, record)
        self._number += size_of(kind, record)
        self._digest = (self._digest + int.from_bytes(hashlib.sha256(line).digest())) % _ROOM
        return line

    @property
    def sum(self) -> Sum:
        return Sum(self._number, f"{self._digest:064x}")


Sums = Mapping[RecordKind, Sum]


def _unseen(_kind: RecordKind, _page: Sequence[Flat]) -> None:
    """Nobody watches."""


async def sums_of(contents: Contents, *, seen: Callable[[RecordKind, Sequence[Flat]], None] = _unseen) -> Sums:
    """Of all that a tenant has, read anew. `seen` hears of each page."""
    found: dict[RecordKind, Sum] = {}
    for kind in RecordKind:
        tally = Tally()
        async for page in contents.pages(kind):
            for record in page:
                tally.add(kind, record)
            seen(kind, page)
        found[kind] = tally.sum
    return found
