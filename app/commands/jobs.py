"""`mnemograph jobs`: work that is queued, running, done or parked."""

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, NoWait, Project

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import JobId
    from app.domain.work import Job

app = typer.Typer(help="Work in the background: list, watch, replay.", no_args_is_help=True)

_POLL = 0.25


class StateChoice(StrEnum):
    """A job's state."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@app.command("list")
def list_jobs(
    *,
    states: Annotated[list[StateChoice] | None, typer.Option("--state", help="Only these; several allowed.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Only those that failed and wait for a replay.")] = False,
    first: Annotated[int, typer.Option("--first", "-n", help="How many, 1 to 100.")] = 20,
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List jobs, the newest first."""
    from app.commands import shapes
    from app.domain.work import JobState
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[Job]":
        listing = await application.services.work.jobs(
            application.operator,
            project=project,
            states=tuple(JobState(state.name) for state in states or ()),
            parked=True if parked else None,
            page=Slice(first=first),
        )
        return [item.node for item in listing.items]

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.job(job) for job in found])
    elif found:
        _show(found)
    else:
        screen.aside().print("No such jobs.")


@app.command("watch")
def watch(
    *,
    id_: Annotated[str | None, typer.Argument(help="A job's id; all jobs when not given.", metavar="[ID]")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Follow a job until it ends, or all jobs until Ctrl-C; each change is a line."""
    from app.domain.ids import JobId

    async def work(application: "Application") -> bool:
        if id_ is None:
            await _follow_all(application, as_json=as_json)
        return await _follow(application, JobId(id_ or ""), as_json=as_json)

    if not opening.opened(work, data=data):
        raise typer.Exit(NOTHING)


@app.command("replay")
def replay(
    *,
    ids: Annotated[list[str], typer.Argument(help="Ids of failed jobs.", metavar="ID...")],
    no_wait: NoWait = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Queue failed jobs again, and run them here."""
    from app.commands import shapes
    from app.domain.ids import JobId
    from app.domain.work import JobState

    async def work(application: "Application") -> "list[Job]":
        queued = [await application.services.work.replay(application.operator, job=JobId(id_)) for id_ in ids]
        return queued if no_wait else await opening.finish(application, [job.id for job in queued])

    ended = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.job(job) for job in ended])
    else:
        _show(ended)
    if any(job.state is JobState.FAILED for job in ended):
        raise typer.Exit(NOTHING)


async def _follow(application: "Application", id_: "JobId", *, as_json: bool) -> bool:
    """Whether the job was completed in the end."""
    from app.domain.errors import NotFound
    from app.domain.work import JobState

    seen: Job | None = None
    while True:
        job = next(iter(await opening.jobs_of(application, [id_])), None)
        if job is None:
            raise NotFound(f"there is no job {id_}")
        if seen is None or _changed(seen, job):
            _line(job, as_json=as_json)
        seen = job
        if job.state.ended:
            return job.state is JobState.COMPLETED
        await asyncio.sleep(_POLL)


async def _follow_all(application: "Application", *, as_json: bool) -> None:
    from app.services.inputs import Slice

    seen: dict[str, Job] = {}
    began = False
    while True:
        listing = await application.services.work.jobs(application.operator, page=Slice(first=100))
        for job in reversed([item.node for item in listing.items]):
            known = seen.get(job.id)
            new = known is None and (began or not job.state.ended)
            if new or (known is not None and _changed(known, job)):
                _line(job, as_json=as_json)
            seen[job.id] = job
        began = True
        await asyncio.sleep(_POLL)


def _changed(before: "Job", now: "Job") -> bool:
    return (before.state, before.stage, before.done, before.attempts) != (now.state, now.stage, now.done, now.attempts)


def _line(job: "Job", *, as_json: bool) -> None:
    if as_json:
        from app.commands import shapes

        screen.write_json(shapes.job(job))
        return
    share = f"{job.done}/{job.total}" if job.total else ""
    line = f"{job.updated_at:%H:%M:%S}  {job.id}  {job.name:<10} {job.state:<10} {job.stage:<12} {share}"
    screen.out().print(line.rstrip() + (f"  {screen.printable(job.error)}" if job.error else ""), style=_style(job))


def _show(jobs: "list[Job]") -> None:
    table = screen.table("id", "name", "state", "stage", "done", "tries", "updated", "error")
    for job in jobs:
        table.add_row(
            job.id,
            job.name,
            job.state,
            job.stage,
            f"{job.done}/{job.total}" if job.total else "",
            f"{job.attempts}",
            f"{job.updated_at:%Y-%m-%d %H:%M:%S}",
            screen.printable(job.error or ""),
            style=_style(job),
        )
    screen.out().print(table)


def _style(job: "Job") -> str:
    return {"FAILED": "red", "COMPLETED": "green"}.get(job.state, "")
