"""Vectors of memories: what text stands for a memory, and what happens when the model is away."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from app.domain.errors import Unavailable
from app.domain.memory import Memory
from app.ports.models import Embedder, Embedding, Passage
from app.retrieval.terms import STOP_WORDS

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class Vectors:
    """`tokens`: whether vectors of single tokens are kept and asked for, where the model shows them."""

    def __init__(self, embedder: Embedder, *, tokens: bool = True) -> None:
        self._embedder, self._tokens = embedder, tokens

    async def of(self, texts: Sequence[str]) -> list[Embedding] | None:
        """One per text, in order; None when the model does not answer, so that the write goes on without."""
        return await _unless_away(self._embedder.embed(texts), len(texts))

    async def require(self, texts: Sequence[str]) -> list[Embedding]:
        """One per text, in order. Raises Unavailable."""
        return await self._embedder.embed(texts)

    async def read(self, passages: Sequence[Passage]) -> list[Embedding] | None:
        """Texts in their context, to be stored; None when the model does not answer."""
        return await _unless_away(self.require_read(passages), len(passages))

    async def require_read(self, passages: Sequence[Passage]) -> list[Embedding]:
        """Texts in their context, to be stored. Raises Unavailable."""
        return [self._kept(embedding) for embedding in await self._embedder.read(passages)]

    async def question(self, text: str) -> Embedding | None:
        """What memories are compared with; None when the model does not answer."""
        found = await _unless_away(self._embedder.ask(text, without=STOP_WORDS), 1)
        return None if found is None else self._kept(found)

    def _kept(self, embedding: Embedding) -> Embedding:
        return embedding if self._tokens else replace(embedding, tokens=None)


async def _unless_away(asked: Awaitable[T], texts: int) -> T | None:
    try:
        return await asked
    except Unavailable as problem:
        _log.warning("embedding.unavailable", texts=texts, reason=problem.message)
        return None


def passage(memory: Memory) -> str:
    """The text whose meaning a memory has."""
    return passage_of(memory.title, memory.text)


def passage_of(title: str | None, text: str) -> str:
    return f"{title}. {text}" if title else text
