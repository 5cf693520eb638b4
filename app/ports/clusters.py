"""Clusters in the record. They follow the memories: erasing one takes its traces out of its cluster as well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, EntityId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window
from app.ports.models import Embedding, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A cluster with the sum of its memories' unit vectors, by one model.

    `total` is None after a memory left it or was erased: name, terms and sum are then to be made anew from its members.
    """

    cluster: Cluster
    model: str
    total: Vector | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What grouping has to know of a memory. `cluster` is where it stands now, if anywhere."""

    memory: MemoryId
    cluster: ClusterId | None
    text: str
    embedding: Embedding
    entities: tuple[EntityId, ...]


class ClusterReader(Protocol):
    async def get_many(self, ids: Sequence[ClusterId]) -> Sequence[Cluster | None]: ...

    async def page(self, window: Window, *, project: ProjectId, user: UserId | None, least: int) -> Page[Cluster]:
        """Those with at least `least` living visible memories, the last changed first; `user` None is every user."""
        ...

    async def sizes(self, ids: Sequence[ClusterId]) -> list[int]:
        """How many living visible memories each has; 0 for what is absent or invisible."""
        ...

    async def of_memories(self, ids: Sequence[MemoryId]) -> list[ClusterId | None]:
        """For each memory the cluster that it is in."""
        ...

    async def centres(self, *, project: ProjectId, user: UserId | None) -> list[Centre]:
        """All of just this user, or of nobody; oldest first."""
        ...

    async def members(self, *, project: ProjectId, user: UserId | None, limit: int) -> list[Member]:
        """Living memories of just this user, or of nobody, that can stand in a cluster: the newest `limit`, by id.

        Those have a vector and were not skipped, and neither derive from another memory nor sum others up.
        """
        ...

    async def candidates(self, ids: Sequence[MemoryId]) -> list[Member]:
        """Those of these memories that can stand in a cluster, by id."""
        ...

    async def members_of(self, ids: Sequence[ClusterId], *, limit: int) -> list[Member]:
        """Living memories of these clusters that have a vector, by id: the newest `limit` of all together."""
        ...


class ClusterWriter(ClusterReader, Protocol):
    async def put_many(self, centres: Sequence[Centre]) -> None:
        """Inserts or replaces by id. Raises NotFound for what is out of sight."""
        ...

    async def place_many(self, places: Mapping[MemoryId, ClusterId | None]) -> None:
        """Puts memories into clusters, or out of all. Absent and invisible ones are passed over.

        A cluster that one of them leaves loses what it had from its members; without any it is removed.
        """
        ...

    async def remove(self, ids: Sequence[ClusterId]) -> None:
        """Removes clusters; their memories are then in none."""
        ...
