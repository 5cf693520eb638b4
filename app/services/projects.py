"""Projects that come and go with their use: made by the first write, deleted so that a later one brings them back."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from app.domain import errors
from app.domain.account import Project
from app.domain.ids import MemoryId, ProjectId
from app.domain.principal import AllProjects, Permission, Principal, require
from app.domain.query import Life, MemoryFilter, Window
from app.domain.text import clean
from app.domain.work import Event, EventKind, RecordedEvent
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, Store
from app.services.accounts import demand_slug
from app.services.addresses import keypaths_of
from app.services.drafts import metadata as checked_metadata
from app.services.forget import let_go
from app.services.portions import PORTION, Portions
from app.services.references import Door, find_project
from app.services.results import DeletedProject, Written
from app.services.revisions import KINDS, next_revision, number_of

MAX_REVISIONS = 100
_BATCH = 1_000


class Projects:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory, portion: int = PORTION) -> None:
        self._store, self._clock, self._ids, self._portion = store, clock, ids, portion

    async def used(self, principal: Principal, *, slug: str) -> Project:
        """The project of this name, made where there is none yet. Raises Forbidden where the key opens only others."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.read(principal) as reader:
            found = await find_project(reader, slug)
        if found is not None:
            return found
        return await self.put(principal, slug=slug)

    async def put(
        self,
        principal: Principal,
        *,
        slug: str,
        name: str | None = None,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Project:
        """Makes the project or changes what is given, and brings it back if it was deleted.

        Names of `metadata` take the place of those that are there.
        """
        require(principal, Permission.MEMORY_WRITE)
        demand_slug(slug)
        told: dict[str, Any] = {"name": clean("name", name, limit=200)} if name else {}
        if description is not None:
            told["description"] = clean("description", description, limit=2_000) if description.strip() else ""
        async with self._store.write(principal) as uow:
            found = await find_project(uow, slug)
            if found is None:
                found = self._new(principal, slug)
                uow.emit(Event(kind=EventKind.PROJECT_CREATED, subject=found.id, project=found.id, user=None))
            noted = checked_metadata({**found.metadata, **(metadata or {})})
            project = replace(found, **told, metadata=noted, updated_at=self._clock.now(), deleted_at=None)
            await uow.projects.put(project)
        return project

    async def delete(self, principal: Principal, *, ref: str) -> DeletedProject:
        """Forgets all that lives in a project, and the project; restorable. Idempotent. Raises NotFound.

        Many memories go in portions, as `app.services.portions` says, under one revision; the project goes with the last.
        """
        require(principal, Permission.MEMORY_WRITE)
        if principal.end_user is not None:
            raise errors.Forbidden("a key of one end user cannot delete a project")
        async with self._store.read(principal) as reader:
            found = await _known(reader, ref)
        return await self._delete(principal, found.id)

    async def _delete(self, principal: Principal, id_: ProjectId) -> DeletedProject:
        now = self._clock.now()
        portions = Portions([MemoryFilter(project=id_)], life=Life.LIVE, size=self._portion)
        number: int | None = None
        count, keypaths = 0, set[str]()
        while True:
            async with self._store.write(principal) as uow:
                found = await _known(uow, id_)
                if number is None and found.deleted_at is not None:
                    return DeletedProject(project=found, count=0, keypaths=(), already=True)
                number = number or await next_revision(uow, id_, now)
                async for ids in portions.within(uow):
                    keypaths |= await keypaths_of(uow, ids)
                    await let_go(uow, ids, now=now, noted={"project_revision": number})
                    count += len(ids)
                if portions.over():
                    deleted = replace(await _known(uow, id_), updated_at=now, deleted_at=now)
                    await uow.projects.put(deleted)
                    return DeletedProject(project=deleted, count=count, keypaths=tuple(sorted(keypaths)), already=False)

    async def revisions(self, principal: Principal, *, ref: str, limit: int = 20) -> list[Written]:
        """The newest writes to its keypaths, newest first; at most `limit` (1..100). Raises NotFound."""
        require(principal, Permission.MEMORY_READ)
        if not 1 <= limit <= MAX_REVISIONS:
            raise errors.invalid("limit", f"must be between 1 and {MAX_REVISIONS}", "out_of_range")
        async with self._store.read(principal) as reader:
            found = await _known(reader, ref)
            events = await _writes(reader, found.id, above=found.revision - limit)
            return await _written(reader, events)

    def _new(self, principal: Principal, slug: str) -> Project:
        if not isinstance(principal.visible, AllProjects):
            raise errors.Forbidden("a key of single projects cannot create others")
        now = self._clock.now()
        id_ = ProjectId(self._ids.new("project"))
        return Project(id=id_, slug=slug, name=slug, description="", created_at=now, updated_at=now)


async def _known(door: Door, ref: str) -> Project:
    found = await find_project(door, ref)
    if found is None:
        raise errors.NotFound(f"there is no project {ref!r}")
    return found


async def _writes(reader: Reader, project: ProjectId, *, above: int) -> list[RecordedEvent]:
    """The events of writes with a higher number, newest first."""
    found: list[RecordedEvent] = []
    window = Window(limit=_BATCH)
    while True:
        page = await reader.past.changes(window, project=project, kinds=KINDS, after=0, since=None)
        for row in page.rows:
            number = number_of(row.item)
            if number is not None and number <= above:
                return found
            if number is not None:
                found.append(row.item)
        if not page.more:
            return found
        window = replace(window, position=page.rows[-1].position)


async def _written(reader: Reader, events: Sequence[RecordedEvent]) -> list[Written]:
    numbers = [(MemoryId(each.event.subject), each.event.data["version"]) for each in events]
    versions = await reader.past.exact(numbers)
    written = []
    for number, group in groupby(zip(events, versions, strict=True), key=lambda pair: number_of(pair[0])):
        made = list(group)
        told = made[0][0]
        known = tuple(version for _, version in made if version)
        written.append(Written(number=number or 0, at=told.at, actor=told.actor, versions=known))
    return written
