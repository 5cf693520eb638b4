"""An application behind its edge: what the command line and ASGI servers run."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

import structlog

from app.bootstrap import Application, Hooks, build
from app.domain.errors import Unavailable
from app.edge.options import EdgeOptions, origins_of
from app.metrics import Metrics
from app.ports.telemetry import SILENCE
from app.settings import Settings
from app.telemetry import opened as opened_telemetry
from app.web import Parts, Web, create_app, graph_of

_log = structlog.get_logger(__name__)

Opened = Callable[[], AbstractAsyncContextManager[Application]]


@asynccontextmanager
async def telling(settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    """While the context lasts, `metrics` has somebody to tell of requests, where the settings name a collector."""
    async with opened_telemetry(
        endpoint=settings.otel_endpoint,
        service=settings.otel_service,
        version=_version(),
        sample=settings.otel_sample,
        readings=metrics.readings,
    ) as telemetry:
        metrics.telemetry = telemetry
        try:
            yield
        finally:
            metrics.telemetry = SILENCE


def hooks_of(metrics: Metrics) -> Hooks:
    """What the application tells the metrics while it works."""
    return Hooks(job=metrics.job, event=metrics.event, telemetry=metrics.telemetry)


def web_of(settings: Settings, opened: Opened, metrics: Metrics) -> Web:
    """The ASGI application over one that `opened` gives; its jobs run and its events are told while it serves."""

    @asynccontextmanager
    async def parts() -> AsyncIterator[Parts]:
        async with opened() as application, _at_work(application) as working:

            async def ready() -> None:
                if working.done():
                    raise Unavailable("the work in the background has ended; start the server again")
                async with application.services.store.read(application.operator) as reader:
                    await reader.organization.get()

            metrics.readings.watch(application.gauges)
            yield Parts(
                services=application.services,
                graph=graph_of(application.services, introspection=settings.introspection),
                authenticator=application.authenticator,
                limiter=application.limiter,
                clock=application.clock,
                ids=application.ids,
                metrics=metrics,
                ready=ready,
                standing=application.standing,
            )

    return create_app(options=_options(settings), open_parts=parts)


def app_of(settings: Settings) -> Web:
    """The ASGI application, which opens the data folder when the server starts."""
    metrics = Metrics()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Application]:
        async with telling(settings, metrics), build(settings, hooks_of(metrics)) as application:
            yield application

    return web_of(settings, opened, metrics)


@asynccontextmanager
async def _at_work(application: Application) -> AsyncIterator[asyncio.Task[None]]:
    working = asyncio.create_task(application.work())
    working.add_done_callback(_tell_of_end)
    try:
        yield working
    finally:
        working.cancel()
        await asyncio.wait([working])


def _tell_of_end(working: asyncio.Task[None]) -> None:
    """Work in the background has no end of its own: one that comes by itself is a bug, and is not to pass unseen."""
    if not working.cancelled() and (error := working.exception()):
        _log.critical("work.ended", exc_info=error)


def _options(settings: Settings) -> EdgeOptions:
    return EdgeOptions(
        version=_version(),
        rate_limit=settings.rate_limit,
        body_limit=settings.body_limit,
        request_timeout=settings.request_timeout,
        cors_origins=origins_of(settings.cors_origins),
        introspection=settings.introspection,
        graphiql=settings.graphiql,
        public_metrics=settings.public_metrics,
        max_subscriptions=settings.max_subscriptions,
    )


def _version() -> str:
    try:
        return version("mnemograph")
    except PackageNotFoundError:
        return "unpacked"
