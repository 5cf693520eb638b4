"""Vectors of one part of the store as a matrix, kept in memory, the least recently used leaving first."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.adapters.sqlite.vector_changes import NewVector, Part, PartChanges, VectorChanges
from app.ports.models import Vector

Keys = NDArray[np.int64]

SPARE = 64
"""Rows kept free at least, so that most additions need no copy."""


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors that may be compared with each other, of one part."""

    part: Part
    model: str
    dimension: int


class Matrix:
    """Rows of float32 with the keys of their memories. Rows are only ever added; a removed one gets the key 0.

    So whoever took a view may go on reading it while another thread adds.
    """

    def __init__(self, keys: Keys, vectors: Vector, *, version: int) -> None:
        self.version = version
        self._keys = keys
        self._vectors = vectors
        self._size = len(keys)

    @property
    def bytes(self) -> int:
        return self._vectors.nbytes + self._keys.nbytes

    def view(self) -> tuple[Keys, Vector]:
        return self._keys[: self._size], self._vectors[: self._size]

    def follow(self, changes: PartChanges, added: list[NewVector]) -> None:
        if changes.removed:
            self._keys[np.isin(self._keys, list(changes.removed))] = 0
        end = self._size + len(added)
        if end > len(self._keys):
            self._grow(end)
        for row, new in enumerate(added, start=self._size):
            self._vectors[row] = new.vector
            self._keys[row] = new.key
        self._size = end
        self.version = changes.version

    def _grow(self, least: int) -> None:
        room = least + max(SPARE, least // 8)
        keys = np.zeros(room, dtype=np.int64)
        vectors = np.empty((room, self._vectors.shape[1]), dtype=np.float32)
        keys[: self._size] = self._keys[: self._size]
        vectors[: self._size] = self._vectors[: self._size]
        self._keys, self._vectors = keys, vectors


class Matrices:
    """Safe from any thread."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Space, Matrix] = OrderedDict()
        self._spaces: dict[Part, set[Space]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, space: Space, *, version: int) -> tuple[Keys, Vector] | None:
        """The matrix, unless it is older than that version. A newer one has all that the older had but what was removed."""
        with self._lock:
            matrix = self._kept.get(space)
            if matrix is None or matrix.version < version:
                return None
            self._kept.move_to_end(space)
            return matrix.view()

    def keep(self, space: Space, matrix: Matrix) -> None:
        with self._lock:
            self._drop(space)
            self._kept[space] = matrix
            self._spaces.setdefault(space.part, set()).add(space)
            self._bytes += matrix.bytes
            self._shrink()

    def follow(self, changes: VectorChanges) -> None:
        """Brings the kept matrices to what a commit has made of their parts, or drops those that missed one."""
        if not changes.parts:
            return
        with self._lock:
            for part, change in changes.parts.items():
                for space in tuple(self._spaces.get(part, ())):
                    self._follow(space, change)
            self._shrink()

    def _follow(self, space: Space, change: PartChanges) -> None:
        matrix = self._kept[space]
        if matrix.version != change.version - 1:
            self._drop(space)
            return
        before = matrix.bytes
        added = [
            new for new in change.added.values() if new.model == space.model and new.vector.shape == (space.dimension,)
        ]
        matrix.follow(change, added)
        self._bytes += matrix.bytes - before

    def _shrink(self) -> None:
        while self._bytes > self._limit and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, space: Space) -> None:
        matrix = self._kept.pop(space, None)
        if matrix:
            self._bytes -= matrix.bytes
            spaces = self._spaces[space.part]
            spaces.discard(space)
            if not spaces:
                del self._spaces[space.part]
