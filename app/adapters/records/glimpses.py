"""What ranking reads of memories, as flat rows and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.adapters.records.values import moment_or_none
from app.domain.ids import MemoryId
from app.domain.memory import Glimpse
from app.ports.models import Embedding, TokenTable


def glimpses_of(
    rows: Sequence[Iterable[Any]], sources: Mapping[MemoryId, tuple[MemoryId, ...]], near: Embedding | None
) -> list[Glimpse]:
    """From rows by place: id, version, text, title, summary, session, position, actor, occurred_at, valid_to, feedback, vector."""
    cosines = _cosines([vector for *_, vector in rows], near)
    return [_glimpse(row, sources, cosine) for row, cosine in zip(rows, cosines, strict=True)]


def _glimpse(row: Iterable[Any], sources: Mapping[MemoryId, tuple[MemoryId, ...]], cosine: float | None) -> Glimpse:
    identity, version, text, title, summary, session, position, actor, occurred_at, valid_to, feedback, _ = row
    heading = f"{title} {summary}" if title and summary else title or summary
    at, until, origins = moment_or_none(occurred_at), moment_or_none(valid_to), sources.get(identity, ())
    return Glimpse(identity, version, text, heading, session, position, actor, at, until, origins, feedback, cosine)


def _cosines(vectors: Sequence[bytes | None], near: Embedding | None) -> list[float | None]:
    """Of float32 vectors, all of one dimension."""
    there = [vector for vector in vectors if vector is not None]
    if near is None or not there:
        return [None] * len(vectors)
    matrix = np.frombuffer(b"".join(there), dtype="<f4").reshape(len(there), -1)
    found = iter((matrix @ near.vector).tolist())
    return [None if vector is None else next(found) for vector in vectors]


def token_table(rows: Sequence[tuple[MemoryId, int, bytes]]) -> TokenTable:
    """From id, width and bytes of each. All of one model have one width."""
    full = [(memory, width, data) for memory, width, data in rows if data]
    width = full[0][1] if full else 1
    vectors = np.frombuffer(b"".join(data for _, _, data in full), dtype=np.int8).reshape(-1, width)
    return TokenTable(tuple(row[0] for row in full), tuple(len(row[2]) // width for row in full), vectors)
