"""Clusters, as a reader sees them and as a unit of work changes them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from app.adapters.records.clusters import by_id, centre_of, centre_values, cluster_of, member_of
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window
from app.ports.clusters import Centre, Member

SQL: Final = statements("clusters")

_CLUSTERS: Final = Listing(SQL["clusters_page"], cluster_of, "c.updated_at", "c.id", descending=True)


class Clusters:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[ClusterId]) -> list[Cluster | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["clusters_by_ids"], ids, cluster_of))

    async def page(self, window: Window, *, project: ProjectId, user: UserId | None, least: int) -> Page[Cluster]:
        asked: Parameters = {"project": project, "user": user, "least": least}
        return await self._block.run(lambda on: paged(on, _CLUSTERS, window, asked))

    async def sizes(self, ids: Sequence[ClusterId]) -> list[int]:
        found = await self._block.run(lambda on: by_ids(on, SQL["sizes"], ids, _number))
        return [number or 0 for number in found]

    async def of_memories(self, ids: Sequence[MemoryId]) -> list[ClusterId | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["clusters_of"], ids, _cluster))

    async def centres(self, *, project: ProjectId, user: UserId | None) -> list[Centre]:
        asked: Parameters = {"project": project, "user": user}
        return await self._block.run(lambda on: [centre_of(row) for row in on.rows(SQL["centres"], asked)])

    async def members(self, *, project: ProjectId, user: UserId | None, limit: int) -> list[Member]:
        asked: Parameters = {"project": project, "user": user, "limit": limit}
        return await self._block.run(lambda on: by_id(map(member_of, on.rows(SQL["members"], asked))))

    async def candidates(self, ids: Sequence[MemoryId]) -> list[Member]:
        asked: Parameters = {"ids": listed(ids)}
        return await self._block.run(lambda on: by_id(map(member_of, on.rows(SQL["candidates"], asked))))

    async def members_of(self, ids: Sequence[ClusterId], *, limit: int) -> list[Member]:
        asked: Parameters = {"ids": listed(ids), "limit": limit}
        return await self._block.run(lambda on: by_id(map(member_of, on.rows(SQL["members_of"], asked))))


class ClusterWrites(Clusters):
    async def put_many(self, centres: Sequence[Centre]) -> None:
        await self._block.run(lambda on: _put(on, centres))

    async def place_many(self, places: Mapping[MemoryId, ClusterId | None]) -> None:
        await self._block.run(lambda on: _place(on, places))

    async def remove(self, ids: Sequence[ClusterId]) -> None:
        def drop(on: Scoped) -> None:
            on.change(SQL["memberships_drop"], {"ids": listed(ids)})
            on.change(SQL["clusters_drop"], {"ids": listed(ids)})

        await self._block.run(drop)


def _put(on: Scoped, centres: Sequence[Centre]) -> None:
    for row in on.rows(SQL["clusters_present"], {"ids": listed(centre.cluster.id for centre in centres)}):
        on.demand(project=row["project"], user=row["user"])
    for centre in centres:
        on.demand(project=centre.cluster.project, user=centre.cluster.user)
    on.change_each(SQL["cluster_put"], [centre_values(centre) for centre in centres])


def _place(on: Scoped, places: Mapping[MemoryId, ClusterId | None]) -> None:
    asked: Parameters = {"places": json.dumps(places)}
    left = listed(row["id"] for row in on.rows(SQL["left"], asked))
    on.change(SQL["places_leave"], asked)
    on.change(SQL["places_take"], asked)
    empty(on, left)


def clusters_of(on: Scoped, memories: Sequence[str]) -> str:
    """The clusters that these memories are in, as a list for `empty`."""
    rows = on.rows(SQL["clusters_of"], {"ids": listed(memories)})
    return listed(sorted({row["cluster"] for row in rows}))


def empty(on: Scoped, clusters: str) -> None:
    """Takes out of clusters what came from members that have gone; those without any go themselves."""
    on.change(SQL["clusters_empty"], {"ids": clusters})
    on.change(SQL["clusters_drop_bare"], {"ids": clusters})


def _number(row: sqlite3.Row) -> int:
    number: int = row["number"]
    return number


def _cluster(row: sqlite3.Row) -> ClusterId:
    return ClusterId(row["cluster"])
