"""Vectors of memories: what text stands for a memory, and what happens when the model is away."""

from collections.abc import Sequence

import structlog

from app.domain.errors import Unavailable
from app.domain.memory import Memory
from app.ports.models import Embedder, Embedding

_log = structlog.get_logger(__name__)


class Vectors:
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def of(self, texts: Sequence[str]) -> list[Embedding] | None:
        """One per text, in order; None when the model does not answer, so that the write goes on without."""
        try:
            return await self._embedder.embed(texts)
        except Unavailable as problem:
            _log.warning("embedding.unavailable", texts=len(texts), reason=problem.message)
            return None

    async def require(self, texts: Sequence[str]) -> list[Embedding]:
        """One per text, in order. Raises Unavailable."""
        return await self._embedder.embed(texts)


def passage(memory: Memory) -> str:
    """The text whose meaning a memory has."""
    return passage_of(memory.title, memory.text)


def passage_of(title: str | None, text: str) -> str:
    return f"{title}. {text}" if title else text
