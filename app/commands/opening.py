"""Opening the data folder from a command, as its local operator."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.commands.folder import require_store, shared

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import JobId, MemoryId
    from app.domain.work import Job
    from app.services.transfer import Transfer
    from app.settings import Settings

T = TypeVar("T")

_POLL = 0.25


def settings_for(data: Path | None) -> "Settings":
    """The environment's settings, with the folder that an option named.

    A command tells itself what went wrong: logs say it, on stderr, only when they are asked to.
    """
    from dataclasses import replace

    from app.logs import configure_logs
    from app.settings import Settings

    settings = Settings.from_env()
    asked = settings.log_level != Settings().log_level
    configure_logs(level=settings.log_level if asked else "error", format=settings.log_format)
    return settings if data is None else replace(settings, data=data)


def opened(work: Callable[["Application"], Awaitable[T]], *, data: Path | None) -> T:
    """Does the work on the data that is there. Raises NotFound where nothing was stored yet."""
    settings = settings_for(data)
    if settings.store == "sqlite":
        require_store(settings.data)
    return opened_or_made(work, data=data)


def opened_or_made(work: Callable[["Application"], Awaitable[T]], *, data: Path | None) -> T:
    """Does the work on the data folder, which is made when it is not there, and closes it."""

    async def whole() -> T:
        settings = settings_for(data)
        with shared(settings.data):
            async with built(settings) as application:
                return await work(application)

    return asyncio.run(whole())


@asynccontextmanager
async def built(settings: "Settings") -> AsyncIterator["Application"]:
    """The application for one command."""
    from app.bootstrap import build

    async with build(settings) as application:
        yield application


def transfer_of(application: "Application") -> "Transfer":
    from app.services.transfer import Transfer

    services = application.services
    return Transfer(remember=services.remember, explore=services.explore, store=services.store)


async def finish(
    application: "Application", jobs: Sequence["JobId"], *, tell: Callable[[Sequence["Job"]], None] | None = None
) -> list["Job"]:
    """Runs these jobs here (beside a server's workers, if there are) until they have ended; tells how they go."""
    if not jobs:
        return []
    async with asyncio.TaskGroup() as group:
        draining = group.create_task(application.runner.drain(application.operator.tenant, jobs))
        while tell is not None and not draining.done():
            tell(await jobs_of(application, jobs))
            await asyncio.wait([draining], timeout=_POLL)
    return draining.result()


async def finish_reading(application: "Application", memory: "MemoryId") -> None:
    """Runs the extraction that an edit of this memory asked for, if it did."""
    from app.domain.work import JobState
    from app.services.inputs import Slice

    page = await application.services.work.jobs(
        application.operator, states=(JobState.PENDING, JobState.PROCESSING), page=Slice(first=100)
    )
    asked = [item.node.id for item in page.items if memory in item.node.arguments.get("memories", ())]
    await finish(application, asked)


async def jobs_of(application: "Application", jobs: Sequence["JobId"]) -> list["Job"]:
    """The jobs as they stand, without those that are gone."""
    async with application.services.store.read(application.operator) as reader:
        return [job for job in await reader.jobs.get_many(jobs) if job is not None]
