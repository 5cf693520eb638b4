"""Recipes: which signals rank, with which weights. A recipe is data; a signal is one step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Signal(StrEnum):
    """What speaks for a memory; each gives values of 0..1, and says nothing where the data lack it."""

    WORDS = "words"
    MEANING = "meaning"
    GRAPH = "graph"
    SESSION = "session"
    WHO = "who"
    DATE = "date"
    ANSWER = "answer"
    PREVIOUS = "previous"
    SUBSTANCE = "substance"
    WHEN = "when"
    TELLS = "tells"
    OUTDATED = "outdated"
    TOKENS = "tokens"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Recipe:
    """`weights` of the signals; a negative one speaks against a memory.

    Each source contributes at most `depth` candidates, `reach` turns before and after each join them, and the
    best `rescored` of all are compared token by token. Feedback decides `heeded` of a score at most: it can
    neither bring in what nothing else speaks for, nor keep out what something does.
    """

    name: str
    weights: Mapping[Signal, float]
    depth: int = 100
    reach: int = 2
    rescored: int = 64
    heeded: float = 0.2

    @property
    def shares(self) -> dict[Signal, float]:
        """Each signal's part in a score, so that the parts that speak for a memory add up to 1."""
        whole = sum(weight for weight in self.weights.values() if weight > 0)
        return {signal: weight / whole for signal, weight in self.weights.items()}

    def of(self, signals: Collection[Signal]) -> "Recipe":
        """The recipe without the signals that have nothing to say here."""
        return replace(self, weights={s: weight for s, weight in self.weights.items() if s in signals})


HYBRID = Recipe(
    "hybrid",
    {
        Signal.WORDS: 1.0,
        Signal.MEANING: 0.9,
        Signal.TOKENS: 1.7,
        Signal.SESSION: 0.8,
        Signal.WHO: 0.3,
        Signal.DATE: 0.8,
        Signal.ANSWER: 0.5,
        Signal.PREVIOUS: -0.4,
        Signal.SUBSTANCE: 0.6,
        Signal.WHEN: 0.24,
        Signal.GRAPH: 0.15,
        Signal.TELLS: 0.8,
        Signal.OUTDATED: -0.8,
    },
)
"""Chosen on the development half of LoCoMo one conversation left out at a time, see decision 0015."""

WITHOUT_TOKENS = Recipe(
    "hybrid",
    {
        Signal.WORDS: 1.9,
        Signal.MEANING: 1.3,
        Signal.SESSION: 0.8,
        Signal.WHO: 0.25,
        Signal.DATE: 0.8,
        Signal.ANSWER: 0.3,
        Signal.SUBSTANCE: 0.75,
        Signal.WHEN: 0.24,
        Signal.GRAPH: 0.15,
        Signal.TELLS: 0.8,
        Signal.OUTDATED: -0.8,
    },
)
"""For where no token vectors are."""

SEMANTIC = Recipe("semantic", {Signal.MEANING: 1.0}, depth=200, reach=0)
KEYWORD = Recipe("keyword", {Signal.WORDS: 1.0}, depth=200, reach=0)
