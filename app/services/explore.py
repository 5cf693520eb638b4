"""Explore: lists and walks over what is remembered."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from app.domain import errors
from app.domain.account import Project
from app.domain.graph import MAX_DEPTH, MAX_PATHS, EdgeKind, Entity, EntityType, GraphPath
from app.domain.ids import AgentId, MemoryId, ProjectId, UserId
from app.domain.memory import Attached, Label, LabelCount, Memory, MemoryVersion, Usage
from app.domain.people import Agent, Session, User
from app.domain.principal import Permission, Principal, require
from app.domain.query import Facet, MemoryFilter, MemoryOrder, Tally, Window
from app.ports.store import Reader, Store
from app.services.attention import Attention
from app.services.inputs import EntityWhere, Route, Selection, Slice, Sort, Walk, Where
from app.services.paging import Binding, listing, window_of
from app.services.references import filter_of, find_project, find_users, project_of
from app.services.results import Counted, Crowd, Labelled, Listing, Neighborhood, Reached, Surroundings

MAX_NODES = 500
MAX_PATH_EDGES = 8
MAX_OFFSET = 10_000_000
MAX_COUNTED = 1_000
NEWEST = Sort()
EVERYTHING = MemoryFilter()

K = TypeVar("K", bound=str)


class Explore:
    def __init__(self, *, store: Store, attention: Attention) -> None:
        self._store, self._attention = store, attention

    async def memories(self, principal: Principal, *, where: Selection, sort: Sort, page: Slice) -> Listing[Memory]:
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
        _demand_place(offset, limit)
        async with self._store.read(principal) as reader:
            return await _counted(reader, await filter_of(reader, principal, where), sort, offset, limit)

    async def by_ids(self, principal: Principal, *, ids: Sequence[MemoryId]) -> list[Memory | None]:
        """Living memories, in the order of the ids; None for what is absent, forgotten, expired or invisible."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await living_of(reader, ids)
        return [found.get(id_) for id_ in ids]

    async def labelled(self, principal: Principal, *, memories: Sequence[Memory]) -> list[Labelled]:
        """Each with what its people are called and how often it was shown, in the order given."""
        require(principal, Permission.MEMORY_READ)
        if not memories:
            return []
        async with self._store.read(principal) as reader:
            return self._attention.told(principal.tenant, await labelled(reader, memories))

    async def listed(
        self, principal: Principal, *, where: Where, sort: Sort = NEWEST, offset: int = 0, limit: int = 100
    ) -> Counted[Labelled]:
        """`counted` and `labelled` in one."""
        require(principal, Permission.MEMORY_READ)
        _demand_place(offset, limit)
        async with self._store.read(principal) as reader:
            found = await _counted(reader, await filter_of(reader, principal, where), sort, offset, limit)
            told = self._attention.told(principal.tenant, await labelled(reader, found.items))
            return Counted(items=tuple(told), total=found.total)

    async def known(self, principal: Principal, *, ids: Sequence[MemoryId]) -> list[Labelled | None]:
        """`by_ids` and `labelled` in one."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            told = await labelled(reader, [*(await living_of(reader, ids)).values()])
        told = self._attention.told(principal.tenant, told)
        by_id = {each.memory.id: each for each in told}
        return [by_id.get(id_) for id_ in ids]

    async def tally(self, principal: Principal, *, where: Where, by: Facet) -> list[Tally]:
        """How many memories there are by user, agent or category; users and agents by our ids."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await reader.memories.tally(await filter_of(reader, principal, where), by=by)

    async def crowd(self, principal: Principal, *, where: Where) -> Crowd:
        """The users and agents of these memories by the caller's own ids, those of most memories first."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            filter_ = await filter_of(reader, principal, where)
            users = await reader.memories.tally(filter_, by=Facet.USER)
            agents = await reader.memories.tally(filter_, by=Facet.AGENT)
            called = await _called(reader.users.get_many, [UserId(each.value) for each in users])
            named = await _called(reader.agents.get_many, [AgentId(each.value) for each in agents])
        return Crowd(
            users=_ordered((called[UserId(each.value)], each.memories) for each in users),
            agents=_ordered((named[AgentId(each.value)], each.memories) for each in agents),
        )

    async def count_memories(self, principal: Principal, *, where: Selection) -> int:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await reader.memories.count(await filter_of(reader, principal, where))

    async def labels(self, principal: Principal, *, where: Where, by: Label) -> list[LabelCount]:
        """How many memories have each category, kind, tag or type, the commonest first."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await reader.memories.labels(await filter_of(reader, principal, where), by=by)

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

    async def counted_entities(
        self, principal: Principal, *, where: EntityWhere, offset: int = 0, limit: int = 100
    ) -> Counted[Entity]:
        """By name, by their place in the list: `offset` >= 0, `limit` 0..1,000. An unknown user has none."""
        require(principal, Permission.MEMORY_READ)
        _demand_place(offset, limit)
        types = [_entity_type(name) for name in where.types]
        async with self._store.read(principal) as reader:
            project = await _project_id(reader, principal, where.project)
            user = None
            if where.user is not None:
                scope = project or (await project_of(reader, principal, None)).id
                found = (await find_users(reader, scope, [where.user]))[0]
                if found is None:
                    return Counted(items=(), total=0)
                user = found.id
            window = Window(limit=max(limit, 1), skip=offset)
            rows = await reader.entities.page(window, project=project, user=user, types=types, name=where.name)
            total = await reader.entities.count(project=project, user=user, types=types, name=where.name)
        return Counted(items=tuple(row.item for row in rows.rows)[:limit], total=total)

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

    async def home(self, principal: Principal) -> Project:
        """The project that is meant where none is named. Raises Invalid where that is not clear."""
        async with self._store.read(principal) as reader:
            return await project_of(reader, principal, None)

    async def project(self, principal: Principal, *, ref: str) -> Project | None:
        """By id or slug."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await find_project(reader, ref)

    async def projects_by_ids(self, principal: Principal, *, ids: Sequence[ProjectId]) -> list[Project | None]:
        """In the order of the ids."""
        require(principal, Permission.MEMORY_READ)
        if not ids:
            return []
        async with self._store.read(principal) as reader:
            return [*await reader.projects.get_many(ids)]

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

    async def surroundings(self, principal: Principal, *, ids: Sequence[MemoryId]) -> Surroundings:
        """The links among these memories, and the entities that they mention."""
        require(principal, Permission.MEMORY_READ)
        if not ids:
            return Surroundings(links=(), mentions=(), entities=(), counts={})
        async with self._store.read(principal) as reader:
            linked = await reader.memories.links(ids)
            mentions = tuple(one for told in await reader.memories.mentions(ids) for one in told)
            named = list(dict.fromkeys(mention.entity for mention in mentions))
            entities = await reader.entities.get_many(named) if named else []
            counts = dict(zip(named, await reader.entities.mention_counts(named), strict=True)) if named else {}
        known = set(ids)
        inner = [link for links in linked for link in links if link.source in known and link.target in known]
        links = {(link.source, link.target, link.type, link.label): link for link in inner}
        return Surroundings(
            links=tuple(links.values()),
            mentions=mentions,
            entities=tuple(entity for entity in entities if entity),
            counts=counts,
        )

    async def paths(self, principal: Principal, *, route: Route) -> list[GraphPath]:
        """Shortest first; empty when there is no path."""
        require(principal, Permission.MEMORY_READ)
        within("count", route.count, MAX_PATHS)
        within("depth", route.depth, MAX_PATH_EDGES)
        async with self._store.read(principal) as reader:
            return await reader.graph.paths(route.start, route.end, count=route.count, depth=route.depth)


async def labelled(reader: Reader, memories: Sequence[Memory]) -> list[Labelled]:
    """In the order given."""
    attached = await reader.memories.attached([memory.id for memory in memories]) if memories else []
    return [_labelled(memory, told) for memory, told in zip(memories, attached, strict=True)]


def _labelled(memory: Memory, told: Attached | None) -> Labelled:
    return Labelled(
        memory=memory,
        user=told.user if told else None,
        agent=told.agent if told else None,
        session=told.session if told else None,
        usage=told.usage if told else Usage(),
        number=told.number if told else None,
        user_number=told.user_number if told else None,
    )


async def _counted(reader: Reader, where: MemoryFilter, sort: Sort, offset: int, limit: int) -> Counted[Memory]:
    window = Window(limit=max(limit, 1), skip=offset)
    total = await reader.memories.count(where)
    rows = await reader.memories.page(window, where=where, order=sort.by, descending=sort.descending)
    return Counted(items=tuple(row.item for row in rows.rows)[:limit], total=total)


async def living_of(
    reader: Reader, ids: Sequence[MemoryId], where: MemoryFilter = EVERYTHING
) -> dict[MemoryId, Memory]:
    """Those of the ids that live, are visible and meet the filter."""
    wanted = tuple(id_ for id_ in dict.fromkeys(ids) if not where.ids or id_ in where.ids)
    if not wanted:
        return {}
    within = replace(where, ids=wanted)
    window = Window(limit=len(wanted))
    found = await reader.memories.page(window, where=within, order=MemoryOrder.CREATED_AT, descending=False)
    return {row.item.id: row.item for row in found.rows}


def _demand_place(offset: int, limit: int) -> None:
    if not 0 <= offset <= MAX_OFFSET:
        raise errors.invalid("offset", f"must be between 0 and {MAX_OFFSET}", "out_of_range")
    if not 0 <= limit <= MAX_COUNTED:
        raise errors.invalid("limit", f"must be between 0 and {MAX_COUNTED}", "out_of_range")


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


def _ordered(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts, key=lambda counted: (-counted[1], counted[0])))


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
