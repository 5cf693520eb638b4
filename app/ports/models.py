"""Models that read text: sentence embeddings, language analysis, token counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedding:
    """A vector of unit length, float32, shape (dimension,), with the model that made it."""

    model: str
    vector: Vector


class Embedder(Protocol):
    """Text to vectors. `model` names the weights: vectors of different models are never compared."""

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One unit vector per text, in order. Any number of texts; long ones are cut to the model's window.

        Safe to call from many tasks at once. Raises Unavailable when the model does not answer.
        """
        ...


class TokenCounter(Protocol):
    """Tokens as a language model counts them."""

    def count(self, text: str) -> int:
        """Number of tokens of `text`, exact for the counter's encoding."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a punctuation mark; offsets count code points, end exclusive."""

    text: str
    start: int
    end: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A span that the analyzer's rules or model took for a name, with its `EntityType` value."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text taken apart: tokens in order, sentences as token ranges (start, stop), named spans."""

    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]
    named: tuple[NamedSpan, ...]


class Analyzer(Protocol):
    """Tokens, sentences and known names. `name` goes into what extraction writes, so that a rerun can tell."""

    @property
    def name(self) -> str: ...

    def analyze(self, texts: Sequence[str]) -> list[Analysis]:
        """One analysis per text, in order. Blocking and CPU-bound: run it in a worker thread."""
        ...
