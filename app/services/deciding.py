"""Decisions: what does not hold together, and settling it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain import errors
from app.domain.decisions import Decision, DecisionState, Outcome, said_at
from app.domain.ids import DecisionId, MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean
from app.domain.work import EventKind
from app.ports.runtime import Clock
from app.ports.store import Store, UnitOfWork
from app.services.changes import memory_event
from app.services.circles import demand_no_circle
from app.services.inputs import Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import find_users, project_of
from app.services.results import Listing

MAX_REASON = 500


class Deciding:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def decisions(
        self, principal: Principal, *, project: str | None, user: str | None, state: DecisionState | None, page: Slice
    ) -> Listing[Decision]:
        """Newest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "decisions", project, user, state)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            scope = (await project_of(reader, principal, project)).id if project or user else None
            about = (await find_users(reader, scope, [user]))[0] if scope and user else None
            if user and about is None:
                return Listing(items=(), has_next=False, has_previous=False)
            rows = await reader.decisions.page(window, project=scope, user=about.id if about else None, state=state)
        return listing(rows, page, binding)

    async def by_ids(self, principal: Principal, *, ids: Sequence[DecisionId]) -> list[Decision | None]:
        """In the order given; None for what is absent or out of sight."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return list(await reader.decisions.get_many(ids))

    async def count(
        self, principal: Principal, *, project: str | None, user: str | None, state: DecisionState | None
    ) -> int:
        """How many `decisions` has in all."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            scope = (await project_of(reader, principal, project)).id if project or user else None
            about = (await find_users(reader, scope, [user]))[0] if scope and user else None
            if user and about is None:
                return 0
            return await reader.decisions.count(project=scope, user=about.id if about else None, state=state)

    async def resolve(self, principal: Principal, *, decision: DecisionId, outcome: Outcome, reason: str) -> Decision:
        """Settles an open decision, or settles one anew: what its earlier outcome ended holds again."""
        require(principal, Permission.MEMORY_WRITE)
        told = clean("reason", reason, limit=MAX_REASON)
        async with self._store.write(principal) as uow:
            found = (await uow.decisions.get_many([decision]))[0]
            both = await uow.memories.get_many([found.newer, found.older]) if found else []
            memories = {one.id: one for one in both if one is not None and one.deleted_at is None}
            if found is None:
                raise errors.NotFound(f"there is no decision {decision}")
            if len(memories) < len(both):
                raise errors.Conflict("one of its memories is forgotten; restore it first")
            now = self._clock.now()
            settled = replace(found, outcome=outcome, reason=told, settled_at=now, settled_by=principal.actor)
            settled = replace(settled, ended_at=said_at(memories[found.newer]) if settled.ended else None)
            await _hold(uow, found, settled, memories, now)
            await _link(uow, settled, memories, now)
            await uow.decisions.put_many([settled])
        return settled


async def _hold(
    uow: UnitOfWork, before: Decision, after: Decision, memories: Mapping[MemoryId, Memory], now: datetime
) -> None:
    """Ends what no longer holds. What the earlier outcome ended holds again, unless somebody else ended it since."""
    changed = []
    for memory in memories.values():
        until = memory.valid_to
        if memory.id in before.ended and until == _end(memory, before.ended_at):
            until = None
        if memory.id in after.ended and until is None:
            until = _end(memory, after.ended_at)
        if until != memory.valid_to:
            changed.append(replace(memory, valid_to=until, updated_at=now, version=memory.version + 1))
    await uow.memories.put_many(changed)
    for memory in changed:
        uow.emit(memory_event(EventKind.MEMORY_UPDATED, memory))


def _end(memory: Memory, at: datetime | None) -> datetime | None:
    """Nothing ends before it began."""
    return max(at, memory.valid_from) if at and memory.valid_from else at


async def _link(uow: UnitOfWork, decision: Decision, memories: Mapping[MemoryId, Memory], now: datetime) -> None:
    newer, older = decision.newer, decision.older
    for source, target in ((newer, older), (older, newer)):
        await uow.memories.unlink(source, target, LinkType.CONTRADICTION)
        await uow.memories.unlink(source, target, LinkType.SUPERSEDES)
    links = [
        MemoryLink(source=source, target=target, type=type_, confidence=1.0, created_at=now, reason=decision.reason)
        for source, target, type_ in _ties(decision)
    ]
    await demand_no_circle(uow, links)
    await uow.memories.link_many(links)
    uow.emit(memory_event(EventKind.MEMORY_LINKED, memories[newer], target=older))


def _ties(decision: Decision) -> Sequence[tuple[MemoryId, MemoryId, LinkType]]:
    newer, older = decision.newer, decision.older
    match decision.outcome:
        case Outcome.KEEP_NEWER:
            return [(newer, older, LinkType.SUPERSEDES)]
        case Outcome.KEEP_OLDER:
            return [(older, newer, LinkType.SUPERSEDES)]
        case Outcome.REJECT_BOTH | None:
            return [(newer, older, LinkType.CONTRADICTION)]
        case Outcome.KEEP_BOTH:
            return []
