"""Trees: what lives at the keypaths of a project, or of all, now or right after an earlier write."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain import errors
from app.domain.account import Project
from app.domain.ids import MemoryId
from app.domain.keypath import Branch, Place, keypath_of
from app.domain.memory import Memory
from app.domain.past import Then
from app.domain.principal import Permission, Principal, require
from app.domain.query import Life, MemoryFilter, MemoryOrder, Window
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.services.addresses import is_living
from app.services.inputs import AsOf
from app.services.past import states_of, then_of
from app.services.references import EVERY_PROJECT, project_of
from app.services.results import Counted
from app.services.revisions import newest_up_to

_BATCH = 1_000


class Trees:
    """`project` is an id, a slug or EVERY_PROJECT; there, of those that share a keypath, what was changed last is meant."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def at(self, principal: Principal, *, project: str, keypath: str) -> Memory | None:
        """What lives at a keypath."""
        require(principal, Permission.MEMORY_READ)
        path = keypath_of(keypath)
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            projects = await _projects(reader, principal, project)
            places = [Place(project=each.id, user=principal.end_user, keypath=path) for each in projects]
            found = await reader.keypaths.at(places)
        living = [memory for memory in found if memory is not None and is_living(memory, now)]
        return max(living, key=lambda memory: memory.updated_at, default=None)

    async def below(
        self, principal: Principal, *, project: str, prefix: str | None = None, limit: int | None = None
    ) -> Counted[Memory]:
        """What lives at a keypath (None: the root) and below it, by keypath; `limit` >= 1, None for all."""
        require(principal, Permission.MEMORY_READ)
        path = None if prefix is None else keypath_of(prefix, field="prefix")
        async with self._store.read(principal) as reader:
            projects = await _projects(reader, principal, project)
            branches = [Branch(project=each.id, user=principal.end_user, prefix=path) for each in projects]
            ids = [await reader.keypaths.below(branch) for branch in branches]
            ids = [part for part in ids if part]
            if len(ids) == 1:
                memories = await _read(reader, ids[0][:limit])
                return Counted(items=tuple(memories), total=len(ids[0]))
            every = _newest(await _read(reader, [id_ for part in ids for id_ in part]))
        return Counted(items=tuple(every[:limit]), total=len(every))

    async def then(
        self, principal: Principal, *, project: str, prefix: str | None = None, revision: int
    ) -> list[Memory]:
        """What lived there right after a revision of one project (0: nothing; one to come: now), by keypath."""
        require(principal, Permission.MEMORY_READ)
        path = None if prefix is None else keypath_of(prefix, field="prefix")
        if revision < 0:
            raise errors.invalid("revision", "must not be negative", "out_of_range")
        async with self._store.read(principal) as reader:
            found = await project_of(reader, principal, project)
            last = await newest_up_to(reader, found, revision)
            if last is None:
                return []
            # What was done to the memories since the newest write without counting belongs to the state of now.
            as_of = AsOf(revision=last.revision) if revision < found.revision else AsOf()
            then = await then_of(reader, as_of, self._clock.now())
            wanted = MemoryFilter(project=found.id, keypath=path)
            stood = await _stood(reader, then, wanted)
        mine = [memory for memory in stood if memory.keypath and memory.user == principal.end_user]
        return _newest(mine)


async def _projects(reader: Reader, principal: Principal, project: str) -> Sequence[Project]:
    if project == EVERY_PROJECT:
        return [row.item for row in (await reader.projects.page(Window(limit=_BATCH))).rows]
    return [await project_of(reader, principal, project)]


async def _read(reader: Reader, ids: Sequence[MemoryId]) -> list[Memory]:
    memories: list[Memory] = []
    for start in range(0, len(ids), _BATCH):
        memories += [memory for memory in await reader.memories.get_many(ids[start : start + _BATCH]) if memory]
    return memories


def _newest(memories: Sequence[Memory]) -> list[Memory]:
    """One for each keypath, sorted by it."""
    found: dict[str, Memory] = {}
    for memory in memories:
        path = memory.keypath or ""
        if path not in found or found[path].updated_at < memory.updated_at:
            found[path] = memory
    return [found[path] for path in sorted(found)]


async def _stood(reader: Reader, then: Then, wanted: MemoryFilter) -> list[Memory]:
    coarse = replace(wanted, life=Life.ANY)
    window, stood = Window(limit=_BATCH), list[Memory]()
    while True:
        page = await reader.memories.page(window, where=coarse, order=MemoryOrder.CREATED_AT, descending=False)
        ids = [row.item.id for row in page.rows]
        states = await states_of(reader, then, ids, wanted) if ids else {}
        stood += states.values()
        if not page.more:
            return stood
        window = replace(window, position=page.rows[-1].position)
