"""Late interaction: a question is compared with a memory token by token, neighbours' tokens counting nearly as much."""

from collections.abc import Mapping

import numpy as np

from app.ports.models import TokenVectors
from app.retrieval.scene import Rows, Scene, Values

NEIGHBOURS = {-1: 0.9, 1: 0.8, -2: 0.7, 2: 0.6}
_FULL = 127.0 * 127.0
_PIECE = 512
"""Tokens a product: small enough that no threads are woken for it, which on a busy machine takes longer than the work."""


def best_tokens(question: TokenVectors, memories: Mapping[int, TokenVectors]) -> dict[int, Values]:
    """For each row that has some, the cosine of each of the question's tokens with the memory's nearest one."""
    rows = [row for row, tokens in memories.items() if len(tokens)]
    if not rows or not len(question):
        return {}
    stacked = np.concatenate([memories[row] for row in rows]).astype(np.float32)
    starts = np.cumsum([0, *(len(memories[row]) for row in rows[:-1])])
    asked = question.astype(np.float32) / np.float32(_FULL)
    cosines = np.empty((len(asked), len(stacked)), dtype=np.float32)
    for start in range(0, len(stacked), _PIECE):
        np.matmul(asked, stacked[start : start + _PIECE].T, out=cosines[:, start : start + _PIECE])
    best: Values = np.maximum.reduceat(cosines, starts, axis=1).T
    return dict(zip(rows, best, strict=True))


def interaction(question: TokenVectors, memories: Mapping[int, TokenVectors], scene: Scene) -> tuple[Values, Rows]:
    """The mean over the question's tokens, and the rows that have it; the neighbours lend theirs."""
    best = best_tokens(question, memories)
    values = np.zeros(len(scene), dtype=np.float32)
    if not best:
        return values, np.zeros(0, dtype=np.intp)
    own = np.full((len(scene), len(question)), -1, dtype=np.float32)
    for row, cosines in best.items():
        own[row] = cosines
    lent = own.copy()
    for step, part in NEIGHBOURS.items():
        if step in scene.steps:
            turns, hearers = scene.steps[step]
            lent[hearers] = np.maximum(lent[hearers], np.float32(part) * own[turns])
    known = np.array(sorted(best), dtype=np.intp)
    values[known] = np.clip(lent[known].mean(axis=1), 0, 1)
    return values, known
