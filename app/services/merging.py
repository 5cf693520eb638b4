"""Merging entities that are one, and taking that back exactly."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain import errors
from app.domain.graph import Entity
from app.domain.ids import EntityId, MemoryId, ProjectId, UserId, is_id
from app.domain.merges import Merge, Rewiring, joined, parted, within
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean, folded
from app.domain.work import Event, EventKind
from app.ports.runtime import Clock
from app.ports.store import Store, UnitOfWork
from app.services.inputs import MergeRequest, Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import Door, project_of
from app.services.results import Listing, Parted

MAX_MERGED = 20
MAX_REASON = 500


class Merging:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def merge(self, principal: Principal, *, request: MergeRequest) -> Entity:
        """One entity takes others of its project and user in. Raises Conflict where that would make a chain."""
        require(principal, Permission.MEMORY_WRITE)
        if not 0 < len(request.entities) <= MAX_MERGED:
            raise errors.invalid("entities", f"must be 1 to {MAX_MERGED}", "out_of_range")
        reason = clean("reason", request.reason, limit=MAX_REASON) if request.reason else None
        async with self._store.write(principal) as uow:
            into = await _found(uow, "into", request.into)
            merged = [await _found(uow, f"entities.{place}", ref) for place, ref in enumerate(request.entities)]
            _demand_fitting(principal, into, merged)
            for entity, taken in zip(merged, await uow.merges.into([one.id for one in merged]), strict=True):
                if taken:
                    raise errors.Conflict(_chained(entity, taken[-1]))
            for entity in merged:
                into = await self._take_in(uow, principal, entity, into, reason)
        return into

    async def split(self, principal: Principal, *, entity: str) -> Parted:
        """Takes a merge back. Raises Conflict when a later merge into the same entity has to be taken back first."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.write(principal) as uow:
            merge = (await uow.merges.get_many([EntityId(entity)]))[0]
            into = (await uow.entities.get_many([merge.into]))[0] if merge else None
            if merge is None or into is None:
                raise errors.NotFound(f"no merge of {entity} can be taken back")
            _demand_whole_sight(principal, into)
            last = (await uow.merges.into([into.id]))[0][-1]
            if last.entity.id != merge.entity.id:
                raise errors.Conflict(f"{last.entity.name} was merged into {into.name} later; split that off first")
            return await self._part(uow, merge, into)

    async def merges(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[Merge]:
        """Those that stand, newest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "merges", project)
        async with self._store.read(principal) as reader:
            scope = (await project_of(reader, principal, project)).id if project is not None else None
            rows = await reader.merges.page(window_of(page, binding), project=scope)
        return listing(rows, page, binding)

    async def _take_in(
        self, uow: UnitOfWork, principal: Principal, entity: Entity, into: Entity, reason: str | None
    ) -> Entity:
        now = self._clock.now()
        moving, standing = await uow.merges.holdings(entity.id), await uow.merges.holdings(into.id)
        rewiring = joined(entity.id, into.id, moving, standing)
        known = {folded(name) for name in (into.name, *into.aliases)}
        aliases = tuple(name for name in (entity.name, *entity.aliases) if folded(name) not in known)
        grown = replace(into, aliases=(*into.aliases, *aliases), updated_at=now)
        await uow.merges.rewire(rewiring)
        await uow.entities.put_many([grown, replace(entity, merged_into=into.id)])
        merge = Merge(
            entity=entity,
            into=into.id,
            aliases=aliases,
            rewiring=rewiring,
            reason=reason,
            actor=principal.actor,
            at=now,
        )
        await uow.merges.put(merge)
        uow.emit(_event(EventKind.ENTITY_REMOVED, entity))
        uow.emit(_event(EventKind.ENTITY_UPDATED, grown))
        return grown

    async def _part(self, uow: UnitOfWork, merge: Merge, into: Entity) -> Parted:
        rewiring = parted(merge, await uow.merges.holdings(into.id))
        ids = _memories(rewiring)
        there = [memory.id for memory in await uow.memories.get_many(ids) if memory is not None]
        kept = tuple(name for name in into.aliases if name not in merge.aliases)
        left = replace(into, aliases=kept, updated_at=self._clock.now())
        await uow.entities.put_many([left, merge.entity])
        await uow.merges.rewire(within(rewiring, there))
        await uow.merges.remove(merge.entity.id)
        uow.emit(_event(EventKind.ENTITY_CREATED, merge.entity))
        uow.emit(_event(EventKind.ENTITY_UPDATED, left))
        return Parted(entity=merge.entity, into=left)


async def _found(door: Door, field: str, ref: str) -> Entity:
    """By id, or by the only name that fits. Raises Invalid naming the field."""
    if is_id(ref):
        entity = (await door.entities.get_many([EntityId(ref)]))[0]
        if entity is not None:
            return entity
        merge = (await door.merges.get_many([EntityId(ref)]))[0]
        if merge is not None:
            raise errors.Conflict(f"{merge.entity.name} was merged into {merge.into} already; no chains are made")
        raise errors.invalid(field, f"there is no entity {ref}", "unknown")
    called = await door.entities.called(project=None, names=[ref])
    if len(called) != 1:
        raise errors.invalid(field, f"{len(called)} entities are called {ref!r}; give an id", "unknown")
    return called[0]


def _demand_fitting(principal: Principal, into: Entity, merged: Sequence[Entity]) -> None:
    _demand_whole_sight(principal, into)
    ids = [entity.id for entity in merged]
    for place, entity in enumerate(merged):
        field = f"entities.{place}"
        if entity.id == into.id:
            raise errors.invalid(field, "an entity cannot be merged into itself", "self")
        if entity.id in ids[:place]:
            raise errors.invalid(field, "stands there twice", "duplicate")
        if _scope(entity) != _scope(into):
            whose = "project" if entity.project != into.project else "user"
            raise errors.invalid(field, f"{entity.name} belongs to another {whose} than {into.name}", "scope")


def _demand_whole_sight(principal: Principal, entity: Entity) -> None:
    """Who acts for one end user does not see all that hangs on a shared entity."""
    if principal.end_user is not None and entity.user != principal.end_user:
        raise errors.Forbidden(f"{entity.name} is shared; a credential of one end user cannot merge or split it")


def _scope(entity: Entity) -> tuple[ProjectId, UserId | None]:
    return entity.project, entity.user


def _chained(entity: Entity, taken: Merge) -> str:
    return f"{entity.name} has taken in {taken.entity.name}: split that off first, or merge the other way around"


def _memories(rewiring: Rewiring) -> list[MemoryId]:
    told = [one.memory for one in rewiring.mentions_gained]
    return sorted({*told, *(one for relation in rewiring.relations_gained for one in relation.evidence)})


def _event(kind: EventKind, entity: Entity) -> Event:
    return Event(kind=kind, subject=entity.id, project=entity.project, user=entity.user)
