"""Jobs by name: what runs them, and what cleans up when they are given up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.principal import Principal
from app.domain.webhook import DELIVER_JOB
from app.domain.work import Job
from app.services.clusters import CLUSTERS_JOB, Regroup
from app.services.deliver import Deliver
from app.services.errands import EXTRACT_JOB
from app.services.exports import EXPORT_JOB, Exports
from app.services.extract import Extract
from app.services.filing import FILE_JOB, Filing
from app.services.forget import SCRUB_JOB
from app.services.ingest import INGEST_JOB, Ingest
from app.services.refresh import REFRESH_JOB, Refresh
from app.services.scrub import Scrub

Run = Callable[[Principal, Sequence[Job]], Awaitable[Sequence[Job]]]
Abandon = Callable[[Principal, Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """`run` does jobs of one name and one caller together, and ends each within the write that holds its result.

    `abandon` tidies up after a job that failed for good.
    """

    run: Run
    abandon: Abandon


async def _nothing(_principal: Principal, _job: Job) -> None:
    """There is nothing to tidy up."""


def handlers(
    *,
    extract: Extract,
    filing: Filing,
    scrub: Scrub,
    regroup: Regroup,
    exports: Exports,
    ingest: Ingest,
    refresh: Refresh,
    deliver: Deliver,
) -> Mapping[str, Handler]:
    return {
        EXTRACT_JOB: Handler(
            run=lambda principal, jobs: extract.run(principal, jobs=jobs),
            abandon=lambda principal, job: extract.abandon(principal, job=job),
        ),
        EXPORT_JOB: Handler(run=lambda principal, jobs: exports.run(principal, jobs=jobs), abandon=_nothing),
        INGEST_JOB: Handler(run=lambda principal, jobs: ingest.run(principal, jobs=jobs), abandon=_nothing),
        FILE_JOB: Handler(run=lambda principal, jobs: filing.run(principal, jobs=jobs), abandon=_nothing),
        SCRUB_JOB: Handler(run=lambda principal, jobs: scrub.run(principal, jobs=jobs), abandon=_nothing),
        REFRESH_JOB: Handler(run=lambda principal, jobs: refresh.run(principal, jobs=jobs), abandon=_nothing),
        DELIVER_JOB: Handler(run=lambda principal, jobs: deliver.run(principal, jobs=jobs), abandon=_nothing),
        CLUSTERS_JOB: Handler(run=lambda principal, jobs: regroup.run(principal, jobs=jobs), abandon=_nothing),
    }
