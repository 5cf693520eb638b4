"""Bringing one store to where another is: what is there already stays, what differs follows.

A target must be empty or a past state of the source. Its events tell: each of them must be the
source's own. So a copy that was cut short, or whose source went on meanwhile, is finished by running
it again, and a store that has gone its own way is never overwritten.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from app.copying.sums import Sums, Tally, size_of, sums_of
from app.domain.errors import Conflict
from app.domain.ids import OrganizationId
from app.ports.copying import Contents, Flat, Goal, Key, Origin, RecordKind, key_of

Tell = Callable[[int], None]
"""Hears how many records have been read so far; in the end each was read twice, at the source and in the copy."""

_SAME_EVENT = ("at", "actor", "kind", "subject")
"""What of an event never changes: an erase empties its data."""


class Diverged(Conflict):
    """The target holds what the source has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A tenant that is now the same on both sides, by what was read from both.

    `revision` is where it stands, `ahead` where the source had gone in the meantime. `written` counts what was
    inserted, replaced or removed.
    """

    tenant: OrganizationId
    sums: Sums
    written: int
    revision: int
    ahead: int


async def bring(origin: Origin, goal: Goal, *, tell: Tell) -> list[Copied]:
    """Every tenant of the origin. Raises Diverged where the goal holds what the origin has not."""
    tenants = await origin.tenants()
    if strangers := set(await goal.tenants()) - set(tenants):
        raise Diverged(f"the target holds data of others ({', '.join(sorted(strangers))}); nothing was changed")
    progress = _Progress(tell)
    return [await _tenant(origin, goal, tenant, progress) for tenant in tenants]


async def clear(goal: Goal) -> None:
    """Removes everything, what refers to others first."""
    for tenant in await goal.tenants():
        contents = goal.contents(tenant)
        for kind in reversed(RecordKind):
            async for page in contents.pages(kind):
                await goal.drop(tenant, kind, page)


class _Progress:
    def __init__(self, tell: Tell) -> None:
        self._tell, self._done = tell, 0

    def on(self, kind: RecordKind, page: Sequence[Flat]) -> None:
        self._done += sum(size_of(kind, record) for record in page)
        self._tell(self._done)


async def _tenant(origin: Origin, goal: Goal, tenant: OrganizationId, progress: _Progress) -> Copied:
    sums, written, revision = {}, 0, 0
    async with origin.still(tenant) as there:
        for kind in RecordKind:
            tally = Tally()
            behind = _Behind(kind, goal.contents(tenant))
            async for page in there.pages(kind):
                for record in page:
                    tally.add(kind, record)
                written += await _follow(goal, tenant, kind, page, await behind.up_to(key_of(kind, page[-1])))
                progress.on(kind, page)
                if kind is RecordKind.LEDGER:
                    revision = page[-1]["revision"]
            async for stretch in behind.rest():
                written += await _follow(goal, tenant, kind, (), stretch)
            sums[kind] = tally.sum
    _compare(tenant, sums, await sums_of(goal.contents(tenant), seen=progress.on))
    ahead = await origin.revision(tenant)
    return Copied(tenant=tenant, sums=sums, written=written, revision=revision, ahead=ahead)


async def _follow(
    goal: Goal, tenant: OrganizationId, kind: RecordKind, page: Sequence[Flat], behind: dict[Key, Flat]
) -> int:
    """Makes the goal's records of a stretch of keys those of the page; how many were written."""
    wanted = {key_of(kind, record): record for record in page}
    gone = [record for key, record in behind.items() if key not in wanted]
    new = [record for key, record in wanted.items() if behind.get(key) != record]
    if kind is RecordKind.EVENT:
        _demand_past(tenant, wanted, behind)
    if gone:
        await goal.drop(tenant, kind, gone)
    if new:
        await goal.take(tenant, kind, new)
    return len(gone) + len(new)


def _demand_past(tenant: OrganizationId, events: dict[Key, Flat], behind: dict[Key, Flat]) -> None:
    for key, event in behind.items():
        known = events.get(key)
        if known is None or any(known[name] != event[name] for name in _SAME_EVENT):
            raise Diverged(
                f"the target has gone on by itself: its event {event['revision']} of {tenant} is not the source's; "
                "nothing of it was changed"
            )


def _compare(tenant: OrganizationId, wanted: Sums, found: Sums) -> None:
    wrong = [
        f"{kind} ({wanted[kind].number:,} and {found[kind].number:,})" for kind in wanted if wanted[kind] != found[kind]
    ]
    if wrong:
        raise Conflict(f"source and copy of {tenant} differ in {', '.join(wrong)}; run it again")


class _Behind:
    """What the goal holds of a kind, read alongside: the stretch up to a key, then the next."""

    def __init__(self, kind: RecordKind, contents: Contents) -> None:
        self._kind = kind
        self._pages = aiter(contents.pages(kind))
        self._read: list[Flat] = []
        self._ended = False

    async def up_to(self, last: Key) -> dict[Key, Flat]:
        while not self._ended and (not self._read or key_of(self._kind, self._read[-1]) <= last):
            page = await anext(self._pages, None)
            self._ended = page is None
            self._read += page or ()
        stretch = {key: record for record in self._read if (key := key_of(self._kind, record)) <= last}
        self._read = self._read[len(stretch) :]
        return stretch

    async def rest(self) -> AsyncIterator[dict[Key, Flat]]:
        yield self._keyed(self._read)
        async for page in self._pages:
            yield self._keyed(page)

    def _keyed(self, page: Sequence[Flat]) -> dict[Key, Flat]:
        return {key_of(self._kind, record): record for record in page}
