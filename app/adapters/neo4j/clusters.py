"""Clusters, as a reader sees them and as a unit of work changes them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.server import Found
from app.adapters.neo4j.statements import statements
from app.adapters.records.clusters import by_id, centre_of, centre_values, cluster_of, member_of
from app.domain import errors
from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, MemoryId, ProjectId, UserId
from app.domain.query import Page, Window
from app.ports.clusters import Centre, Member

CYPHER: Final = statements("clusters")

_CLUSTERS: Final = Listing(
    CYPHER["clusters_page"], cluster_of, "c.updated_at", "c.id", descending=True, lead="c.tenant, c.project"
)


class Clusters:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[ClusterId]) -> list[Cluster | None]:
        return await by_ids(self._block, CYPHER["clusters_by_ids"], ids, cluster_of)

    async def page(self, window: Window, *, project: ProjectId, user: UserId | None, least: int) -> Page[Cluster]:
        return await paged(self._block, _CLUSTERS, window, {"project": project, "user": user, "least": least})

    async def sizes(self, ids: Sequence[ClusterId]) -> list[int]:
        found = await by_ids(self._block, CYPHER["sizes"], ids, _number)
        return [number or 0 for number in found]

    async def of_memories(self, ids: Sequence[MemoryId]) -> list[ClusterId | None]:
        return await by_ids(self._block, CYPHER["clusters_of"], ids, _cluster)

    async def centres(self, *, project: ProjectId, user: UserId | None) -> list[Centre]:
        asked = {"project": project, "owner": user or ""}
        return [centre_of(row) for row in await self._block.rows(CYPHER["centres"], asked)]

    async def members(self, *, project: ProjectId, user: UserId | None, limit: int) -> list[Member]:
        asked = {"project": project, "owner": user or "", "limit": limit}
        return by_id(map(member_of, await self._block.rows(CYPHER["members"], asked)))

    async def candidates(self, ids: Sequence[MemoryId]) -> list[Member]:
        rows = await self._block.rows(CYPHER["candidates"], {"ids": sorted(set(ids))})
        return by_id(map(member_of, rows))

    async def members_of(self, ids: Sequence[ClusterId], *, limit: int) -> list[Member]:
        asked = {"ids": sorted(set(ids)), "limit": limit}
        return by_id(map(member_of, await self._block.rows(CYPHER["members_of"], asked)))


class ClusterWrites(Clusters):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit = block

    async def put_many(self, centres: Sequence[Centre]) -> None:
        for centre in centres:
            self._unit.demand(project=centre.cluster.project, user=centre.cluster.user)
        asked = {"clusters": [_values(centre) for centre in centres]}
        if centres and (await self._unit.change(CYPHER["clusters_put"], asked)).get("written") != len(centres):
            raise errors.NotFound

    async def place_many(self, places: Mapping[MemoryId, ClusterId | None]) -> None:
        rows = [{"memory": memory, "cluster": places[memory]} for memory in sorted(places)]
        left = await self._unit.change(CYPHER["places_put"], {"places": rows})
        await empty_clusters(self._unit, left.get("ids", []))

    async def remove(self, ids: Sequence[ClusterId]) -> None:
        await self._unit.change(CYPHER["clusters_drop"], {"ids": sorted(set(ids))})


async def clusters_of(unit: WriteBlock, memories: Sequence[str]) -> list[str]:
    """The clusters that these memories are in."""
    rows = await unit.rows(CYPHER["clusters_of"], {"ids": list(memories)})
    return sorted({row["cluster"] for row in rows})


async def empty_clusters(unit: WriteBlock, ids: Sequence[str]) -> None:
    """Takes out of clusters what came from members that have gone; those without any go themselves."""
    if ids:
        await unit.change(CYPHER["clusters_empty"], {"ids": sorted(ids)})


def _values(centre: Centre) -> dict[str, Any]:
    return {**centre_values(centre), "owner": centre.cluster.user or ""}


def _number(row: Found) -> int:
    number: int = row["number"]
    return number


def _cluster(row: Found) -> ClusterId:
    return ClusterId(row["cluster"])
