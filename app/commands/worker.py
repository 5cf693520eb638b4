"""`mnemograph worker`: the jobs, in a process of their own, beside servers on the same data."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.folder import shared
from app.commands.options import Data, Json
from app.domain.errors import invalid

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.work import Job
    from app.settings import Settings

_GRACE = 8.0
"""Docker kills after ten."""


def worker(
    *,
    grace: Annotated[
        float,
        typer.Option("--grace", min=0, help="Seconds to finish what runs when it is stopped; the rest goes back."),
    ] = _GRACE,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Run jobs until Ctrl-C, without a server: as many processes as wanted, beside `serve`."""
    settings = opening.settings_for(data)
    if settings.job_workers < 1:
        raise invalid("MNEMOGRAPH_JOB_WORKERS", "must be at least 1 for a worker: it says how many jobs run at once")
    with shared(settings.data):
        asyncio.run(_run(settings, grace=grace, as_json=as_json))
    if not as_json:
        screen.aside().print("Stopped.", style="dim")


async def _run(settings: "Settings", *, grace: float, as_json: bool) -> None:
    from app.bootstrap import Hooks, build
    from app.logs import configure_logs
    from app.metrics import Metrics
    from app.serving import telling

    configure_logs(level=settings.log_level, format=settings.log_format)
    metrics = Metrics()
    async with (
        telling(settings, metrics),
        build(settings, Hooks(job=_attempted, telemetry=metrics.telemetry)) as application,
    ):
        metrics.readings.watch(application.gauges)
        with _told_to_stop() as stop:
            _tell(settings, as_json=as_json)
            await _work(application, stop, grace=grace)


async def _work(application: "Application", stop: asyncio.Event, *, grace: float) -> None:
    """Until it is told to stop; then what runs may end within `grace` seconds, and the rest goes back to the queue."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(application.runner.run())
        told = group.create_task(stop.wait())
        group.create_task(asyncio.to_thread(application.warm))
        rounds = [group.create_task(each) for each in application.rounds()]
        await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED)
        application.runner.retire()
        await asyncio.wait([running], timeout=grace)
        for task in (running, told, *rounds):
            task.cancel()


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Set by SIGTERM and Ctrl-C."""
    stop = asyncio.Event()
    if sys.platform == "win32":  # there Ctrl-C cancels what runs
        yield stop
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _attempted(job: "Job", outcome: str) -> None:
    import structlog

    structlog.get_logger(__name__).info("job.attempted", job=job.id, name=job.name, outcome=outcome, tries=job.attempts)


def _tell(settings: "Settings", *, as_json: bool) -> None:
    if as_json:
        screen.write_json({"worker": os.getpid(), "at_once": settings.job_workers})
    else:
        out = screen.out()
        out.print(f"Mnemograph runs jobs, {settings.job_workers} at once", style="bold")
        out.print("Ctrl-C stops it.", style="dim")
    sys.stdout.flush()
