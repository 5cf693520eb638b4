"""The indexer: claims marks, reads what they speak of as it is now, writes that, settles the marks.

Delivery is at least once and in no order; since the present state is written each time, neither matters.
What the index cannot undo is a late write over a newer one: so the lease outlasts the write, is looked at
just before it, and whoever finds that it slept through its lease marks the memories anew.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

import structlog

from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.pace import DEFAULT, Pace, delay
from app.ports.indexing import IndexWriter, Mark, Outbox
from app.ports.messaging import Signal
from app.ports.runtime import Clock

_log = structlog.get_logger(__name__)
_TENANTS_AT_ONCE = 8


class Outcome(StrEnum):
    """What became of a mark."""

    INDEXED = "indexed"
    POSTPONED = "postponed"
    GIVEN_UP = "given_up"


Told = Callable[[Mark, Outcome, float], None]
"""Hears of each mark how it went, and the seconds since it was set."""


def unwatched(_point: str) -> None:
    """Nothing is to go wrong here."""


def unheard(_mark: Mark, _outcome: Outcome, _seconds: float) -> None:
    """Nobody counts."""


class _Late(Unavailable):
    """The lease has too little left to write in."""


class Indexer:
    def __init__(
        self,
        *,
        outbox: Outbox,
        index: IndexWriter,
        signal: Signal,
        clock: Clock,
        jitter: Callable[[], float],
        told: Told = unheard,
        at: Callable[[str], None] = unwatched,
        pace: Pace = DEFAULT,
    ) -> None:
        """`jitter` gives numbers of 0..1; `at` is called at "claimed" and "written", where tests end the process."""
        self._outbox, self._index, self._signal, self._clock = outbox, index, signal, clock
        self._jitter, self._told, self._at, self._pace = jitter, told, at, pace

    async def run(self) -> None:
        """Works until cancelled; then what is in hand goes back to the queue."""
        failures = 0
        while True:
            try:
                claimed = await self.step()
                failures = 0
            except Unavailable as problem:
                failures += 1
                _log.warning("index.behind", reason=problem.message, failures=failures)
                await asyncio.sleep(delay(failures, self._jitter()))
                continue
            if not claimed:
                await self._signal.wait(self._pace.poll)

    async def drain(self) -> None:
        """Works until nothing is due. Raises Unavailable."""
        while await self.step():
            pass

    async def step(self) -> int:
        """One batch; how many marks it claimed. Raises Unavailable when the record or the whole index is away."""
        now = self._clock.now()
        until = now + self._pace.lease
        marks = await self._outbox.claim_marks(now=now, until=until, limit=self._pace.batch)
        if not marks:
            return 0
        self._at("claimed")
        room = asyncio.Semaphore(_TENANTS_AT_ONCE)

        async def one(of_tenant: Sequence[Mark]) -> bool:
            async with room:
                return await self._batch(of_tenant, until)

        try:
            ended = await asyncio.gather(*map(one, _by_tenant(marks)), return_exceptions=True)
        except asyncio.CancelledError:
            with suppress(Unavailable):  # then they are left to their lease
                await self._outbox.postpone_marks(marks, due=self._clock.now(), reason="handed back")
            raise
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
        if not any(ended):
            raise Unavailable("The search index takes nothing")
        return len(marks)

    async def _batch(self, marks: Sequence[Mark], until: datetime) -> bool:
        """Whether the index took any of it."""
        try:
            await self._written(marks, until)
        except _Late:
            await self._outbox.postpone_marks(marks, due=self._clock.now(), reason="too late in the lease")
            return True
        except Exception as problem:  # noqa: BLE001 - an edge: logged, and the marks go on waiting
            _log.warning("index.batch_failed", marks=len(marks), reason=_reason(problem))
            return await self._one_by_one(marks, until, problem)
        return True

    async def _one_by_one(self, marks: Sequence[Mark], until: datetime, problem: Exception) -> bool:
        """So that one that cannot be written does not keep the others. Two failures and no success: it is the index."""
        failed: list[Mark] = list(marks) if len(marks) == 1 else []
        rest = [] if failed else list(marks)
        passed = 0
        while rest and (passed or len(failed) < 2):
            mark = rest.pop(0)
            try:
                await self._written([mark], until)
                passed += 1
            except _Late:
                rest.append(mark)
                break
            except Exception as again:  # noqa: BLE001 - likewise
                problem = again
                failed.append(mark)
        alive = passed > 0 or (len(marks) == 1 and await self._answers(marks[0]))
        hopeless = [mark for mark in failed if alive and mark.attempts >= self._pace.attempts]
        await self._give_up(hopeless, _reason(problem))
        await self._postpone([mark for mark in failed if mark not in hopeless] + rest, _reason(problem))
        return alive

    async def _written(self, marks: Sequence[Mark], until: datetime) -> None:
        """Writes what the record holds now, and settles."""
        tenant, memories = marks[0].tenant, [mark.memory for mark in marks]
        documents = await self._outbox.documents(tenant, memories)
        present = [document for document in documents if document is not None]
        gone = [memory for memory, document in zip(memories, documents, strict=True) if document is None]
        if self._clock.now() + self._pace.writing > until:
            raise _Late
        refused: dict[MemoryId, str] = {}
        try:
            async with asyncio.timeout(self._pace.writing.total_seconds()):
                if present:
                    refused = await self._index.put(tenant, present)
                if gone:
                    await self._index.remove(tenant, gone)
        except TimeoutError as exc:
            raise Unavailable("The search index took too long") from exc
        self._at("written")
        if self._clock.now() >= until:
            await self._overslept(tenant, memories)
            return
        await self._settle([mark for mark in marks if mark.memory not in refused])
        for mark in marks:
            if mark.memory in refused:
                await self._give_up([mark], refused[mark.memory])

    async def _overslept(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> None:
        """Somebody else may have written a newer state, and settled it, before this one landed."""
        _log.warning("index.overslept", memories=len(memories))
        await self._outbox.mark(tenant, memories)

    async def _settle(self, marks: Sequence[Mark]) -> None:
        if marks:
            await self._outbox.settle_marks(marks)
            self._tell(marks, Outcome.INDEXED)

    async def _postpone(self, marks: Sequence[Mark], reason: str) -> None:
        by_attempts = groupby(sorted(marks, key=lambda mark: mark.attempts), key=lambda mark: mark.attempts)
        for attempts, alike in by_attempts:
            due = self._clock.now() + timedelta(seconds=delay(attempts, self._jitter()))
            await self._outbox.postpone_marks(list(alike), due=due, reason=reason)
        self._tell(marks, Outcome.POSTPONED)

    async def _give_up(self, marks: Sequence[Mark], reason: str) -> None:
        if marks:
            _log.error("index.given_up", memories=[mark.memory for mark in marks], reason=reason)
            await self._outbox.postpone_marks(marks, due=None, reason=reason)
            self._tell(marks, Outcome.GIVEN_UP)

    async def _answers(self, mark: Mark) -> bool:
        """Whether the index can be read: then a mark that fails alone is at fault itself."""
        try:
            await self._index.entries(mark.tenant, [mark.memory])
        except Unavailable:
            return False
        return True

    def _tell(self, marks: Sequence[Mark], outcome: Outcome) -> None:
        now = self._clock.now()
        for mark in marks:
            self._told(mark, outcome, max(0.0, (now - mark.since).total_seconds()))


def _by_tenant(marks: Sequence[Mark]) -> list[list[Mark]]:
    of_tenants: dict[OrganizationId, list[Mark]] = {}
    for mark in marks:
        of_tenants.setdefault(mark.tenant, []).append(mark)
    return list(of_tenants.values())


def _reason(problem: Exception) -> str:
    """Ours is for people; of others only the kind, since a message may quote a memory."""
    return problem.message if isinstance(problem, Unavailable) else type(problem).__name__
