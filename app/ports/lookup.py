"""Looking up by ids: as many answers as ids, in their order."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

K_contra = TypeVar("K_contra", contravariant=True)
T_co = TypeVar("T_co", covariant=True)


class Lookup(Protocol[K_contra, T_co]):
    async def get_many(self, ids: Sequence[K_contra]) -> Sequence[T_co | None]: ...
