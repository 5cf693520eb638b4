"""From candidates to a ranking: signals are normalised, weighted and added up.

A weighted sum, not reciprocal ranks: see decision 0004.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.ids import MemoryId
from app.ports.search import Candidate
from app.retrieval.recipes import Recipe, Signal

Values = Mapping[MemoryId, float]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A memory with its score (0..1 of what the recipe could give) and each signal's value."""

    memory: MemoryId
    score: float
    values: tuple[tuple[Signal, float], ...]


def of_best(candidates: Sequence[Candidate]) -> dict[MemoryId, float]:
    """Scores as parts of the best one, for scores without an upper bound."""
    best = max((candidate.score for candidate in candidates), default=0.0)
    return {c.memory: max(0.0, c.score / best) for c in candidates} if best > 0 else {}


def clipped(candidates: Sequence[Candidate]) -> dict[MemoryId, float]:
    """Scores cut to 0..1, for cosines."""
    return {c.memory: min(1.0, max(0.0, c.score)) for c in candidates}


def fuse(signals: Mapping[Signal, Values], recipe: Recipe) -> list[Ranked]:
    """Every memory that any signal of the recipe names, best first; ties by id."""
    memories = dict.fromkeys(memory for signal in recipe.weights for memory in signals.get(signal, {}))
    ranked = [_rank(memory, signals, recipe) for memory in memories]
    return sorted(ranked, key=lambda r: (-r.score, r.memory))


def _rank(memory: MemoryId, signals: Mapping[Signal, Values], recipe: Recipe) -> Ranked:
    values = tuple((signal, signals.get(signal, {}).get(memory, 0.0)) for signal in recipe.weights)
    score = sum(value * recipe.weights[signal] for signal, value in values) / recipe.total
    return Ranked(memory, round(score, 6), values)
