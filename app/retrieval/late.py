"""Late interaction: a question is compared with a memory token by token, neighbours' tokens counting nearly as much."""

import numpy as np

from app.ports.models import TokenTable, TokenVectors
from app.retrieval.scene import Rows, Scene, Values

NEIGHBOURS = {-1: 0.9, 1: 0.8, -2: 0.7, 2: 0.6}
_FULL = 127.0 * 127.0
_PIECE = 512
"""Tokens a product: small enough that no threads are woken for it, which on a busy machine takes longer than the work."""


def best_tokens(question: TokenVectors, memories: TokenTable) -> Values:
    """For each memory a row: the cosine of each of the question's tokens with the memory's nearest one."""
    asked = question.astype(np.float32) / np.float32(_FULL)
    cosines = np.empty((len(asked), len(memories.vectors)), dtype=np.float32)
    for start in range(0, len(memories.vectors), _PIECE):
        piece = memories.vectors[start : start + _PIECE].astype(np.float32)
        np.matmul(asked, piece.T, out=cosines[:, start : start + _PIECE])
    starts = np.cumsum((0, *memories.counts[:-1]))
    best: Values = np.maximum.reduceat(cosines, starts, axis=1).T
    return best


def interaction(question: TokenVectors, memories: TokenTable, scene: Scene) -> tuple[Values, Rows]:
    """The mean over the question's tokens, and the rows that have it; the neighbours lend theirs."""
    values = np.zeros(len(scene), dtype=np.float32)
    known = np.array([scene.rows[memory] for memory in memories.memories], dtype=np.intp)
    if not len(known) or not len(question):
        return values, known[:0]
    own = np.full((len(scene), len(question)), -1, dtype=np.float32)
    own[known] = best_tokens(question, memories)
    lent = own.copy()
    for step, part in NEIGHBOURS.items():
        if step in scene.steps:
            turns, hearers = scene.steps[step]
            lent[hearers] = np.maximum(lent[hearers], np.float32(part) * own[turns])
    values[known] = np.clip(lent[known].mean(axis=1), 0, 1)
    return values, known
