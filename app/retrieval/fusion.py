"""From candidates to a ranking: signals are normalised, weighted and added up.

A weighted sum, not reciprocal ranks: see decision 0004.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.domain.ids import MemoryId
from app.ports.search import Candidate
from app.retrieval.recipes import Recipe, Signal

Values = Mapping[MemoryId, float]


class Ranked(NamedTuple):
    """A memory with its score: 0..1 of what the recipe could give."""

    memory: MemoryId
    score: float


def of_best(candidates: Sequence[Candidate]) -> dict[MemoryId, float]:
    """Scores as parts of the best one, for scores without an upper bound."""
    best = max((candidate.score for candidate in candidates), default=0.0)
    return {c.memory: max(0.0, c.score / best) for c in candidates} if best > 0 else {}


def clipped(candidates: Sequence[Candidate]) -> dict[MemoryId, float]:
    """Scores cut to 0..1, for cosines."""
    return {c.memory: min(1.0, max(0.0, c.score)) for c in candidates}


def fuse(signals: Mapping[Signal, Values], recipe: Recipe) -> list[Ranked]:
    """Every memory that any signal of the recipe names, best first; ties by id."""
    scores: dict[MemoryId, float] = {}
    for signal in recipe.weights:
        share = recipe.share(signal)
        for memory, value in signals.get(signal, {}).items():
            scores[memory] = scores.get(memory, 0.0) + share * value
    ranked = [Ranked(memory, round(score, 6)) for memory, score in scores.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.memory))


def values_of(memory: MemoryId, signals: Mapping[Signal, Values], recipe: Recipe) -> list[tuple[Signal, float]]:
    """What each signal of the recipe says of a memory; 0 where it says nothing."""
    return [(signal, signals.get(signal, {}).get(memory, 0.0)) for signal in recipe.weights]
