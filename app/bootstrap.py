"""The composition root: settings become adapters, adapters become services. It owns shutting down."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.adapters.local_bus import LocalBus
from app.adapters.local_limiter import LocalLimiter
from app.adapters.runtime import LoopSignal, OrderedIds, SystemClock
from app.adapters.spacy_analysis import SpacyAnalyzer
from app.adapters.sqlite.store import SqliteStore, open_store
from app.adapters.tokens import BpeTokenCounter
from app.domain import errors
from app.domain.account import Organization
from app.domain.ids import OrganizationId
from app.domain.principal import Principal
from app.domain.work import Job
from app.extraction.pipeline import Extractor
from app.identity.authenticate import Authenticator
from app.jobs.handlers import handlers
from app.jobs.relay import Relay, Told
from app.jobs.runner import Crew, JobRunner
from app.ports.directory import Directory
from app.ports.messaging import Limiter
from app.ports.models import Embedder
from app.ports.runtime import Clock, IdFactory
from app.ports.store import StoreKeeper
from app.services.accounts import Accounts
from app.services.attention import Attention
from app.services.bundle import Services
from app.services.compose import Compose
from app.services.explore import Explore
from app.services.extract import Extract
from app.services.facts import Claims
from app.services.forget import Forget
from app.services.live import Live
from app.services.recall import Recall
from app.services.remember import Remember
from app.services.scrub import Scrub
from app.services.vectors import Vectors
from app.services.work import Work
from app.settings import Settings

STORE_FILE = "mnemograph.db"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything an entry point needs. `operator` is whoever may read the data folder."""

    settings: Settings
    services: Services
    authenticator: Authenticator
    limiter: Limiter
    keeper: StoreKeeper
    directory: Directory
    embedder: Embedder
    ids: IdFactory
    operator: Principal
    runner: JobRunner
    relay: Relay
    attention: Attention
    bus: LocalBus
    warm: Callable[[], object]

    async def work(self) -> None:
        """Runs jobs and tells events until cancelled; loads the models in the background."""
        seen = await self.directory.revisions()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.relay.run(seen=seen))
            group.create_task(self.runner.run())
            group.create_task(self.attention.run())
            group.create_task(self._warm())

    async def _warm(self) -> None:
        await asyncio.to_thread(self.warm)
        try:
            await self.embedder.embed(["warm"])
        except errors.Unavailable as problem:
            _log.warning("embedding.unavailable", reason=problem.message)


def _job_told(_job: Job, _outcome: str) -> None:
    """Nobody counts."""


def _event_told(*, recorded_at: datetime, told_at: datetime) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Who hears how attempts of jobs ended, and when events were recorded and told."""

    job: Callable[[Job, str], None] = _job_told
    event: Told = _event_told


@asynccontextmanager
async def build(settings: Settings, hooks: Hooks = Hooks()) -> AsyncIterator[Application]:
    """Opens the data folder and wires the application. Raises AppError where the folder cannot be used."""
    clock = SystemClock()
    ids = OrderedIds(clock)
    wake_runner, wake_relay = LoopSignal(), LoopSignal()

    def on_commit() -> None:
        wake_relay.notify()
        wake_runner.notify()

    async with AsyncExitStack() as stack:
        _prepare(settings)
        path = settings.data / STORE_FILE
        store = await stack.enter_async_context(open_store(path, clock=clock, on_commit=on_commit))
        embedder = await _embedder(settings, stack)
        bus = LocalBus()
        stack.callback(bus.close)
        analyzer = SpacyAnalyzer(settings.spacy_model or None)
        limiter = LocalLimiter(clock)
        authenticator = Authenticator(directory=store, clock=clock, limiter=limiter)
        vectors = Vectors(embedder)
        lease = timedelta(seconds=settings.job_lease)
        extract = Extract(
            store=store,
            claims=Claims(store=store, index=store, vectors=vectors),
            vectors=vectors,
            extractor=Extractor(analyzer),
            clock=clock,
            ids=ids,
            lease=lease,
        )
        runner = JobRunner(
            store=store,
            directory=store,
            authenticator=authenticator,
            handlers=handlers(extract=extract, scrub=Scrub(store=store, keeper=store, clock=clock)),
            signal=wake_runner,
            clock=clock,
            crew=Crew(workers=settings.job_workers, lease=lease),
            jitter=random.random,
            told=hooks.job,
        )
        attention = Attention(store=store, clock=clock)
        services = _services(store, vectors=vectors, attention=attention, bus=bus, clock=clock, ids=ids)
        tenant = await _tenant(store, clock, ids)
        operator = authenticator.operator(tenant)
        await services.accounts.furnish(operator)
        yield Application(
            settings=settings,
            services=services,
            authenticator=authenticator,
            limiter=limiter,
            keeper=store,
            directory=store,
            embedder=embedder,
            operator=operator,
            runner=runner,
            attention=attention,
            relay=Relay(directory=store, bus=bus, signal=wake_relay, clock=clock, told=hooks.event),
            ids=ids,
            bus=bus,
            warm=lambda: analyzer.analyze(["Warm up."]),
        )


def _services(
    store: SqliteStore, *, vectors: Vectors, attention: Attention, bus: LocalBus, clock: Clock, ids: IdFactory
) -> Services:
    recall = Recall(store=store, index=store, vectors=vectors, attention=attention, clock=clock)
    return Services(
        remember=Remember(store=store, vectors=vectors, clock=clock, ids=ids),
        recall=recall,
        compose=Compose(recall=recall, store=store, tokens=BpeTokenCounter(), clock=clock),
        forget=Forget(store=store, clock=clock, ids=ids),
        explore=Explore(store=store),
        accounts=Accounts(store=store, clock=clock, ids=ids),
        work=Work(store=store, clock=clock),
        live=Live(store=store, bus=bus, clock=clock),
        store=store,
    )


def _prepare(settings: Settings) -> None:
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise errors.Unavailable(f"cannot use the data folder {settings.data}: {exc.strerror}") from exc


async def _embedder(settings: Settings, stack: AsyncExitStack) -> Embedder:
    match settings.embedder:
        case "auto" | "onnx" | "numpy" as engine:
            from app.adapters.embedding.minilm import open_minilm

            return await stack.enter_async_context(open_minilm(cache=settings.data / "models", engine=engine))
        case "endpoint":
            from app.adapters.embedding.endpoint import open_endpoint

            return await stack.enter_async_context(
                open_endpoint(
                    url=settings.embedding_url,
                    key=settings.embedding_key or None,
                    model=settings.embedding_model,
                    dimension=settings.embedding_dimension,
                )
            )
        case other:
            raise errors.invalid("MNEMOGRAPH_EMBEDDER", f"{other!r} is not one of auto, onnx, numpy, endpoint")


async def _tenant(store: Directory, clock: Clock, ids: IdFactory) -> OrganizationId:
    """The first organization of the installation; made at the first start."""
    known = await store.organizations()
    if not known:
        made = Organization(id=OrganizationId(ids.new("organization")), name="Default", created_at=clock.now())
        await store.found(made)
        known = await store.organizations()
    return known[0].id
