"""Explore: lists and walks over what is remembered."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from app.domain import errors
from app.domain.account import Project
from app.domain.graph import MAX_DEPTH, MAX_PATHS, EdgeKind, Entity, EntityType, GraphPath
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import LabelCount, Memory, MemoryVersion
from app.domain.people import Agent, Session, User
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.ports.store import Reader, Store
from app.services.inputs import EntityWhere, Route, Slice, Sort, Walk, Where
from app.services.paging import Binding, listing, window_of
from app.services.references import filter_of, find_project, find_users, project_of
from app.services.results import Counted, Labelled, Listing, Neighborhood, Reached

MAX_NODES = 500
MAX_PATH_EDGES = 8
MAX_OFFSET = 10_000_000
MAX_COUNTED = 1_000
NEWEST = Sort()

K = TypeVar("K", bound=str)


class Explore:
    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def memories(self, principal: Principal, *, where: Where, sort: Sort, page: Slice) -> Listing[Memory]:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            filter_ = await filter_of(reader, principal, where)
            binding = Binding(principal, "memories", filter_, sort)
            window = window_of(page, binding)
            rows = await reader.memories.page(window, where=filter_, order=sort.by, descending=sort.descending)
        return listing(rows, page, binding)

    async def counted(
        self, principal: Principal, *, where: Where, sort: Sort = NEWEST, offset: int = 0, limit: int = 100
    ) -> Counted[Memory]:
        """Memories by their place in the list, for readers that count pages: `offset` >= 0, `limit` 0..1,000."""
        require(principal, Permission.MEMORY_READ)
        if not 0 <= offset <= MAX_OFFSET:
            raise errors.invalid("offset", f"must be between 0 and {MAX_OFFSET}", "out_of_range")
        if not 0 <= limit <= MAX_COUNTED:
            raise errors.invalid("limit", f"must be between 0 and {MAX_COUNTED}", "out_of_range")
        window = Window(limit=max(limit, 1), skip=offset)
        async with self._store.read(principal) as reader:
            filter_ = await filter_of(reader, principal, where)
            total = await reader.memories.count(filter_)
            rows = await reader.memories.page(window, where=filter_, order=sort.by, descending=sort.descending)
        return Counted(items=tuple(row.item for row in rows.rows)[:limit], total=total)

    async def by_ids(self, principal: Principal, *, ids: Sequence[MemoryId]) -> list[Memory | None]:
        """Living memories, in the order of the ids; None for what is absent, forgotten, expired or invisible."""
        require(principal, Permission.MEMORY_READ)
        if not ids:
            return []
        where = MemoryFilter(ids=tuple(dict.fromkeys(ids)))
        async with self._store.read(principal) as reader:
            page = await reader.memories.page(
                Window(limit=len(where.ids)), where=where, order=MemoryOrder.CREATED_AT, descending=False
            )
        found = {row.item.id: row.item for row in page.rows}
        return [found.get(id_) for id_ in ids]

    async def labelled(self, principal: Principal, *, memories: Sequence[Memory]) -> list[Labelled]:
        """Each with what its people are called and how often it was shown, in the order given."""
        require(principal, Permission.MEMORY_READ)
        if not memories:
            return []
        async with self._store.read(principal) as reader:
            users = await _called(reader.users.get_many, [memory.user for memory in memories])
            agents = await _called(reader.agents.get_many, [memory.agent for memory in memories])
            sessions = await _called(reader.sessions.get_many, [memory.session for memory in memories])
            usage = await reader.memories.usage([memory.id for memory in memories])
        return [
            Labelled(
                memory=memory,
                user=users.get(memory.user) if memory.user else None,
                agent=agents.get(memory.agent) if memory.agent else None,
                session=sessions.get(memory.session) if memory.session else None,
                usage=used,
            )
            for memory, used in zip(memories, usage, strict=True)
        ]

    async def count_memories(self, principal: Principal, *, where: Where) -> int:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await reader.memories.count(await filter_of(reader, principal, where))

    async def labels(self, principal: Principal, *, where: Where) -> list[LabelCount]:
        """How many memories have each category, kind, tag and type: by label, the commonest first."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await reader.memories.labels(await filter_of(reader, principal, where))

    async def versions(self, principal: Principal, *, memory: MemoryId, page: Slice) -> Listing[MemoryVersion]:
        """Newest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "versions", memory)
        async with self._store.read(principal) as reader:
            rows = await reader.memories.versions(memory, window_of(page, binding))
        return listing(rows, page, binding)

    async def entities(self, principal: Principal, *, where: EntityWhere, page: Slice) -> Listing[Entity]:
        """By name."""
        require(principal, Permission.MEMORY_READ)
        types = [_entity_type(name) for name in where.types]
        async with self._store.read(principal) as reader:
            project = await _project_id(reader, principal, where.project)
            user = None
            if where.user is not None:
                scope = project or (await project_of(reader, principal, None)).id
                found = (await find_users(reader, scope, [where.user]))[0]
                if found is None:
                    return Listing(items=(), has_next=False, has_previous=False)
                user = found.id
            binding = Binding(principal, "entities", where)
            rows = await reader.entities.page(
                window_of(page, binding), project=project, user=user, types=types, name=where.name
            )
        return listing(rows, page, binding)

    async def users(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[User]:
        """Oldest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "users", project)
        async with self._store.read(principal) as reader:
            scope = await _project_id(reader, principal, project)
            rows = await reader.users.page(window_of(page, binding), project=scope)
        return listing(rows, page, binding)

    async def user(self, principal: Principal, *, project: str | None, external_id: str) -> User | None:
        """By our id or by the caller's own."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            scope = await project_of(reader, principal, project)
            return (await find_users(reader, scope.id, [external_id]))[0]

    async def agents(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[Agent]:
        """Oldest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "agents", project)
        async with self._store.read(principal) as reader:
            scope = await _project_id(reader, principal, project)
            rows = await reader.agents.page(window_of(page, binding), project=scope)
        return listing(rows, page, binding)

    async def sessions(
        self, principal: Principal, *, project: str | None, user: str | None, page: Slice
    ) -> Listing[Session]:
        """Oldest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "sessions", project, user)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            if user is None:
                scope = await _project_id(reader, principal, project)
                rows = await reader.sessions.page(window, project=scope, user=None)
            else:
                named = await project_of(reader, principal, project)
                found = (await find_users(reader, named.id, [user]))[0]
                if found is None:
                    return Listing(items=(), has_next=False, has_previous=False)
                rows = await reader.sessions.page(window, project=named.id, user=found.id)
        return listing(rows, page, binding)

    async def projects(self, principal: Principal, *, page: Slice) -> Listing[Project]:
        """Oldest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "projects")
        async with self._store.read(principal) as reader:
            rows = await reader.projects.page(window_of(page, binding))
        return listing(rows, page, binding)

    async def project(self, principal: Principal, *, ref: str) -> Project | None:
        """By id or slug."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await find_project(reader, ref)

    async def neighborhood(self, principal: Principal, *, walk: Walk) -> Neighborhood:
        """Raises NotFound when the start is absent or invisible."""
        require(principal, Permission.MEMORY_READ)
        within("depth", walk.depth, MAX_DEPTH)
        within("limit", walk.limit, MAX_NODES)
        kinds = tuple(edge_kind(name) for name in walk.kinds) or tuple(EdgeKind)
        async with self._store.read(principal) as reader:
            found = await reader.graph.neighborhood(walk.start, depth=walk.depth, kinds=kinds, limit=walk.limit)
        if found is None:
            raise errors.NotFound("there is no such memory, entity or user to start from")
        nodes = tuple(Reached(*node) for node in found.nodes)
        return Neighborhood(start=walk.start, nodes=nodes, edges=found.edges, truncated=found.truncated)

    async def paths(self, principal: Principal, *, route: Route) -> list[GraphPath]:
        """Shortest first; empty when there is no path."""
        require(principal, Permission.MEMORY_READ)
        within("count", route.count, MAX_PATHS)
        within("depth", route.depth, MAX_PATH_EDGES)
        async with self._store.read(principal) as reader:
            return await reader.graph.paths(route.start, route.end, count=route.count, depth=route.depth)


async def _project_id(reader: Reader, principal: Principal, ref: str | None) -> ProjectId | None:
    """None is every project that the principal sees."""
    return None if ref is None else (await project_of(reader, principal, ref)).id


def within(field: str, value: int, top: int) -> None:
    if not 1 <= value <= top:
        raise errors.invalid(field, f"must be between 1 and {top}", "out_of_range")


def _entity_type(name: str) -> EntityType:
    try:
        return EntityType(name.upper())
    except ValueError:
        raise errors.invalid("types", f"{name!r} is not an entity type", "unknown") from None


def edge_kind(name: str) -> EdgeKind:
    try:
        return EdgeKind(name.lower())
    except ValueError:
        raise errors.invalid("kinds", f"{name!r} is not a kind of edge", "unknown") from None


class _Named(Protocol):
    @property
    def external_id(self) -> str: ...


async def _called(
    lookup: Callable[[Sequence[K]], Awaitable[Sequence[_Named | None]]], ids: Sequence[K | None]
) -> dict[K, str]:
    """What the caller calls them."""
    wanted = list(dict.fromkeys(id_ for id_ in ids if id_ is not None))
    found = await lookup(wanted) if wanted else []
    return {id_: named.external_id for id_, named in zip(wanted, found, strict=True) if named}
