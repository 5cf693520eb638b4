"""A summary of texts in their own sentences: those that most of the others resemble, and that do not say the same twice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain.ids import MemoryId
from app.retrieval.stems import stem
from app.understanding.naming import words_in

SAME: Final = 0.82
"""Cosine from which on two sentences say the same."""
ALIKE: Final = 0.15
"""Cosine below which a sentence is no voice for another."""
NOVELTY: Final = 0.6
MAX_SENTENCES: Final = 1_000
_ENDS: Final = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[^\Wa-z_])|\n+")
_DAMPING: Final = 0.85
_STEPS: Final = 30


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a memory, as it was written; `place` counts all that were read."""

    text: str
    memory: MemoryId
    place: int


def sentences_of(texts: Sequence[tuple[MemoryId, str]]) -> list[Sentence]:
    """In order; at most 1,000, the later ones left out. Questions and single words say nothing to keep."""
    pieces = ((memory, piece.strip(" -*•\t")) for memory, text in texts for piece in _ENDS.split(text) if piece)
    telling = ((memory, piece) for memory, piece in pieces if words_in(piece) and not piece.endswith("?"))
    kept = [Sentence(piece, memory, place) for place, (memory, piece) in enumerate(telling)]
    return kept[:MAX_SENTENCES]


def picked(
    sentences: Sequence[Sentence],
    vectors: NDArray[np.float32],
    *,
    most: int,
    budget: int,
    tokens: Callable[[str], int],
) -> list[Sentence]:
    """At most `most` sentences within `budget` tokens, in their order. `vectors` are of unit length, one a sentence."""
    near = np.clip(vectors @ vectors.T, 0.0, 1.0) if len(sentences) else np.zeros((0, 0), dtype=np.float32)
    worth = _centrality(near)
    chosen: list[int] = []
    room = budget
    left = set(range(len(sentences)))
    while left and len(chosen) < most:
        said = near[:, chosen].max(axis=1) if chosen else np.zeros(len(sentences))
        best = max(left, key=lambda place: (round(float(worth[place] - NOVELTY * said[place]), 6), -place))
        left.discard(best)
        cost = tokens(sentences[best].text)
        if said[best] < SAME and cost <= room:
            chosen.append(best)
            room -= cost
    return [sentences[place] for place in sorted(chosen)]


def bags_of(sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    """Vectors by words alone, for when no model answers: rare words weigh more."""
    stems = [{stem(word) for word in words_in(sentence.text)} for sentence in sentences]
    places = {word: place for place, word in enumerate(sorted({word for each in stems for word in each}))}
    table = np.zeros((len(sentences), max(len(places), 1)), dtype=np.float32)
    for row, each in enumerate(stems):
        for word in each:
            table[row, places[word]] = 1.0
    rare = np.array([log(1 + len(sentences) / max(held, 1)) for held in table.sum(axis=0)], dtype=np.float32)
    table = table * rare
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return (table / np.where(lengths, lengths, 1)).astype(np.float32)


def _centrality(near: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much each sentence stands for the others, 0..1: a walk that goes from a sentence to those like it."""
    count = len(near)
    if not count:
        return np.zeros(0)
    ties = np.where(near >= ALIKE, near, 0.0).astype(np.float64)
    ties /= np.maximum(ties.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(count, 1.0 / count)
    for _ in range(_STEPS):
        rank = (1 - _DAMPING) / count + _DAMPING * (rank @ ties)
    top: float = rank.max()
    return rank / top
