"""Sharpening: a language model reads what the rules have read, as far as the budget goes.

Where it fails, is late, or has cost too much already, the rules' finding stands, and the job's result says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.ids import JobId, MemoryId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.spending import Cap, Spending
from app.domain.work import Job
from app.extraction.findings import Finding, Turn
from app.extraction.sharpening import sharpened
from app.ports.models import Prose, Read, TextReader
from app.ports.runtime import Clock
from app.ports.store import Store

RESULT = "model"
"""Under which a job's result tells of it."""
OVER_BUDGET = "the budget for the language model is used up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that one job, and one organization on one day (in UTC), may spend."""

    job: Cap = field(default_factory=Cap)
    day: Cap = field(default_factory=Cap)


@dataclass(slots=True, kw_only=True)
class Tally:
    """How it went with the texts of one job, in one batch."""

    read: int = 0
    cached: int = 0
    failed: int = 0
    spent: Spending = field(default_factory=Spending)
    problem: str | None = None

    def note(self, read: Read) -> None:
        self.read += read.account is not None
        self.cached += read.cached
        self.failed += read.account is None
        self.spent += read.cost
        self.problem = read.problem or self.problem

    def added_to(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What the job's result says of the model, with this batch added; the last problem, if there was any."""
        sums = {"read": self.read, "cached": self.cached, "failed": self.failed}
        sums |= {"calls": self.spent.calls, "tokens": self.spent.tokens}
        told: dict[str, Any] = {name: before.get(name, 0) + number for name, number in sums.items()}
        problem = self.problem or before.get("problem")
        return told | ({"problem": problem} if problem else {})


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that the rules have read, and the job that it is read for."""

    memory: Memory
    turn: Turn
    finding: Finding
    job: Job


@dataclass(slots=True)
class _Purse:
    """What may still be spent. Each reading is granted with the most that it may cost, and settled by what it did."""

    budget: Budget
    day: Spending
    jobs: dict[JobId, Spending]

    def grant(self, job: JobId, most: Spending) -> bool:
        granted = self.budget.job.holds(self.jobs[job] + most) and self.budget.day.holds(self.day + most)
        if granted:
            self._add(job, most)
        return granted

    def settle(self, job: JobId, most: Spending, cost: Spending) -> None:
        self._add(job, cost - most)

    def _add(self, job: JobId, spending: Spending) -> None:
        self.day += spending
        self.jobs[job] += spending


@dataclass(slots=True)
class Sharpened:
    """Findings by memory as the model left them, and how it went by job."""

    findings: dict[MemoryId, Finding] = field(default_factory=dict)
    tallies: dict[JobId, Tally] = field(default_factory=dict)


class Sharpen:
    def __init__(self, *, store: Store, reader: TextReader, budget: Budget, clock: Clock) -> None:
        self._store, self._reader, self._budget, self._clock = store, reader, budget, clock

    async def sharpen(self, principal: Principal, pieces: Sequence[Piece]) -> Sharpened:
        """All at once, so that a batch waits no longer than its slowest text. What was spent is in the record then."""
        told = Sharpened(tallies={piece.job.id: Tally() for piece in pieces})
        today = self._clock.now().date()
        async with self._store.read(principal) as reader:
            spent = await reader.spending.on(today)
        purse = _Purse(self._budget, spent, {piece.job.id: _spent(piece.job) for piece in pieces})
        reads = await asyncio.gather(*(self._read(piece, purse) for piece in pieces))
        for piece, read in zip(pieces, reads, strict=True):
            told.tallies[piece.job.id].note(read)
            if read.account is not None:
                told.findings[piece.memory.id] = sharpened(piece.finding, read.account)
        cost = sum((read.cost for read in reads), Spending())
        if cost != Spending():
            async with self._store.write(principal) as uow:
                await uow.spending.add(today, cost)
        return told

    async def _read(self, piece: Piece, purse: _Purse) -> Read:
        prose = Prose(text=piece.turn.text, at=piece.turn.at, speaker=piece.turn.speaker, before=piece.turn.previous)
        most = self._reader.most(prose)
        if not purse.grant(piece.job.id, most):
            return Read(account=None, problem=OVER_BUDGET)
        read = await self._reader.read(prose)
        purse.settle(piece.job.id, most, read.cost)
        return read


def _spent(job: Job) -> Spending:
    told = job.result.get(RESULT, {})
    return Spending(calls=told.get("calls", 0), tokens=told.get("tokens", 0))


def with_findings(
    found: Sequence[tuple[Memory, Finding]], findings: Mapping[MemoryId, Finding]
) -> list[tuple[Memory, Finding]]:
    return [(memory, findings.get(memory.id, finding)) for memory, finding in found]
