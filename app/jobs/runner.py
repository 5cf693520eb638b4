"""The runner: leases due jobs, runs each as whom it acts for, retries, parks, hands back.

Delivery is at least once: a job whose worker falls silent is claimed again when its lease runs out,
and the fence that grew with the claim keeps the late worker from writing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.domain import errors
from app.domain.ids import JobId, OrganizationId
from app.domain.principal import Principal
from app.domain.work import Job, failed, handed_back, postponed
from app.identity.authenticate import Authenticator
from app.jobs.handlers import Handler
from app.ports.directory import Directory
from app.ports.messaging import Signal
from app.ports.runtime import Clock
from app.ports.store import Store

_log = structlog.get_logger(__name__)
_POLL = 0.5
_GATHER = 0.15
"""Seconds that a wake-up waits for others: jobs that come together are done together, and requests go first.

Adding one text after another on one core: 4.3 and 5.7 ms at the median with .15, 10.2 with .02.
"""
_TOGETHER = 32
"""At most so many jobs of one name and caller are done together: a busy queue costs less a job."""
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 300.0
_LASTING = (errors.Invalid, errors.Forbidden, errors.Unauthenticated, errors.NotFound, errors.Gone)

Outcome = Callable[[Job, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How many groups of jobs run at once in this process (none: others run them), and for how long each is leased."""

    workers: int
    lease: timedelta


class JobRunner:
    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        authenticator: Authenticator,
        handlers: Mapping[str, Handler],
        signal: Signal,
        clock: Clock,
        crew: Crew,
        jitter: Callable[[], float],
        told: Outcome,
    ) -> None:
        """`jitter` gives numbers of 0..1; `told` hears of every attempt and how it went."""
        self._store, self._directory, self._authenticator = store, directory, authenticator
        self._handlers, self._signal, self._clock, self._crew, self._told = handlers, signal, clock, crew, told
        self._jitter = jitter
        self._running: dict[asyncio.Task[None], tuple[OrganizationId, Sequence[Job]]] = {}
        self._retired = not crew.workers

    async def run(self) -> None:
        """Works until it is retired and what runs has ended, or until cancelled: then what is unfinished goes back."""
        try:
            while not self._retired:
                if not await self._claim():
                    await self._signal.wait(_POLL)
                    await asyncio.sleep(_GATHER)
            if self._running:
                await asyncio.wait(self._running)
        finally:
            await self._hand_back()

    def retire(self) -> None:
        """Claims nothing more."""
        self._retired = True
        self._signal.notify()

    async def drain(self, tenant: OrganizationId, jobs: Sequence[JobId]) -> list[Job]:
        """Works until these jobs have ended, whoever runs them; the jobs as they ended."""
        sweeper = self._authenticator.sweeper(tenant)
        try:
            while True:
                async with self._store.read(sweeper) as reader:
                    found = [job for job in await reader.jobs.get_many(jobs) if job is not None]
                if all(job.state.ended for job in found):
                    return found
                if not await self._claim():
                    await self._signal.wait(0.05)
        finally:
            await self._hand_back()

    async def _claim(self) -> bool:
        """Starts what there is room for; whether anything was started."""
        if self._retired:
            return False
        if len(self._running) >= self._crew.workers:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return True
        try:
            return await self._claim_due()
        except errors.Unavailable as problem:
            _log.warning("jobs.store_unavailable", reason=problem.message)
            await asyncio.sleep(_POLL)
            return False

    async def _claim_due(self) -> bool:
        started = False
        for tenant in await self._directory.tenants_with_due_jobs(now=self._clock.now(), limit=self._crew.workers):
            if len(self._running) >= self._crew.workers:
                break
            now = self._clock.now()
            async with self._store.write(self._authenticator.sweeper(tenant)) as uow:
                jobs = await uow.jobs.claim(now=now, until=now + self._crew.lease, limit=_TOGETHER)
            if jobs:
                started = True
                self._start(tenant, jobs)
        return started

    def _start(self, tenant: OrganizationId, jobs: Sequence[Job]) -> None:
        task = asyncio.ensure_future(self._work(tenant, jobs))
        self._running[task] = (tenant, jobs)
        task.add_done_callback(lambda done: self._running.pop(done, None))
        task.add_done_callback(lambda _: self._signal.notify())

    async def _work(self, tenant: OrganizationId, jobs: Sequence[Job]) -> None:
        """One attempt. Never raises: what goes wrong is written to the jobs, or left to their leases."""
        name = jobs[0].kind
        try:
            if name not in self._handlers:
                raise errors.Invalid(message=f"there is no handler for jobs named {name!r}")  # noqa: TRY301
            principal = await self._authenticator.for_job(tenant, jobs[0])
            for ended in await self._handlers[name].run(principal, jobs):
                self._told(ended, ended.state)
        except Exception as exc:  # noqa: BLE001  (an edge: logged and written to the job)
            if len(jobs) == 1:
                await self._failed(tenant, jobs[0], exc)
            else:
                await self._one_by_one(tenant, jobs)

    async def _one_by_one(self, tenant: OrganizationId, jobs: Sequence[Job]) -> None:
        """One of them went wrong: each on its own, so that only that one fails."""
        try:
            async with self._store.read(self._authenticator.sweeper(tenant)) as reader:
                current = await reader.jobs.get_many([job.id for job in jobs])
        except errors.AppError as problem:
            _log.warning("jobs.left_to_their_leases", jobs=len(jobs), code=problem.code)
            return
        for job, now in zip(jobs, current, strict=True):
            if now is not None and not now.state.ended and now.fence == job.fence:
                await self._work(tenant, [now])

    async def _failed(self, tenant: OrganizationId, job: Job, exc: Exception) -> None:
        known = isinstance(exc, errors.AppError)
        code, message = (exc.code, exc.message) if isinstance(exc, errors.AppError) else ("internal", "It went wrong")
        _log.warning("job.failed", job=job.id, name=job.name, attempt=job.attempts, code=code, exc_info=not known)
        sweeper = self._authenticator.sweeper(tenant)
        for_good = isinstance(exc, _LASTING) or job.attempts >= job.max_attempts
        try:
            if for_good:
                await self._abandon(sweeper, job)
            await self._note(sweeper, job, code=code, message=message, for_good=for_good)
        except errors.AppError as problem:
            _log.warning("job.left_to_its_lease", job=job.id, code=problem.code)
        self._told(job, "failed" if for_good else "retried")

    async def _abandon(self, sweeper: Principal, job: Job) -> None:
        handler = self._handlers.get(job.kind)
        if handler is not None:
            async with self._store.read(sweeper) as reader:
                current = (await reader.jobs.get_many([job.id]))[0]
            await handler.abandon(sweeper, current or job)

    async def _note(self, sweeper: Principal, job: Job, *, code: str, message: str, for_good: bool) -> None:
        async with self._store.write(sweeper) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            now = self._clock.now()
            if for_good:
                after = failed(held, code=code, message=message, now=now)
            else:
                due = now + timedelta(seconds=_delay(held.attempts) * (0.5 + self._jitter()))
                after = postponed(held, code=code, message=message, due_at=due, now=now)
            await uow.jobs.put_many([after])

    async def _hand_back(self) -> None:
        """Stops what runs and gives the leases back, so that the next worker need not wait for them."""
        running = dict(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for task, (tenant, jobs) in running.items():
            if task.cancelled():
                await self._give_back(tenant, jobs)

    async def _give_back(self, tenant: OrganizationId, jobs: Sequence[Job]) -> None:
        """All in one unit: while the store is away, each would take its time to find that out."""
        try:
            async with self._store.write(self._authenticator.sweeper(tenant)) as uow:
                found = await uow.jobs.get_many([job.id for job in jobs])
                ours = [now for job, now in zip(jobs, found, strict=True) if now and now.fence == job.fence]
                given = [handed_back(job, now=self._clock.now()) for job in ours if not job.state.ended]
                await uow.jobs.put_many(given)
        except errors.AppError as problem:
            _log.warning("jobs.left_to_their_leases", jobs=len(jobs), code=problem.code)


def _delay(attempts: int) -> float:
    """Seconds until the next attempt: doubling, capped; jitter keeps failed jobs from returning together."""
    return min(_LONGEST_DELAY, _FIRST_DELAY * float(2 ** (attempts - 1)))
