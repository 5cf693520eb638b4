"""Jobs by name: what runs them, and what cleans up when they are given up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.domain.principal import Principal
from app.domain.work import Job
from app.services.extract import Extract
from app.services.forget import SCRUB_JOB
from app.services.remember import EXTRACT_JOB
from app.services.scrub import Scrub

Run = Callable[[Principal, Job], Awaitable[Job]]
Abandon = Callable[[Principal, Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """`run` ends the job within its last write; `abandon` tidies up after a job that failed for good."""

    run: Run
    abandon: Abandon


async def _nothing(_principal: Principal, _job: Job) -> None:
    """There is nothing to tidy up."""


def handlers(*, extract: Extract, scrub: Scrub) -> Mapping[str, Handler]:
    return {
        EXTRACT_JOB: Handler(
            run=lambda principal, job: extract.run(principal, job=job),
            abandon=lambda principal, job: extract.abandon(principal, job=job),
        ),
        SCRUB_JOB: Handler(run=lambda principal, job: scrub.run(principal, job=job), abandon=_nothing),
    }
