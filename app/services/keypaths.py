"""Keypaths: values at addresses. A new value is a new version of the memory that stands there.

Values are kept to the byte and not extracted: a version is what a caller wrote, and nothing else raises it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain import errors
from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.keypath import MAX_LEVELS, Branch, Place, Twig, keypath_of, names_of
from app.domain.memory import MAX_VALUE, Memory, MemoryVersion, Status
from app.domain.principal import Permission, Principal, require
from app.domain.query import Life, Page, Row, Window
from app.domain.text import clean
from app.domain.work import EventKind
from app.ports.models import Embedding, Passage
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.addresses import is_living, keypaths_of
from app.services.cast import Cast, Roles
from app.services.changes import memory_event
from app.services.drafts import checked_memory
from app.services.errands import extraction
from app.services.forget import SHOWN, let_go
from app.services.inputs import Address, KeypathWhere, NewMemory, NewValue, Slice
from app.services.paging import Binding, listing, window_of
from app.services.portions import PORTION, fitting, with_derived
from app.services.references import Door, find_users, project_of
from app.services.remember import memory_of
from app.services.results import ForgottenKeypaths, KeypathNode, Listing, Stored, Storing
from app.services.revisions import next_revision
from app.services.vectors import Vectors, passage_of

_KEPT = ("title", "kind", "type", "categories", "tags", "files", "importance", "metadata", "layer", "expires_at")
"""What a value keeps from the one before it, unless told otherwise."""


class Keypaths:
    def __init__(self, *, store: Store, vectors: Vectors, clock: Clock, ids: IdFactory, portion: int = PORTION) -> None:
        self._store, self._vectors, self._clock, self._ids, self._portion = store, vectors, clock, ids, portion

    async def store(self, principal: Principal, *, value: NewValue) -> Stored:
        """Writes a value, findable when this returns.

        Raises Conflict when the caller expected another version, or none of the revision that it had read.
        """
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        draft = _checked(value, now)
        vectors = await self._vectors.read([Passage(passage_of(draft.title, draft.text))])
        async with self._store.write(principal) as uow:
            (role,) = await Cast(uow, principal, self._ids, now).assign([draft])
            place = Place(project=role.project, user=role.user, keypath=draft.keypath or "")
            present = (await uow.keypaths.at([place]))[0]
            await _demand_expected(uow, present, value, now)
            memory, how = self._written(draft, value, role, present, now)
            await uow.memories.put_many([memory])
            await self._embed(uow, principal, memory, vectors, now)
            revision = await uow.events.revision() + 1
            number = await next_revision(uow, memory.project, now)
            uow.emit(memory_event(EVENTS[how], memory, project_revision=number))
        return Stored(memory=memory, how=how, revision=revision, project_revision=number)

    async def at(self, principal: Principal, *, address: Address) -> Memory | None:
        """What lives there."""
        require(principal, Permission.MEMORY_READ)
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            place = await place_named(reader, principal, address)
            memory = (await reader.keypaths.at([place]))[0] if place else None
        return memory if is_living(memory, now) else None

    async def page(self, principal: Principal, *, where: KeypathWhere, page: Slice) -> Listing[KeypathNode]:
        """The keypaths below a prefix, sorted."""
        require(principal, Permission.MEMORY_READ)
        prefix = None if where.prefix is None else keypath_of(where.prefix, field="prefix")
        if where.depth is not None and not 1 <= where.depth <= MAX_LEVELS:
            raise errors.invalid("depth", f"must be between 1 and {MAX_LEVELS}", "out_of_range")
        binding = Binding(principal, "keypaths", where)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            scope = await _scope(reader, principal, where.project, where.user)
            if scope is None:
                return Listing(items=(), has_next=False, has_previous=False)
            project, user = scope
            branch = Branch(project=project, user=user, prefix=prefix, depth=where.depth)
            found = await reader.keypaths.page(window, branch=branch)
        rows = [Row(_node(row.item, branch), row.position) for row in found.rows]
        return listing(Page(rows, more=found.more), page, binding)

    async def history(self, principal: Principal, *, address: Address, page: Slice) -> Listing[MemoryVersion]:
        """All versions that ever stood there, newest first; empty for a keypath that never was."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "keypath_history", address)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            place = await place_named(reader, principal, address)
            if place is None:
                return Listing(items=(), has_next=False, has_previous=False)
            rows = await reader.keypaths.history(place, window)
        return listing(rows, page, binding)

    async def preview(self, principal: Principal, *, address: Address, subtree: bool) -> ForgottenKeypaths:
        """What `forget` would take. Changes nothing."""
        require(principal, Permission.MEMORY_READ)
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            roots = await _roots(reader, principal, address, now, subtree=subtree)
            ids = await with_derived(reader, roots, Life.LIVE)
            return _told(ids, await keypaths_of(reader, ids), dry_run=True)

    async def forget(self, principal: Principal, *, address: Address, subtree: bool) -> ForgottenKeypaths:
        """Forgets what lives there, and below it with `subtree`; restorable. Nothing there is no error.

        Many go in portions, as `app.services.portions` says, under one revision of the project.
        """
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        gone: list[MemoryId] = []
        paths: set[str] = set()
        number: int | None = None
        left = True
        while left:
            async with self._store.write(principal) as uow:
                roots = await _roots(uow, principal, address, now, subtree=subtree)
                ids = await fitting(uow, roots[: self._portion], life=Life.LIVE, room=self._portion)
                if ids and number is None:
                    number = await next_revision(uow, (await project_of(uow, principal, address.project)).id, now)
                paths |= await keypaths_of(uow, ids)
                await let_go(uow, ids, now=now, noted={"project_revision": number})
                gone += ids
                left = not set(roots) <= set(ids)
        return _told(gone, paths, dry_run=False)

    def _written(
        self, draft: NewMemory, value: NewValue, role: Roles, present: Memory | None, now: datetime
    ) -> tuple[Memory, Storing]:
        """The memory as it is to be: what was there with the new value, brought back with it, or new."""
        if present is None:
            new = memory_of(draft, role, MemoryId(self._ids.new("memory")), now)
            return replace(new, status=Status.COMPLETED), Storing.CREATED
        fresh = memory_of(draft, role, present.id, now)
        written = replace(fresh, created_at=present.created_at, version=present.version + 1, status=Status.COMPLETED)
        if not is_living(present, now):
            return written, Storing.REVIVED
        kept = {name: getattr(present, name) for name in _KEPT if getattr(value, name) is None}
        return replace(written, **kept), Storing.SUPERSEDED

    async def _embed(
        self, uow: UnitOfWork, principal: Principal, memory: Memory, vectors: list[Embedding] | None, now: datetime
    ) -> None:
        """Without a model the value is stored all the same, and a job makes its vector later."""
        if vectors is not None:
            await uow.memories.embed_many({memory.id: vectors[0]})
        else:
            job = extraction(principal, [memory], verbatim=[memory.id], embedded=False, ids=self._ids, now=now)
            await uow.jobs.put_many([job])


def _node(twig: Twig, branch: Branch) -> KeypathNode:
    return KeypathNode(
        project=branch.project,
        user=branch.user,
        path=twig.path,
        names=names_of(twig.path),
        memory=twig.memory,
        below=twig.below,
    )


EVENTS = {
    Storing.CREATED: EventKind.MEMORY_CREATED,
    Storing.SUPERSEDED: EventKind.MEMORY_UPDATED,
    Storing.REVIVED: EventKind.MEMORY_RESTORED,
}


def _checked(value: NewValue, now: datetime) -> NewMemory:
    """Raises Invalid. The value is looked at and left as it is."""
    given = {name: told for name in _KEPT if (told := getattr(value, name)) is not None}
    draft = NewMemory(
        text="-",
        keypath=value.keypath,
        project=value.project,
        user=value.user,
        agent=value.agent,
        session=value.session,
        occurred_at=value.occurred_at,
        valid_from=value.valid_from,
        valid_to=value.valid_to,
        **given,
    )
    checked = checked_memory(draft, now=now)
    clean("value", value.value, limit=MAX_VALUE)
    if len(value.value) > MAX_VALUE:
        raise errors.invalid("value", f"has {len(value.value):,} characters; the limit is {MAX_VALUE:,}", "too_long")
    return replace(checked, text=value.value)


async def _demand_expected(uow: UnitOfWork, present: Memory | None, value: NewValue, now: datetime) -> None:
    version = present.version if present is not None and is_living(present, now) else 0
    if value.if_version is not None and value.if_version != version:
        raise errors.Conflict(f"the keypath is at version {version}, not {value.if_version}")
    if value.if_revision is not None and present is not None:
        newest = (await uow.memories.versions(present.id, Window(limit=1))).rows[0].item.revision
        if newest > value.if_revision:
            raise errors.Conflict(f"the keypath changed at revision {newest}, after {value.if_revision}")


async def _scope(
    door: Door, principal: Principal, project: str | None, user: str | None
) -> tuple[ProjectId, UserId | None] | None:
    """Whose tree is meant; None for a user who is not known. A key that is bound to an end user means that user's."""
    scope = (await project_of(door, principal, project)).id
    if user is None:
        return scope, principal.end_user
    found = (await find_users(door, scope, [user]))[0]
    return None if found is None else (scope, found.id)


async def place_named(door: Door, principal: Principal, address: Address) -> Place | None:
    keypath = keypath_of(address.keypath)
    scope = await _scope(door, principal, address.project, address.user)
    return None if scope is None else Place(project=scope[0], user=scope[1], keypath=keypath)


async def _roots(door: Door, principal: Principal, address: Address, now: datetime, *, subtree: bool) -> list[MemoryId]:
    place = await place_named(door, principal, address)
    if place is None:
        return []
    if subtree:
        return await door.keypaths.below(Branch(project=place.project, user=place.user, prefix=place.keypath))
    present = (await door.keypaths.at([place]))[0]
    return [present.id] if present is not None and is_living(present, now) else []


def _told(ids: Sequence[MemoryId], paths: Collection[str], *, dry_run: bool) -> ForgottenKeypaths:
    return ForgottenKeypaths(count=len(ids), ids=tuple(ids[:SHOWN]), keypaths=tuple(sorted(paths)), dry_run=dry_run)
