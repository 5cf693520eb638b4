"""The past: what was known then and what was true then, of memories, lists and the graph around a node."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.domain import errors
from app.domain.graph import MAX_DEPTH, Edge, EdgeKind
from app.domain.ids import EntityId, MemoryId, UserId, noun_of
from app.domain.keypath import Place
from app.domain.memory import Memory
from app.domain.past import PastEdge, Then
from app.domain.principal import Permission, Principal, require
from app.domain.query import Life, MemoryFilter, MemoryOrder, Page, Row, TimeRange, Window
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.services.explore import MAX_NODES, edge_kind, within
from app.services.inputs import Address, AsOf, Selection, Slice, Sort, Walk
from app.services.keypaths import place_named
from app.services.paging import Binding, listing, window_of
from app.services.references import filter_of
from app.services.results import Listing, Neighborhood, Reached
from app.services.standing import fits

BATCH = 200
WIDEST = 2_000
"""Edges that one step of a walk takes up, the heaviest first."""
MENTIONING = 20
"""Memories whose mentions are read at once, so that they are fewer than `WIDEST`."""
SKEW = timedelta(hours=1)
"""How far the clocks of several machines may differ."""
_BEFORE_ALL = datetime(1, 1, 2, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


class Past:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def memory(self, principal: Principal, *, memory: MemoryId, as_of: AsOf) -> Memory | None:
        """As it stood, if it lived then and was true."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            then = await then_of(reader, as_of, self._clock.now())
            return (await _states(reader, then, [memory], MemoryFilter(valid=valid_then(TimeRange(), as_of))))[0]

    async def at(self, principal: Principal, *, address: Address, as_of: AsOf) -> Memory | None:
        """What lived at a keypath."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            then = await then_of(reader, as_of, self._clock.now())
            place = await place_named(reader, principal, address)
            wanted = MemoryFilter(valid=valid_then(TimeRange(), as_of))
            return await _standing(reader, then, place, wanted) if place else None

    async def memories(
        self, principal: Principal, *, where: Selection, sort: Sort, page: Slice, as_of: AsOf
    ) -> Listing[Memory]:
        """By when they were stored, since only that does not change."""
        require(principal, Permission.MEMORY_READ)
        if sort.by is not MemoryOrder.CREATED_AT:
            raise errors.invalid(
                "order_by", "must be CREATED_AT together with asOf: the rest changes over time", "unsupported"
            )
        async with self._store.read(principal) as reader:
            then = await then_of(reader, as_of, self._clock.now())
            wanted = await filter_then(reader, principal, where, as_of)
            binding = Binding(principal, "memories_then", wanted, sort, as_of)
            rows = await _page(reader, then, wanted, window_of(page, binding), descending=sort.descending)
        return listing(rows, page, binding)

    async def count_memories(self, principal: Principal, *, where: Selection, as_of: AsOf) -> int:
        """Looks at every memory that the filter's lasting parts find."""
        require(principal, Permission.MEMORY_READ)
        number, window = 0, Window(limit=BATCH)
        async with self._store.read(principal) as reader:
            then = await then_of(reader, as_of, self._clock.now())
            wanted = await filter_then(reader, principal, where, as_of)
            while True:
                found = await _page(reader, then, wanted, window, descending=False)
                number += len(found.rows)
                if not found.more:
                    return number
                window = replace(window, position=found.rows[-1].position)

    async def neighborhood(self, principal: Principal, *, walk: Walk, as_of: AsOf) -> Neighborhood:
        """Raises NotFound when the start was not there then, or is invisible."""
        require(principal, Permission.MEMORY_READ)
        within("depth", walk.depth, MAX_DEPTH)
        within("limit", walk.limit, MAX_NODES)
        kinds = tuple(edge_kind(name) for name in walk.kinds) or tuple(EdgeKind)
        async with self._store.read(principal) as reader:
            then = await then_of(reader, as_of, self._clock.now())
            stand = _Stand(reader, then, MemoryFilter(valid=valid_then(TimeRange(), as_of)))
            if not await stand.present([walk.start]):
                raise errors.NotFound("there was no such memory, entity or user to start from")
            return await _walked(stand, walk, kinds)


async def then_of(reader: Reader, as_of: AsOf, now: datetime) -> Then:
    """Raises Invalid for a revision below 0. A time or a revision to come means now."""
    if as_of.revision is not None and as_of.revision < 0:
        raise errors.invalid("as_of.revision", "must not be negative", "out_of_range")
    at = now if as_of.known_at is None else min(as_of.known_at, now)
    if as_of.revision is not None and as_of.revision < await reader.events.revision():
        at = min(at, await reader.past.moment(as_of.revision) or _BEFORE_ALL)
    return Then(revision=as_of.revision, recorded=as_of.known_at, at=max(at, _BEFORE_ALL))


async def filter_then(reader: Reader, principal: Principal, where: Selection, as_of: AsOf) -> MemoryFilter:
    """Raises Invalid for conditions that the past cannot answer."""
    if where.clusters:
        raise errors.invalid("where.clusters", "cannot be combined with asOf: only today's are kept", "unsupported")
    wanted = await filter_of(reader, principal, where)
    return replace(wanted, valid=valid_then(wanted.valid, as_of))


def valid_then(valid: TimeRange, as_of: AsOf) -> TimeRange:
    """What was true at a moment: its validity had begun and not ended."""
    if as_of.true_at is None:
        return valid
    if valid != TimeRange():
        raise errors.invalid("where.valid", "cannot be combined with asOf.trueAt", "unsupported")
    if not _BEFORE_ALL <= as_of.true_at < datetime(9999, 12, 30, tzinfo=UTC):
        raise errors.invalid("as_of.true_at", "must be a year between 1 and 9999", "out_of_range")
    return TimeRange(after=as_of.true_at, before=as_of.true_at + _MOMENT)


def lasting(wanted: MemoryFilter, then: Then) -> MemoryFilter:
    """The conditions on what never changes of a memory; the rest is asked of the version of then."""
    before = wanted.recorded.before
    latest = then.at + SKEW
    return MemoryFilter(
        ids=wanted.ids,
        project=wanted.project,
        users=wanted.users,
        agents=wanted.agents,
        sessions=wanted.sessions,
        sources=wanted.sources,
        keypath=wanted.keypath,
        recorded=replace(wanted.recorded, before=latest if before is None else min(before, latest)),
        life=Life.ANY,
    )


async def states_of(
    reader: Reader, then: Then, ids: Sequence[MemoryId], wanted: MemoryFilter
) -> dict[MemoryId, Memory]:
    """Those of the memories that fitted the filter then, as they stood."""
    found = await _states(reader, then, ids, wanted)
    return {memory.id: memory for memory in found if memory is not None}


async def _states(reader: Reader, then: Then, ids: Sequence[MemoryId], wanted: MemoryFilter) -> list[Memory | None]:
    versions = await reader.past.versions(ids, then=then)
    states = [v.memory if v is not None and fits(v.memory, wanted, at=then.at) else None for v in versions]
    if not wanted.entities:
        return states
    naming = await _naming(reader, then, [state.id for state in states if state], wanted.entities)
    return [state if state is not None and state.id in naming else None for state in states]


async def _naming(reader: Reader, then: Then, ids: Sequence[MemoryId], entities: Sequence[EntityId]) -> set[str]:
    """Those of the memories that mentioned any of the entities then."""
    found: set[str] = set()
    for start in range(0, len(ids), MENTIONING):
        few = ids[start : start + MENTIONING]
        edges = await reader.past.edges(few, kinds=[EdgeKind.MENTIONS], at=then.at, limit=WIDEST)
        found |= {each.edge.source for each in edges if each.edge.target in entities}
    return found


async def _page(reader: Reader, then: Then, wanted: MemoryFilter, window: Window, *, descending: bool) -> Page[Memory]:
    """Reads on until the page is full: what is passed over was not there then, or did not fit."""
    coarse = lasting(wanted, then)
    kept: list[Row[Memory]] = []
    reading = replace(window, limit=max(BATCH, window.limit))
    while True:
        found = await reader.memories.page(reading, where=coarse, order=MemoryOrder.CREATED_AT, descending=descending)
        rows = list(reversed(found.rows)) if window.backward else list(found.rows)
        states = await _states(reader, then, [row.item.id for row in rows], wanted)
        kept += [Row(state, row.position) for row, state in zip(rows, states, strict=True) if state is not None]
        if len(kept) > window.limit or not found.more:
            break
        reading = replace(reading, position=rows[-1].position)
    shown = kept[: window.limit]
    return Page(list(reversed(shown)) if window.backward else shown, more=len(kept) > window.limit)


async def _standing(reader: Reader, then: Then, place: Place, wanted: MemoryFilter) -> Memory | None:
    """Of each memory that ever stood there the newest version of then; the first of these that lived."""
    window, seen = Window(limit=BATCH), set[MemoryId]()
    while True:
        page = await reader.keypaths.history(place, window)
        fresh = list(dict.fromkeys(row.item.memory.id for row in page.rows if row.item.memory.id not in seen))
        seen.update(fresh)
        states = [state for state in await _states(reader, then, fresh, wanted) if state]
        if states:
            return max(states, key=lambda memory: (memory.updated_at, memory.id))
        if not page.more:
            return None
        window = replace(window, position=page.rows[-1].position)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Which nodes were there, and which edges held."""

    reader: Reader
    then: Then
    wanted: MemoryFilter

    async def present(self, ids: Sequence[str]) -> set[str]:
        entities = [EntityId(id_) for id_ in ids if noun_of(id_) == "entity"]
        users = [UserId(id_) for id_ in ids if noun_of(id_) == "user"]
        there: set[str] = set(await self.memories(ids))
        if entities:
            found = await self.reader.entities.get_many(entities)
            there |= {e.id for e in found if e and e.created_at <= self.then.at}
        if users:
            known = await self.reader.users.get_many(users)
            there |= {u.id for u in known if u and u.created_at <= self.then.at}
        return there

    async def memories(self, ids: Sequence[str]) -> dict[MemoryId, Memory]:
        """Those of the nodes that are memories, as they stood."""
        wanted = [MemoryId(id_) for id_ in ids if noun_of(id_) == "memory"]
        return await states_of(self.reader, self.then, wanted, self.wanted) if wanted else {}

    async def edges(self, ids: Sequence[str], kinds: Sequence[EdgeKind]) -> list[Edge]:
        """Heaviest first. A relation holds where a memory that says so lived."""
        found = await self.reader.past.edges(ids, kinds=kinds, at=self.then.at, limit=WIDEST)
        told = list(dict.fromkeys(memory for each in found for memory in each.evidence))
        living = await states_of(self.reader, self.then, told, self.wanted) if told else {}
        return [each.edge for each in found if _held(each, living)]


def _held(edge: PastEdge, living: dict[MemoryId, Memory]) -> bool:
    return not edge.evidence or any(memory in living for memory in edge.evidence)


async def _walked(stand: _Stand, walk: Walk, kinds: Sequence[EdgeKind]) -> Neighborhood:
    """Breadth first, the heaviest edges of a step before others."""
    distances, frontier, truncated = {walk.start: 0}, [walk.start], False
    for distance in range(1, walk.depth + 1):
        room = walk.limit - len(distances)
        weights: dict[str, float] = {}
        for edge in await stand.edges(frontier, kinds):
            for end in (edge.source, edge.target):
                if end not in distances:
                    weights[end] = max(weights.get(end, 0.0), edge.weight)
        there = await stand.present([*weights]) if weights else set()
        found = sorted((end for end in weights if end in there), key=lambda end: (weights[end], end), reverse=True)
        truncated = truncated or len(found) > room
        frontier = found[:room]
        distances |= dict.fromkeys(frontier, distance)
        if truncated or not frontier:
            break
    edges = [edge for edge in await stand.edges([*distances], kinds) if {edge.source, edge.target} <= distances.keys()]
    stood = await stand.memories([*distances])
    nodes = tuple(Reached(node, distance, stood.get(MemoryId(node))) for node, distance in distances.items())
    return Neighborhood(start=walk.start, nodes=nodes, edges=tuple(edges), truncated=truncated)
