"""Recipes: which signals rank, with which weights. A recipe is data; a signal is one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What speaks for a memory; each gives values of 0..1."""

    WORDS = "words"
    MEANING = "meaning"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Recipe:
    """`weights` of the signals, and how many candidates each source contributes at the most."""

    name: str
    weights: Mapping[Signal, float]
    depth: int = 200

    def share(self, signal: Signal) -> float:
        """The signal's part in a score, so that all parts add up to 1."""
        return self.weights[signal] / sum(self.weights.values())


HYBRID = Recipe("hybrid", {Signal.WORDS: 1.0, Signal.MEANING: 1.3, Signal.GRAPH: 0.15})
SEMANTIC = Recipe("semantic", {Signal.MEANING: 1.0})
KEYWORD = Recipe("keyword", {Signal.WORDS: 1.0})
