"""What ranking reads of memories, as flat rows and back."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from app.adapters.records.values import moment_or_none
from app.domain.ids import MemoryId
from app.domain.memory import Glimpse
from app.ports.models import TokenVectors


def glimpse_of(row: Iterable[Any], sources: tuple[MemoryId, ...]) -> Glimpse:
    """From a row by place: id, version, text, title, summary, session, position, actor, occurred_at."""
    identity, version, text, title, summary, session, position, actor, occurred_at, *_ = row
    heading = " ".join(part for part in (title, summary) if part) or None
    return Glimpse(identity, version, text, heading, session, position, actor, moment_or_none(occurred_at), sources)


def token_vectors_of(width: int, data: bytes) -> TokenVectors:
    return np.frombuffer(data, dtype=np.int8).reshape(-1, width)
