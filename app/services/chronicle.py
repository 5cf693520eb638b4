"""What changed, when, and by whom; and the way back to an earlier version."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.domain import errors
from app.domain.difference import changes, text_diff
from app.domain.ids import MemoryId
from app.domain.memory import Memory, MemoryVersion, Status
from app.domain.principal import Permission, Principal, require
from app.domain.query import Page, Row, Window
from app.domain.work import EventKind, RecordedEvent
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, Store
from app.services.addresses import demand_free
from app.services.changes import memory_event
from app.services.context import Context
from app.services.errands import extraction
from app.services.inputs import ChangelogWhere, Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import project_of
from app.services.results import Difference, Edition, Entry, Listing
from app.services.revisions import number_of
from app.services.vectors import Vectors

KINDS: Final = (
    EventKind.MEMORY_CREATED,
    EventKind.MEMORY_UPDATED,
    EventKind.MEMORY_FORGOTTEN,
    EventKind.MEMORY_RESTORED,
    EventKind.MEMORY_ERASED,
    EventKind.MEMORY_LINKED,
)
"""What the changelog tells of."""

_RESTORED: Final = (
    *("text", "title", "summary", "kind", "type", "categories", "tags", "files", "importance", "layer", "skip_reason"),
    *("metadata", "occurred_at", "valid_from", "valid_to"),
)
"""What comes back with an earlier version."""


class Chronicle:
    def __init__(self, *, store: Store, vectors: Vectors, clock: Clock, ids: IdFactory) -> None:
        self._store, self._vectors, self._clock, self._ids = store, vectors, clock, ids
        self._context = Context(store)

    async def changelog(self, principal: Principal, *, where: ChangelogWhere, page: Slice) -> Listing[Entry]:
        """Newest first."""
        require(principal, Permission.MEMORY_READ)
        if where.after < 0:
            raise errors.invalid("since_revision", "must not be negative", "out_of_range")
        binding = Binding(principal, "changelog", where)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            project = None if where.project is None else (await project_of(reader, principal, where.project)).id
            found = await reader.past.changes(
                window, project=project, kinds=where.kinds or KINDS, after=where.after, since=where.since
            )
            entries = await _entries(reader, [row.item for row in found.rows])
        rows = [Row(entry, row.position) for entry, row in zip(entries, found.rows, strict=True)]
        return listing(Page(rows, more=found.more), page, binding)

    async def newest(self, principal: Principal, *, memory: MemoryId) -> MemoryVersion:
        """Raises NotFound where there is none that the caller sees."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            rows = (await reader.memories.versions(memory, Window(limit=1))).rows
        if not rows:
            raise errors.NotFound("there is no such memory")
        return rows[0].item

    async def editions(self, principal: Principal, *, numbers: Sequence[tuple[MemoryId, int]]) -> list[Edition | None]:
        """Versions by memory and number, each with its project, what it followed and whether it still holds."""
        require(principal, Permission.MEMORY_READ)
        if not numbers:
            return []
        async with self._store.read(principal) as reader:
            before = [(memory, number - 1) for memory, number in numbers]
            versions = await reader.past.exact([*numbers, *before])
            found = await reader.memories.get_many(list(dict.fromkeys(memory for memory, _ in numbers)))
            known = [version for version in versions[: len(numbers)] if version]
            events = await reader.events.numbered([version.revision for version in known])
            named = list(dict.fromkeys(version.memory.project for version in known))
            projects = dict(zip(named, await reader.projects.get_many(named), strict=True)) if named else {}
        newest = {memory.id: memory.version for memory in found if memory}
        written = {version.revision: number_of(event) for version, event in zip(known, events, strict=True)}
        return [
            Edition(
                version=version,
                project=projects[version.memory.project],
                before=earlier,
                latest=version.memory.deleted_at is None and newest.get(version.memory.id) == version.version,
                project_revision=written[version.revision],
            )
            if version
            else None
            for version, earlier in zip(versions[: len(numbers)], versions[len(numbers) :], strict=True)
        ]

    async def difference(
        self, principal: Principal, *, memory: MemoryId, before: int | None, after: int | None
    ) -> Difference:
        """Between two versions; without numbers, between the newest and the one before it.

        Raises NotFound where one of them is not there.
        """
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            newest = (await reader.memories.versions(memory, Window(limit=1))).rows
            if not newest:
                raise errors.NotFound("there is no such memory")
            last = after if after is not None else newest[0].item.version
            first = before if before is not None else max(last - 1, 1)
            old, new = await reader.past.exact([(memory, first), (memory, last)])
        if old is None or new is None:
            raise errors.NotFound(f"there is no version {first if old is None else last} of this memory")
        return Difference(
            before=old,
            after=new,
            fields=changes(old.memory, new.memory),
            text=text_diff(old.memory.text, new.memory.text),
        )

    async def restore(
        self, principal: Principal, *, memory: MemoryId, version: int, expected_version: int | None = None
    ) -> Memory:
        """Writes the content of an earlier version as the newest one; a forgotten memory lives again with it.

        Raises NotFound for a version that is not there, Conflict when `expected_version` is no longer current or
        another memory lives at its keypath.
        """
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            current = (await reader.memories.get_many([memory]))[0]
            (wanted,) = await reader.past.exact([(memory, version)])
            if current is None or wanted is None:
                raise errors.NotFound(f"there is no version {version} of memory {memory}")
            if expected_version is not None and expected_version != current.version:
                raise errors.Conflict(f"the memory is at version {current.version}, not {expected_version}")
            restored = _restored(current, wanted)
            restored = replace(restored, updated_at=now)
            passages = await self._context.of_memories(reader, [restored])
        reworded = (restored.text, restored.title) != (current.text, current.title)
        vectors = await self._vectors.read(passages) if reworded else None
        extracted = reworded and restored.keypath is None
        if extracted:
            restored = replace(restored, status=Status.PENDING, skip_reason=None)
        async with self._store.write(principal) as uow:
            await demand_free(uow, [restored], now)
            await uow.memories.put_many([restored], expected={memory: current.version})
            if vectors is not None:
                await uow.memories.embed_many({memory: vectors[0]})
            if extracted or (reworded and vectors is None):
                embedded = vectors is not None
                verbatim = [] if extracted else [memory]
                job = extraction(principal, [restored], verbatim=verbatim, embedded=embedded, ids=self._ids, now=now)
                await uow.jobs.put_many([job])
            kind = EventKind.MEMORY_UPDATED if current.deleted_at is None else EventKind.MEMORY_RESTORED
            uow.emit(memory_event(kind, restored))
        return restored


def _restored(current: Memory, wanted: MemoryVersion) -> Memory:
    content: dict[str, Any] = {name: getattr(wanted.memory, name) for name in _RESTORED}
    return replace(current, **content, deleted_at=None, version=current.version + 1)


async def _entries(reader: Reader, events: Sequence[RecordedEvent]) -> list[Entry]:
    """Each with the version that the change made, where it has not been erased since."""
    numbers = [(MemoryId(e.event.subject), e.event.data.get("version", 0)) for e in events]
    versions = await reader.past.exact(numbers)
    return [Entry(recorded=event, version=version) for event, version in zip(events, versions, strict=True)]
