"""Exact nearest neighbours: cached matrices give candidates, the record confirms them within the filter."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.adapters.sqlite.filters import filtered
from app.adapters.sqlite.matrices import Keys, Matrices, Matrix, Space
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.vector_changes import EVERYBODY, NOBODY, Part
from app.domain.ids import MemoryId
from app.domain.query import MemoryFilter
from app.ports.models import Embedding, Vector
from app.ports.search import Candidate

SQL = statements("vectors")

SPARE: Final = 50
"""Candidates taken beyond the limit, since some will not pass the filter."""

Scores = NDArray[np.float32]


def nearest_memories(
    on: Scoped, matrices: Matrices, embedding: Embedding, where: MemoryFilter, limit: int
) -> list[Candidate]:
    vector = np.ascontiguousarray(embedding.vector, dtype=np.float32)
    parts = _parts(on, where)
    views = [_view(on, matrices, Space(part, embedding.model, vector.size)) for part in parts]
    if where.ids:
        return _nearest_of(_allowed(on, where), views, vector, limit)
    keys, scores = _scored(views, vector)
    keys_in_front, front = _front(keys, scores, 2 * limit + SPARE)
    confirmed = _confirmed(on, keys_in_front, where)
    if len(confirmed) >= limit or len(keys_in_front) == len(keys):
        return _best(keys_in_front, front, confirmed, limit)
    return _nearest_of(_allowed(on, where), views, vector, limit)


def _nearest_of(
    allowed: Mapping[int, MemoryId], views: Sequence[tuple[Keys, Vector]], vector: Vector, limit: int
) -> list[Candidate]:
    """Scores no rows but these: they are few, or the filter left few."""
    wanted = np.fromiter(allowed, dtype=np.int64, count=len(allowed))
    rows = [(keys[inside], vectors[inside]) for keys, vectors in views if (inside := np.isin(keys, wanted)).any()]
    keys, scores = _scored(rows, vector)
    return _best(keys, scores, allowed, limit)


def _parts(on: Scoped, where: MemoryFilter) -> list[Part]:
    """The parts of the store in which the answer can be; each memory is in one of them."""
    end_user = on.principal.end_user
    users: Sequence[str]
    match where.users, end_user:
        case (), None:
            users = (EVERYBODY,)
        case (), _:
            users = (NOBODY, end_user or NOBODY)
        case wanted, None:
            users = tuple(dict.fromkeys(user or NOBODY for user in wanted))
        case wanted, _:
            users = tuple({user or NOBODY for user in wanted} & {end_user or NOBODY, NOBODY})
    projects = [row["project"] for row in on.rows(SQL["parts"], {"project": where.project})]
    return [Part(on.principal.tenant, project, user) for project in projects for user in users]


def _view(on: Scoped, matrices: Matrices, space: Space) -> tuple[Keys, Vector]:
    named: Parameters = {"project": space.part.project, "user": space.part.user}
    row = on.row(SQL["part_version"], named)
    version = row["version"] if row else 0
    view = matrices.get(space, version=version)
    if view is None:
        matrix = _loaded(on, space, version)
        matrices.keep(space, matrix)
        view = matrix.view()
    return view


def _loaded(on: Scoped, space: Space, version: int) -> Matrix:
    statement = SQL["part_vectors" if space.part.user == EVERYBODY else "part_vectors_of_user"]
    asked: Parameters = {
        "project": space.part.project,
        "user": space.part.user,
        "model": space.model,
        "dimension": space.dimension,
    }
    keys: list[int] = []
    data = bytearray()
    for key, vector in on.each(statement, asked):
        keys.append(key)
        data += vector
    vectors = np.frombuffer(data, dtype="<f4").reshape(len(keys), space.dimension)
    return Matrix(np.array(keys, dtype=np.int64), vectors, version=version)


def _scored(views: Sequence[tuple[Keys, Vector]], vector: Vector) -> tuple[Keys, Scores]:
    scored = [(keys, vectors @ vector) for keys, vectors in views if len(keys)]
    if not scored:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    keys, scores = scored[0] if len(scored) == 1 else map(np.concatenate, zip(*scored, strict=True))
    present = keys > 0
    return (keys, scores) if present.all() else (keys[present], scores[present])


def _front(keys: Keys, scores: Scores, size: int) -> tuple[Keys, Scores]:
    """The best `size` and whatever equals the last of them."""
    if len(keys) <= size:
        return keys, scores
    least = np.partition(scores, len(scores) - size)[len(scores) - size]
    front = scores >= least
    return keys[front], scores[front]


def _confirmed(on: Scoped, keys: Keys, where: MemoryFilter) -> dict[int, MemoryId]:
    conditions, parameters = filtered(where)
    statement = SQL["candidates_confirm"].replace("{where}", conditions)
    return {row[0]: row[1] for row in on.rows(statement, {**parameters, "keys": listed(keys.tolist())})}


def _allowed(on: Scoped, where: MemoryFilter) -> dict[int, MemoryId]:
    conditions, parameters = filtered(where)
    return {row[0]: row[1] for row in on.rows(SQL["candidates_allowed"].replace("{where}", conditions), parameters)}


def _best(keys: Keys, scores: Scores, ids: Mapping[int, MemoryId], limit: int) -> list[Candidate]:
    found = [(-score, ids[key]) for key, score in zip(keys.tolist(), scores.tolist(), strict=True) if key in ids]
    return [Candidate(memory, min(1.0, max(-1.0, -score))) for score, memory in heapq.nsmallest(limit, found)]
