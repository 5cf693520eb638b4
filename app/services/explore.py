"""Explore: lists and walks over what is remembered."""

from app.domain.account import Project
from app.domain.graph import Entity, GraphPath
from app.domain.ids import MemoryId
from app.domain.memory import Memory, MemoryVersion
from app.domain.people import Agent, Session, User
from app.domain.principal import Principal
from app.services.inputs import EntityWhere, Route, Slice, Sort, Walk, Where
from app.services.results import Listing, Neighborhood


class Explore:
    async def memories(self, principal: Principal, *, where: Where, sort: Sort, page: Slice) -> Listing[Memory]:
        raise NotImplementedError

    async def count_memories(self, principal: Principal, *, where: Where) -> int:
        raise NotImplementedError

    async def versions(self, principal: Principal, *, memory: MemoryId, page: Slice) -> Listing[MemoryVersion]:
        """Newest first."""
        raise NotImplementedError

    async def entities(self, principal: Principal, *, where: EntityWhere, page: Slice) -> Listing[Entity]:
        """By name."""
        raise NotImplementedError

    async def users(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[User]:
        raise NotImplementedError

    async def user(self, principal: Principal, *, project: str | None, external_id: str) -> User | None:
        raise NotImplementedError

    async def agents(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[Agent]:
        raise NotImplementedError

    async def sessions(
        self, principal: Principal, *, project: str | None, user: str | None, page: Slice
    ) -> Listing[Session]:
        raise NotImplementedError

    async def projects(self, principal: Principal, *, page: Slice) -> Listing[Project]:
        raise NotImplementedError

    async def project(self, principal: Principal, *, ref: str) -> Project | None:
        """By id or slug."""
        raise NotImplementedError

    async def neighborhood(self, principal: Principal, *, walk: Walk) -> Neighborhood:
        """Raises NotFound when the start is absent or invisible."""
        raise NotImplementedError

    async def paths(self, principal: Principal, *, route: Route) -> list[GraphPath]:
        """Shortest first; empty when there is no path."""
        raise NotImplementedError
