"""Jobs: leased, fenced, retried with growing pauses, parked, replayed, handed back (R1.6)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.ids import JobId
from app.domain.principal import Principal
from app.domain.query import Window
from app.domain.work import Job, JobState, completed
from app.jobs.handlers import Handler
from app.ports.store import Reader, UnitOfWork
from app.services.accounts import Accounts
from app.services.inputs import NewKey
from app.services.work import Work
from tests.builders import a_job
from tests.services.conftest import LEASE, Bench

Step = Callable[[Principal, Job], Awaitable[None]]
_ALL = Window(limit=100)


async def enqueue(bench: Bench, **changes: Any) -> Job:
    now = bench.clock.now()
    job = a_job(
        id=JobId(bench.ids.new("job")),
        **{
            "name": "test",
            "project": None,
            "user": None,
            "actor": "operator",
            "key": None,
            "due_at": now,
            "created_at": now,
            "updated_at": now,
            **changes,
        },
    )
    async with bench.store.write(bench.operator) as uow:
        await uow.jobs.put_many([job])
    return job


async def state_of(bench: Bench, job: Job) -> Job:
    async with bench.store.read(bench.operator) as reader:
        found = (await reader.jobs.get_many([job.id]))[0]
    assert found is not None
    return found


class Script:
    """A handler that does one given step after another and then ends its job."""

    def __init__(self, bench: Bench, *steps: Step) -> None:
        self._bench, self._steps = bench, list(steps)
        self.runs: list[Job] = []
        self.started = asyncio.Event()
        self.abandoned: list[Job] = []

    async def run(self, principal: Principal, jobs: Sequence[Job]) -> list[Job]:
        self.runs += jobs
        self.started.set()
        for job in jobs:
            if self._steps:
                await self._steps.pop(0)(principal, job)
        async with self._bench.store.write(principal) as uow:
            held = [await uow.jobs.held(job.id, job.fence) for job in jobs]
            ended = [completed(job, result={"ok": True}, now=self._bench.clock.now()) for job in held]
            await uow.jobs.put_many(ended)
        return ended

    async def abandon(self, _principal: Principal, job: Job) -> None:
        self.abandoned.append(job)

    def handlers(self) -> dict[str, Handler]:
        return {"test": Handler(run=self.run, abandon=self.abandon)}


def failing(error: Exception) -> Step:
    async def step(_principal: Principal, _job: Job) -> None:
        raise error

    return step


async def test_a_job_runs_and_ends_in_its_own_write(bench: Bench) -> None:
    job, script = await enqueue(bench), Script(bench)
    ended = await bench.runner(script.handlers()).drain(bench.operator.tenant, [job.id])
    assert [(j.state, j.result, j.attempts) for j in ended] == [(JobState.COMPLETED, {"ok": True}, 1)]
    assert ended[0].finished_at == bench.clock.now()


async def run_once(bench: Bench, script: Script) -> None:
    """Lets the runner work until nothing is due."""
    working = asyncio.ensure_future(bench.runner(script.handlers()).run())
    before = len(script.runs)
    for _ in range(200):
        await asyncio.sleep(0.01)
        async with bench.store.read(bench.operator) as reader:
            jobs = [row.item for row in (await reader.jobs.page(_ALL, project=None, states=(), parked=None)).rows]
        if len(script.runs) > before and not any(job.state is JobState.PROCESSING for job in jobs):
            break
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_a_passing_failure_is_retried_after_growing_pauses(bench: Bench) -> None:
    away = failing(errors.Unavailable("the model does not answer"))
    job, script = await enqueue(bench), Script(bench, away, away)
    pauses = []
    for _ in range(2):
        await run_once(bench, script)
        waiting = await state_of(bench, job)
        assert (waiting.state, waiting.error_code) == (JobState.PENDING, "unavailable")
        pauses.append((waiting.due_at - bench.clock.now()).total_seconds())
        bench.clock.advance(waiting.due_at - bench.clock.now())
    assert pauses == [1.0, 2.0]
    await run_once(bench, script)
    ended = await state_of(bench, job)
    assert (ended.state, ended.attempts, ended.error) == (JobState.COMPLETED, 3, None)


class FullDisk:
    """A store that takes no writes until it is mended."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self.is_full, self.refused = bench, True, asyncio.Event()

    def read(self, principal: Principal) -> AbstractAsyncContextManager[Reader]:
        return self._bench.store.read(principal)

    @asynccontextmanager
    async def write(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        if self.is_full:
            self.refused.set()
            raise errors.Unavailable("the disk is full")
        async with self._bench.store.write(principal) as uow:
            yield uow


async def test_a_full_disk_stops_the_runner_for_as_long_as_it_is_full(bench: Bench) -> None:
    job, script, disk = await enqueue(bench), Script(bench), FullDisk(bench)
    working = asyncio.ensure_future(bench.runner(script.handlers(), store=disk).run())
    await disk.refused.wait()
    disk.is_full = False
    await asyncio.wait_for(script.started.wait(), 10)
    for _ in range(200):
        await asyncio.sleep(0.01)
        if (await state_of(bench, job)).state.ended:
            break
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (await state_of(bench, job)).state is JobState.COMPLETED


async def test_what_keeps_failing_is_parked_seen_and_replayed(bench: Bench) -> None:
    broken = failing(RuntimeError("secret text of a memory"))
    job, script = await enqueue(bench, max_attempts=2), Script(bench, broken, broken)
    for _ in range(2):
        await run_once(bench, script)
        bench.clock.advance(timedelta(minutes=10))
    parked = await state_of(bench, job)
    assert (parked.state, parked.error_code, parked.error) == (JobState.FAILED, "internal", "It went wrong")
    assert [j.id for j in script.abandoned] == [job.id]
    work = Work(store=bench.store, clock=bench.clock)
    assert [i.node.id for i in (await work.jobs(bench.operator, parked=True)).items] == [job.id]
    again = await work.replay(bench.operator, job=job.id)
    assert (again.state, again.attempts, again.error) == (JobState.PENDING, 0, None)
    await run_once(bench, script)
    assert (await state_of(bench, job)).state is JobState.COMPLETED


async def test_only_a_failed_job_can_be_replayed(bench: Bench) -> None:
    job = await enqueue(bench)
    with pytest.raises(errors.Conflict):
        await Work(store=bench.store, clock=bench.clock).replay(bench.operator, job=job.id)


@pytest.mark.parametrize("error", [errors.Forbidden(), errors.NotFound(), errors.invalid("x", "is wrong")])
async def test_a_lasting_failure_is_not_retried(bench: Bench, error: errors.AppError) -> None:
    job, script = await enqueue(bench), Script(bench, failing(error))
    await run_once(bench, script)
    ended = await state_of(bench, job)
    assert (ended.state, ended.attempts, ended.error_code) == (JobState.FAILED, 1, error.code)


async def test_jobs_of_one_caller_are_done_together_and_one_that_fails_fails_alone(bench: Bench) -> None:
    jobs = [await enqueue(bench) for _ in range(3)]
    other = await enqueue(bench, actor="somebody else")

    async def refuse_the_second(_principal: Principal, job: Job) -> None:
        if job.id == jobs[1].id:
            raise errors.Forbidden

    script = Script(bench, *[refuse_the_second] * 10)
    ids = [job.id for job in (*jobs, other)]
    ended = await bench.runner(script.handlers()).drain(bench.operator.tenant, ids)
    states = [JobState.COMPLETED, JobState.FAILED, JobState.COMPLETED, JobState.COMPLETED]
    assert [job.state for job in ended] == states
    assert {job.id for job in script.runs[:3]} <= {job.id for job in jobs}
    assert [job.attempts for job in ended] == [1, 1, 1, 1]


async def test_a_job_without_a_handler_ends(bench: Bench) -> None:
    job = await enqueue(bench, name="unknown")
    ended = await bench.runner({}).drain(bench.operator.tenant, [job.id])
    assert [(j.state, j.error_code) for j in ended] == [(JobState.FAILED, "invalid")]


async def test_a_silent_workers_job_is_taken_over_and_the_late_one_writes_nothing(bench: Bench) -> None:
    woken = asyncio.Event()

    async def sleep(_principal: Principal, _job: Job) -> None:
        await woken.wait()

    job, slow, quick = await enqueue(bench), Script(bench, sleep), Script(bench)
    late = asyncio.ensure_future(bench.runner(slow.handlers()).run())
    await slow.started.wait()
    bench.clock.advance(LEASE + timedelta(seconds=1))
    ended = await bench.runner(quick.handlers()).drain(bench.operator.tenant, [job.id])
    assert [(j.state, j.attempts, j.fence) for j in ended] == [(JobState.COMPLETED, 2, 2)]
    woken.set()
    await asyncio.sleep(0.1)
    assert await state_of(bench, job) == ended[0]
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)


async def test_a_runner_that_stops_hands_its_jobs_back(bench: Bench) -> None:
    async def forever(_principal: Principal, _job: Job) -> None:
        await asyncio.Event().wait()

    job, script = await enqueue(bench), Script(bench, forever)
    working = asyncio.ensure_future(bench.runner(script.handlers()).run())
    await script.started.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    back = await state_of(bench, job)
    assert (back.state, back.attempts, back.leased_until) == (JobState.PENDING, 0, None)


async def test_a_runner_that_retires_finishes_what_runs_and_claims_nothing_more(bench: Bench) -> None:
    may_end = asyncio.Event()

    async def wait(_principal: Principal, _job: Job) -> None:
        await may_end.wait()

    job, script = await enqueue(bench), Script(bench, wait)
    runner = bench.runner(script.handlers())
    working = asyncio.ensure_future(runner.run())
    await script.started.wait()
    runner.retire()
    later = await enqueue(bench)
    await asyncio.sleep(0.05)
    assert not working.done()
    may_end.set()
    async with asyncio.timeout(10):
        await working
    assert (await state_of(bench, job)).state is JobState.COMPLETED
    assert await state_of(bench, later) == later


async def test_a_runner_without_workers_leaves_the_jobs_to_others(bench: Bench) -> None:
    job, idle, busy = await enqueue(bench), Script(bench), Script(bench)
    nobody = bench.runner(idle.handlers(), workers=0)
    async with asyncio.timeout(10):
        await nobody.run()
    assert await state_of(bench, job) == job
    watching = asyncio.ensure_future(nobody.drain(bench.operator.tenant, [job.id]))
    await bench.runner(busy.handlers()).drain(bench.operator.tenant, [job.id])
    async with asyncio.timeout(10):
        assert [each.state for each in await watching] == [JobState.COMPLETED]
    assert idle.runs == []


async def test_r4_9_rights_are_looked_up_anew_when_the_job_runs(bench: Bench) -> None:
    accounts = Accounts(store=bench.store, clock=bench.clock, ids=bench.ids)
    issued = await accounts.create_key(bench.operator, key=NewKey(name="short-lived"))
    job, script = await enqueue(bench, key=issued.key.id, actor=issued.key.id), Script(bench)
    await accounts.revoke_key(bench.operator, key=issued.key.id)
    bench.clock.advance(timedelta(seconds=1))
    await run_once_refused(bench, script)
    ended = await state_of(bench, job)
    assert (ended.state, ended.error_code) == (JobState.FAILED, "forbidden")
    assert script.runs == []


async def run_once_refused(bench: Bench, script: Script) -> None:
    """Drains whatever is due where no handler is reached."""
    async with bench.store.read(bench.operator) as reader:
        jobs = [row.item.id for row in (await reader.jobs.page(_ALL, project=None, states=(), parked=None)).rows]
    await bench.runner(script.handlers()).drain(bench.operator.tenant, jobs)
