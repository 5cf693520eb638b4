"""Jobs: durable, claimed under a lease, fenced."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.ids import JobId, OrganizationId, ProjectId, UserId
from app.domain.query import Window
from app.domain.work import EventKind, Job, JobState
from tests.builders import NOON, PROJECT, a_job, a_principal
from tests.contracts.conftest import WholeStore

US = a_principal()
ONE = JobId("job_1")
LEASE = timedelta(minutes=1)


async def claimed(store: WholeStore, *, after: timedelta = timedelta(0), limit: int = 9) -> list[Job]:
    async with store.write(US) as uow:
        return await uow.jobs.claim(now=NOON + after, until=NOON + after + LEASE, limit=limit)


async def test_a_job_comes_back_as_it_was_put(store: WholeStore) -> None:
    job = a_job(
        project=None,
        user=UserId("usr_1"),
        arguments={"ids": ["mem_1"], "deep": {"n": 1.5}},
        key=None,
        end_user=UserId("usr_1"),
        state=JobState.FAILED,
        stage="split",
        done=3,
        total=9,
        attempts=2,
        max_attempts=3,
        fence=7,
        leased_until=NOON,
        error="no",
        error_code="unavailable",
        result={"kept": 2},
        finished_at=NOON + LEASE,
    )
    async with store.write(US) as uow:
        await uow.jobs.put_many([a_job(), job])
    async with store.read(US) as reader:
        assert await reader.jobs.get_many([JobId("job_9"), ONE]) == [None, job]


async def test_jobs_are_listed_newest_first_by_state_and_project(store: WholeStore) -> None:
    newer = a_job(id=JobId("job_2"), created_at=NOON + LEASE, state=JobState.FAILED, attempts=5)
    retried = a_job(id=JobId("job_3"), project=ProjectId("prj_2"), state=JobState.FAILED, attempts=1)
    async with store.write(US) as uow:
        await uow.jobs.put_many([a_job(), newer, retried])
        page = uow.jobs.page
        window = Window(limit=9)
        everything = await page(window, project=None, states=(), parked=None)
        assert [row.item for row in everything.rows] == [newer, retried, a_job()]
        failed = await page(window, project=PROJECT, states=(JobState.FAILED,), parked=None)
        assert [row.item for row in failed.rows] == [newer]
        parked = await page(window, project=None, states=(), parked=True)
        assert [row.item for row in parked.rows] == [newer]
        others = await page(window, project=None, states=(), parked=False)
        assert [row.item for row in others.rows] == [retried, a_job()]
        named = await page(window, project=None, states=(), parked=None, names=("other", "another"))
        assert named.rows == []
        named = await page(window, project=None, states=(), parked=None, names=("other", a_job().name))
        assert [row.item for row in named.rows] == [newer, retried, a_job()]


async def test_due_jobs_are_claimed_oldest_first(store: WholeStore) -> None:
    second = a_job(id=JobId("job_2"), due_at=NOON - LEASE)
    later = a_job(id=JobId("job_3"), due_at=NOON + LEASE)
    ended = a_job(id=JobId("job_4"), state=JobState.COMPLETED)
    async with store.write(US) as uow:
        await uow.jobs.put_many([a_job(), second, later, ended])
    taken: dict[str, Any] = {
        "state": JobState.PROCESSING,
        "stage": "started",
        "leased_until": NOON + LEASE,
        "attempts": 1,
        "fence": 1,
    }
    (first,) = await claimed(store, limit=1)
    assert first == replace(second, updated_at=NOON, **taken)
    assert [job.id for job in await claimed(store)] == [ONE]
    assert await claimed(store) == []
    assert [job.id for job in await claimed(store, after=LEASE / 2)] == []


async def test_a_job_whose_lease_ran_out_is_claimed_again_under_a_higher_fence(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.jobs.put_many([a_job()])
    (first,) = await claimed(store)
    (second,) = await claimed(store, after=LEASE)
    assert (second.attempts, second.fence) == (2, 2)
    async with store.write(US) as uow:
        assert await uow.jobs.held(ONE, second.fence) == second
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.jobs.held(ONE, first.fence)
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.jobs.put_many([replace(first, state=JobState.COMPLETED)])
    async with store.read(US) as reader:
        assert await reader.jobs.get_many([ONE]) == [second]


async def test_a_job_that_is_gone_is_not_held(store: WholeStore) -> None:
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.jobs.held(ONE, 1)


async def test_each_change_of_a_job_is_told(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.jobs.put_many([a_job(total=4, user=UserId("usr_1"))])
    (job,) = await claimed(store)
    async with store.write(US) as uow:
        await uow.jobs.put_many([replace(job, state=JobState.FAILED, stage="split", done=2, error="x", error_code="y")])
    async with store.read(US) as reader:
        told = await reader.events.after(0, project=None, limit=9)
    start = {"stage": "queued", "done": 0, "total": 4, "error": None, "errorCode": None}
    assert [one.event.data for one in told] == [
        start | {"state": "PENDING", "attempts": 0},
        start | {"state": "PROCESSING", "stage": "started", "attempts": 1},
        start | {"state": "FAILED", "stage": "split", "attempts": 1, "done": 2, "error": "x", "errorCode": "y"},
    ]
    assert {(one.event.kind, one.event.subject, one.event.project, one.event.user) for one in told} == {
        (EventKind.JOB_UPDATED, "job_1", PROJECT, "usr_1")
    }


async def test_tenants_with_work_the_longest_waiting_first(store: WholeStore) -> None:
    async def put(tenant: str, job: Job) -> None:
        async with store.write(a_principal(tenant=OrganizationId(tenant))) as uow:
            await uow.jobs.put_many([job])

    await put("org_late", a_job(due_at=NOON))
    await put("org_early", a_job(due_at=NOON - LEASE))
    await put("org_future", a_job(due_at=NOON + timedelta(seconds=1)))
    await put("org_held", a_job(state=JobState.PROCESSING, leased_until=NOON + LEASE, due_at=NOON - 2 * LEASE))
    await put("org_lost", a_job(state=JobState.PROCESSING, leased_until=NOON, due_at=NOON - 3 * LEASE))
    assert await store.tenants_with_due_jobs(now=NOON, limit=9) == ["org_lost", "org_early", "org_late"]
    assert await store.tenants_with_due_jobs(now=NOON, limit=1) == ["org_lost"]
    assert await store.tenants_with_due_jobs(now=NOON - 9 * LEASE, limit=9) == []
