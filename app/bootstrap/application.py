"""The application over its ground: adapters become services, and what runs beside the requests."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from app.adapters.local_bus import LocalBus
from app.adapters.outbound import Passage, open_sender
from app.adapters.spacy_analysis import SpacyAnalyzer
from app.adapters.tokens import BpeTokenCounter
from app.bootstrap.embedded import embedded
from app.bootstrap.ground import Ground
from app.bootstrap.models import embedder_of, reader_of
from app.bootstrap.papers import papers
from app.domain import errors
from app.domain.account import Organization
from app.domain.ids import OrganizationId
from app.domain.keys import Dialect
from app.domain.principal import Principal
from app.domain.spending import Cap
from app.domain.work import Job
from app.extraction.pipeline import Extractor
from app.identity.authenticate import Authenticator
from app.indexing.bundle import Indexing
from app.jobs.courier import Courier
from app.jobs.handlers import handlers
from app.jobs.relay import Relay, Told
from app.jobs.runner import Crew, JobRunner
from app.jobs.sweeper import Sweeper
from app.ports.directory import Directory
from app.ports.messaging import Limiter
from app.ports.models import Embedder, TextReader
from app.ports.runtime import Clock, IdFactory
from app.ports.servers import Standing
from app.ports.store import StoreKeeper
from app.ports.telemetry import SILENCE, Source, Telemetry
from app.ports.webhooks import Sender
from app.services.accounts import Accounts
from app.services.announce import Announce
from app.services.attention import Attention
from app.services.biographies import Biographies
from app.services.bundle import Services
from app.services.chronicle import Chronicle
from app.services.clusters import Clusters, Regroup
from app.services.compose import Compose
from app.services.curate import Curate
from app.services.deciding import Deciding
from app.services.deliver import Deliver
from app.services.distil import Distil
from app.services.expire import Expire
from app.services.explore import Explore
from app.services.exports import Exports
from app.services.extract import Extract
from app.services.facts import Claims
from app.services.filing import Filing
from app.services.forget import Forget
from app.services.imports import Imports
from app.services.ingest import Ingest
from app.services.intake import Intake
from app.services.keypaths import Keypaths
from app.services.knowledge import Knowledge
from app.services.live import Live
from app.services.merging import Merging
from app.services.network import Network
from app.services.notices import Body, Notice, Notices
from app.services.numbers import Numbers
from app.services.ontology import Ontologies
from app.services.past import Past
from app.services.profiles import Profiles
from app.services.projects import Projects
from app.services.recall import Recall
from app.services.refresh import Refresh
from app.services.remember import Remember
from app.services.routing import Routing
from app.services.scopes import Scopes
from app.services.scrub import Scrub
from app.services.sharpen import Budget, Sharpen
from app.services.sift import Sift
from app.services.summarize import Summarize
from app.services.teams import Teams
from app.services.transcripts import Transcripts
from app.services.transfer import Transfer
from app.services.trees import Trees
from app.services.turns import Turns
from app.services.understand import Understand
from app.services.values import Values
from app.services.vectors import Vectors
from app.services.vocabulary import Vocabularies
from app.services.webhooks import Webhooks
from app.services.work import Work
from app.settings import Settings
from app.telemetry.wrapping import told, told_jobs, told_store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything an entry point needs. `operator` is whoever may use the store without a key."""

    settings: Settings
    services: Services
    authenticator: Authenticator
    limiter: Limiter
    keeper: StoreKeeper
    directory: Directory
    embedder: Embedder
    reader: TextReader | None
    clock: Clock
    indexing: Indexing | None
    ids: IdFactory
    operator: Principal
    runner: JobRunner
    relay: Relay
    sweeper: Sweeper
    courier: Courier
    attention: Attention
    bus: LocalBus
    gauges: Sequence[Source]
    standing: Callable[[], Standing]
    warm: Callable[[], object]

    async def work(self) -> None:
        """Runs jobs, keeps the index in step and tells events, until cancelled; loads the models in the background."""
        seen = await self.directory.revisions()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.relay.run(seen=seen))
            group.create_task(self.attention.run())
            group.create_task(self._warm())
            if self.settings.job_workers:
                group.create_task(self.runner.run())
                for rounds in self.rounds():
                    group.create_task(rounds)

    def rounds(self) -> list[Coroutine[None, None, None]]:
        """What workers do besides jobs, each until cancelled."""
        indexing = [self.indexing.run()] if self.indexing is not None else []
        return [self.sweeper.run(), self.courier.run(), *indexing]

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
    """Who hears how attempts of jobs ended, when events were recorded and told, and what takes how long."""

    job: Callable[[Job, str], None] = _job_told
    event: Told = _event_told
    telemetry: Telemetry = SILENCE


@asynccontextmanager
async def build(settings: Settings, hooks: Hooks = Hooks()) -> AsyncIterator[Application]:
    """Opens the store and wires the application. Raises AppError where it cannot be used."""
    async with AsyncExitStack() as stack:
        _prepare(settings)
        telemetry = hooks.telemetry
        embedder = told(await stack.enter_async_context(embedder_of(settings)), telemetry, name="model")
        bare = await stack.enter_async_context(_ground(settings, embedder))
        ground = replace(bare, store=told_store(bare.store, telemetry), index=told(bare.index, telemetry, name="index"))
        model = await stack.enter_async_context(reader_of(settings, ground.clock))
        reader = model and told(model, telemetry, name="model")
        bus = LocalBus()
        stack.callback(bus.close)
        analyzer = SpacyAnalyzer(settings.spacy_model or None)
        vectors = Vectors(embedder, tokens=settings.token_vectors)
        attention = Attention(store=ground.store, clock=ground.clock)
        extractor = Extractor(analyzer)
        sender = await stack.enter_async_context(open_sender(_passage(settings)))
        services = _services(
            settings,
            ground,
            vectors=vectors,
            extractor=extractor,
            attention=attention,
            bus=bus,
            sender=sender,
            telemetry=telemetry,
        )
        operator = ground.authenticator.operator(await _tenant(ground))
        await services.accounts.furnish(operator)
        yield Application(
            settings=settings,
            services=services,
            authenticator=ground.authenticator,
            limiter=ground.limiter,
            keeper=ground.keeper,
            directory=ground.directory,
            embedder=embedder,
            clock=ground.clock,
            reader=reader,
            indexing=ground.indexing,
            operator=operator,
            runner=_runner(
                settings, ground, _extract(settings, ground, vectors, extractor, reader), services=services, hooks=hooks
            ),
            attention=attention,
            relay=Relay(
                directory=ground.directory,
                bus=bus,
                signal=ground.wake_relay,
                clock=ground.clock,
                told=hooks.event,
                poll=ground.poll,
            ),
            sweeper=Sweeper(
                directory=ground.directory,
                authenticator=ground.authenticator,
                expire=Expire(store=ground.store, clock=ground.clock),
                clock=ground.clock,
            ),
            courier=Courier(
                directory=ground.directory,
                authenticator=ground.authenticator,
                announce=Announce(store=ground.store, clock=ground.clock, ids=ground.ids),
            ),
            ids=ground.ids,
            bus=bus,
            gauges=ground.gauges,
            standing=ground.standing,
            warm=lambda: analyzer.analyze(["Warm up."]),
        )


def _ground(settings: Settings, embedder: Embedder) -> AbstractAsyncContextManager[Ground]:
    if settings.store == "neo4j":
        from app.bootstrap.servers import servers

        return servers(settings, embedder)
    return embedded(settings)


def _extract(
    settings: Settings, ground: Ground, vectors: Vectors, extractor: Extractor, reader: TextReader | None
) -> Extract:
    return Extract(
        store=ground.store,
        claims=Claims(store=ground.store, index=ground.index, vectors=vectors),
        vectors=vectors,
        extractor=extractor,
        clock=ground.clock,
        ids=ground.ids,
        lease=timedelta(seconds=settings.job_lease),
        sharpen=_sharpen(settings, ground, reader),
    )


def _runner(settings: Settings, ground: Ground, extract: Extract, *, services: Services, hooks: Hooks) -> JobRunner:
    scrub = Scrub(store=ground.store, keeper=ground.keeper, clock=ground.clock)
    regroup = Regroup(store=ground.store, clock=ground.clock, ids=ground.ids)
    return JobRunner(
        store=ground.store,
        directory=ground.directory,
        authenticator=ground.authenticator,
        handlers=told_jobs(
            handlers(
                extract=extract,
                filing=services.filing,
                scrub=scrub,
                regroup=regroup,
                exports=services.exports,
                ingest=services.ingest,
                refresh=services.refresh,
                deliver=services.deliver,
            ),
            hooks.telemetry,
        ),
        signal=ground.wake_runner,
        clock=ground.clock,
        crew=Crew(workers=settings.job_workers, lease=timedelta(seconds=settings.job_lease)),
        jitter=random.random,
        told=hooks.job,
    )


def _memsolus_notice(told: Notice) -> Body:
    """The dialects are loaded when one is spoken: the command line starts without them."""
    from app.rest.dialects.memsolus.notices import notice

    return notice(told)


def _passage(settings: Settings) -> Passage:
    return Passage.ANYWHERE if settings.webhooks_private else Passage.PUBLIC


def _sharpen(settings: Settings, ground: Ground, reader: TextReader | None) -> Sharpen | None:
    if reader is None:
        return None
    budget = Budget(
        job=Cap(calls=settings.llm_job_calls, tokens=settings.llm_job_tokens),
        day=Cap(calls=settings.llm_day_calls, tokens=settings.llm_day_tokens),
    )
    return Sharpen(store=ground.store, reader=reader, budget=budget, clock=ground.clock)


def _services(
    settings: Settings,
    ground: Ground,
    *,
    vectors: Vectors,
    extractor: Extractor,
    attention: Attention,
    bus: LocalBus,
    sender: Sender,
    telemetry: Telemetry,
) -> Services:
    task_life, lease = timedelta(hours=settings.task_hours), timedelta(seconds=settings.job_lease)
    store, clock, ids = ground.store, ground.clock, ground.ids
    recall = Recall(
        store=store, index=ground.index, standby=ground.standby, vectors=vectors, attention=attention, clock=clock
    )
    remember = Remember(store=store, vectors=vectors, clock=clock, ids=ids, task_life=task_life)
    sift = Sift(extractor=extractor, clock=clock)
    explore = Explore(store=store, attention=attention)
    transfer = Transfer(remember=remember, explore=explore, store=store)
    intake = Intake(papers=papers())
    accounts = Accounts(store=store, clock=clock, ids=ids)
    teams = Teams(
        store=store,
        accounts=accounts,
        limiter=ground.limiter,
        clock=clock,
        ids=ids,
        found=ground.directory.found,
        operator=ground.authenticator.operator,
        opened=settings.teams_opened,
    )
    deciding = Deciding(store=store, clock=clock)
    profiles = Profiles(store=store, clock=clock)
    notices = Notices(store=store, forms={Dialect.MEMSOLUS: _memsolus_notice})
    deliver = Deliver(store=store, notices=notices, sender=sender, clock=clock, jitter=random.random)
    routing = Routing(store=store, recall=recall, explore=explore, deciding=deciding, profiles=profiles, clock=clock)
    return Services(
        remember=remember,
        recall=recall,
        compose=Compose(recall=recall, store=store, tokens=BpeTokenCounter(), clock=clock),
        curate=Curate(store=store, clock=clock, task_life=task_life),
        distil=Distil(store=store, extractor=extractor, clock=clock),
        forget=Forget(store=store, clock=clock, ids=ids),
        merging=Merging(store=store, clock=clock),
        deciding=deciding,
        explore=explore,
        routing=routing,
        filing=Filing(store=store, vectors=vectors, clock=clock, ids=ids),
        keypaths=Keypaths(store=store, vectors=vectors, clock=clock, ids=ids),
        trees=Trees(store=store, clock=clock),
        projects=Projects(store=store, clock=clock, ids=ids),
        past=Past(store=store, clock=clock),
        chronicle=Chronicle(store=store, vectors=vectors, clock=clock, ids=ids),
        clusters=Clusters(store=store, clock=clock, ids=ids),
        summarize=Summarize(store=store, vectors=vectors, tokens=BpeTokenCounter(), clock=clock, ids=ids),
        understand=Understand(store=store, clock=clock),
        profiles=profiles,
        biographies=Biographies(store=store, profiles=profiles, limiter=ground.limiter, clock=clock, ids=ids),
        vocabularies=Vocabularies(store=store, clock=clock),
        ontologies=Ontologies(store=store, clock=clock),
        refresh=Refresh(store=store, explore=explore, vectors=vectors, clock=clock, ids=ids, lease=lease),
        network=Network(store=store, recall=recall),
        knowledge=Knowledge(explore=explore),
        exports=Exports(store=store, explore=explore, clock=clock, ids=ids),
        ingest=Ingest(store=store, transfer=transfer, intake=intake, clock=clock, ids=ids, lease=lease),
        intake=intake,
        accounts=accounts,
        work=Work(store=store, clock=clock),
        live=Live(store=store, bus=bus, clock=clock),
        numbers=Numbers(store=store),
        imports=Imports(store=store, clock=clock, ids=ids),
        scopes=Scopes(store=store),
        sift=sift,
        turns=Turns(store=store, remember=remember, sift=sift, clock=clock, ids=ids),
        transcripts=Transcripts(store=store, clock=clock, ids=ids),
        values=Values(store=store, clock=clock, ids=ids),
        teams=teams,
        deliver=deliver,
        webhooks=Webhooks(store=store, deliver=deliver, notices=notices, sender=sender, clock=clock, ids=ids),
        store=store,
        now=clock.now,
        telemetry=telemetry,
    )


def _prepare(settings: Settings) -> None:
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise errors.Unavailable(f"cannot use the data folder {settings.data}: {exc.strerror}") from exc


async def _tenant(ground: Ground) -> OrganizationId:
    """The first organization of the installation; made at the first start."""
    made = OrganizationId(ground.ids.new("organization"))
    first = await ground.directory.first(Organization(id=made, name="Default", created_at=ground.clock.now()))
    return first.id
