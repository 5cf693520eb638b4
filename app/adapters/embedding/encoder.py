"""The loaded model: from text to vectors, by way of the states of its tokens."""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from app.adapters.embedding.token_vectors import token_vectors
from app.adapters.embedding.weights import MODEL
from app.ports.models import Embedding, Passage, Vector

_CONTEXT = 250  # tokens of a passage with what comes before it
_QUOTES = "\u2018\u2019\u201c\u201d\u2026"


class Engine(Protocol):
    """The network: token ids of one text to a state for each token. Called from several threads at once."""

    @property
    def name(self) -> str: ...

    def token_states(self, ids: Sequence[int]) -> Vector:
        """The last layer's states, float32, shape (len(ids), DIMENSION), not normalised."""
        ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded model: text to token ids, token ids to states."""

    tokenize: Callable[[str], list[int]]
    engine: Engine
    silent: dict[frozenset[str], frozenset[int]] = field(default_factory=dict)

    def vector(self, text: str) -> Vector:
        """The mean of the token states, of unit length, read-only."""
        return _unit_mean(self.engine.token_states(self.tokenize(text)))

    def plain(self, text: str) -> Embedding:
        return Embedding(MODEL, self.vector(text))

    def passage(self, passage: Passage) -> Embedding:
        """The mean of the text's own token states, read after what comes before it, and those states made small."""
        first, *own, last = self.tokenize(passage.text)
        if not passage.before:
            states = self.engine.token_states([first, *own, last])
            return Embedding(MODEL, _unit_mean(states), token_vectors(states[1:-1]))
        own = own[: _CONTEXT - 2]
        before = [id_ for text in passage.before for id_ in self.tokenize(text)[1:-1]]
        before = before[max(0, len(before) - (_CONTEXT - 2 - len(own))) :]
        states = self.engine.token_states([first, *before, *own, last])
        mine = states[1 + len(before) : -1]
        return Embedding(MODEL, _unit_mean(mine if own else states), token_vectors(mine))

    def question(self, text: str, without: frozenset[str]) -> Embedding:
        """The vector, and the token states that tell something; all of them when none does."""
        ids = self.tokenize(text)
        states = self.engine.token_states(ids)
        silent = self._silent(without)
        telling = [place for place, id_ in enumerate(ids) if id_ not in silent]
        return Embedding(MODEL, _unit_mean(states), token_vectors(states[telling] if telling else states[1:-1]))

    def _silent(self, words: frozenset[str]) -> frozenset[int]:
        """The ids of these words as far as each is one token, of punctuation and of the special tokens."""
        if words not in self.silent:
            tokens = [self.tokenize(word) for word in (*words, *string.punctuation, *_QUOTES)]
            first, *_, last = self.tokenize("a")
            self.silent[words] = frozenset({first, last, *(ids[1] for ids in tokens if len(ids) == 3)})
        return self.silent[words]


def _unit_mean(states: Vector) -> Vector:
    mean = states.mean(axis=0)
    unit: Vector = mean / np.linalg.norm(mean)
    unit.flags.writeable = False
    return unit
