"""From signals to a ranking: values are weighted and added up, and every part of a score can be shown.

A weighted sum, not reciprocal ranks: see decision 0004. What the values mean: decision 0015.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from app.domain.ids import MemoryId
from app.ports.search import Candidate
from app.retrieval.recipes import Recipe, Signal
from app.retrieval.scene import Scene, Values


class Ranked(NamedTuple):
    """A memory with its score: 0..1 of what the recipe could give. `stands_for` are those that it keeps from the list."""

    memory: MemoryId
    score: float
    row: int
    stands_for: tuple[MemoryId, ...] = ()


def of_best(candidates: Sequence[Candidate]) -> dict[MemoryId, float]:
    """Scores as parts of the best one, for scores without an upper bound."""
    best = max((candidate.score for candidate in candidates), default=0.0)
    return {c.memory: max(0.0, c.score / best) for c in candidates} if best > 0 else {}


def scores(signals: Mapping[Signal, Values], recipe: Recipe, count: int) -> Values:
    """The weighted sum for each of `count` memories, never below 0."""
    total = np.zeros(count, dtype=np.float32)
    for signal, share in recipe.shares.items():
        if signal in signals:
            total += np.float32(share) * signals[signal]
    return np.maximum(total, 0)


def heeding(totals: Values, esteem: Values | None, part: float) -> Values:
    """The scores, of which feedback decides a part: the worst costs it, the best costs nothing."""
    if esteem is None:
        return totals
    heeded: Values = totals * (1 - np.float32(part) + np.float32(part) * esteem)
    return heeded


def ordered(scene: Scene, totals: Values) -> list[Ranked]:
    """Those that anything speaks for, best first; ties by id."""
    rounded = np.round(totals.astype(np.float64), 6).tolist()
    pairs = zip(rounded, scene.rows.items(), strict=True)
    found = sorted((-score, memory, row) for score, (memory, row) in pairs if score > 0)
    return [Ranked(memory, -score, row) for score, memory, row in found]


def one_place_each(ranked: Sequence[Ranked], scene: Scene) -> list[Ranked]:
    """A fact and the memory it was drawn from say one thing: the better one stands for both."""
    kin = scene.kin
    if not kin:
        return list(ranked)
    taken: set[MemoryId] = set()
    kept: list[Ranked] = []
    for each in ranked:
        if each.memory in taken:
            continue
        free = tuple(memory for memory in kin.get(each.memory, ()) if memory not in taken)
        taken.update(free)
        kept.append(each._replace(stands_for=free) if free else each)
    return kept
