"""The model's forward pass in numpy: no compiled runtime, float32, weights mapped from the package's file."""

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from threading import Lock

import numpy as np

from app.adapters.embedding.weights import DIMENSION, EPSILON, HEADS, LAYERS, read_weights
from app.ports.models import Vector

_SCALE = 1 / sqrt(DIMENSION // HEADS)


class NumpyMiniLm:
    name = "numpy-fp32"

    def __init__(self, weights: Mapping[str, Vector]) -> None:
        self._weights = weights
        self._turn = Lock()  # the matrix products have threads of their own: two texts at once fight over the cores

    def token_states(self, ids: Sequence[int]) -> Vector:
        """The last layer's state of each token, shape (tokens, DIMENSION). Safe in threads, one at a time."""
        with self._turn:
            return self._forward(ids)

    def _forward(self, ids: Sequence[int]) -> Vector:
        weights = self._weights
        states = (
            weights["embeddings.word_embeddings.weight"][np.asarray(ids)]
            + weights["embeddings.position_embeddings.weight"][: len(ids)]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        states = self._normal(states, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            states = self._layer(states, f"encoder.layer.{layer}.")
        return states

    def _layer(self, states: Vector, at: str) -> Vector:
        query, key, value = (
            self._linear(states, f"{at}attention.self.{part}").reshape(len(states), HEADS, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        attention = _softmax(query @ key.swapaxes(1, 2) * np.float32(_SCALE))
        context = (attention @ value).swapaxes(0, 1).reshape(states.shape)
        states = self._normal(
            states + self._linear(context, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(states, f"{at}intermediate.dense"))
        return self._normal(states + self._linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _linear(self, states: Vector, name: str) -> Vector:
        # Weights on the left as they lie in the file: a third faster on short texts than states @ weights.T.
        product: Vector = (self._weights[f"{name}.weight"] @ states.T).T
        return product + self._weights[f"{name}.bias"]

    def _normal(self, states: Vector, name: str) -> Vector:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        scaled: Vector = centred / spread * self._weights[f"{name}.weight"]
        return scaled + self._weights[f"{name}.bias"]


def _softmax(scores: Vector) -> Vector:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    share: Vector = powers / powers.sum(axis=-1, keepdims=True)
    return share


def _gelu(x: Vector) -> Vector:
    """x times the normal distribution up to x; its error function by Abramowitz and Stegun 7.1.26 (1.5e-7)."""
    size = np.abs(x) * np.float32(1 / sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    slope = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail: Vector = slope * np.exp(-size * size)
    return np.where(x < 0, x * tail, x * (2 - tail)) * np.float32(0.5)


def open_numpy(folder: Path) -> NumpyMiniLm:
    return NumpyMiniLm(read_weights(folder))
