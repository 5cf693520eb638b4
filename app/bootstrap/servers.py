"""Neo4j for the record, Weaviate for its index, Redis for wake-ups and limits: the same application past one machine."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from app.adapters.followed_clock import FollowedClock
from app.adapters.local_limiter import LocalLimiter
from app.adapters.neo4j.store import Neo4jStore
from app.adapters.neo4j.store import open_store as open_neo4j
from app.adapters.redis.messaging import RedisMessaging, open_redis
from app.adapters.runtime import LoopSignal, OrderedIds
from app.adapters.weaviate.index import WeaviateIndex
from app.adapters.weaviate.index import open_index as open_weaviate
from app.bootstrap.ground import Ground
from app.bootstrap.looking import demand_sound_servers
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Memory
from app.domain.troubles import ServerName
from app.gauges import backlog_of, breaker_of, connection_of
from app.identity.authenticate import Authenticator
from app.indexing.bundle import Indexing
from app.indexing.indexer import Indexer
from app.indexing.pace import DEFAULT, Pace
from app.indexing.rebuild import Embeddings, Rebuild
from app.indexing.repair import Findings, Repair
from app.indexing.search import LayeredSearch
from app.ports.messaging import Signal
from app.ports.models import Embedder, Embedding
from app.ports.runtime import Clock
from app.ports.servers import Standing
from app.ports.telemetry import Source
from app.services.vectors import passage
from app.settings import Settings

_log = structlog.get_logger(__name__)
_POLL = 1.0


@asynccontextmanager
async def servers(settings: Settings, embedder: Embedder) -> AsyncIterator[Ground]:
    """Connects to the three servers. Raises Unavailable where the record is away or a server is not sound.

    Weaviate and Redis may be away: the application starts, says so, and takes them up when they are back.
    """
    await demand_sound_servers(settings)
    clock = FollowedClock()
    ids = OrderedIds(clock)
    wake_runner, wake_relay, wake_indexer = LoopSignal(), LoopSignal(), LoopSignal()
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            open_redis(
                url=settings.redis_url,
                prefix=settings.redis_prefix,
                clock=clock,
                changes=_Both(wake_relay, wake_indexer),
                jobs=wake_runner,
                limiter=LocalLimiter(clock),
            )
        )
        store = await stack.enter_async_context(
            open_neo4j(
                url=settings.neo4j_url,
                user=settings.neo4j_user,
                password=settings.neo4j_password,
                database=settings.neo4j_database,
                clock=clock,
                ids=ids,
                on_commit=lambda _tenant: redis.committed(),
            )
        )
        await stack.enter_async_context(clock.following(store.time))
        host, port = settings.weaviate_grpc_address
        index = await stack.enter_async_context(
            open_weaviate(
                url=settings.weaviate_url,
                grpc=f"{host}:{port}",
                key=settings.weaviate_key,
                prefix=settings.weaviate_prefix,
                model=embedder.model,
                dimension=embedder.dimension,
                clock=clock,
            )
        )
        authenticator = Authenticator(directory=store, clock=clock, limiter=redis.limiter)
        yield Ground(
            clock=clock,
            ids=ids,
            store=store,
            directory=store,
            authenticator=authenticator,
            keeper=store,
            index=LayeredSearch(index=index.search, record=store),
            standby=store,
            indexing=_indexing(
                store, index, embedder, authenticator, clock=clock, signal=wake_indexer, pace=_pace(settings)
            ),
            limiter=redis.limiter,
            wake_runner=redis.jobs,
            wake_relay=wake_relay,
            poll=_POLL,
            gauges=_gauges(store, index, redis, clock),
            standing=lambda: Standing(index=index.answers, messages=redis.state().changes.connected_since is not None),
        )


def _indexing(
    store: Neo4jStore,
    index: WeaviateIndex,
    embedder: Embedder,
    authenticator: Authenticator,
    *,
    clock: Clock,
    signal: Signal,
    pace: Pace,
) -> Indexing:
    async def tenants() -> list[OrganizationId]:
        return [organization.id for organization in await store.organizations()]

    async def make(_tenant: OrganizationId, memories: Sequence[Memory]) -> Sequence[Embedding]:
        return await embedder.embed([passage(memory) for memory in memories])

    async def keep(tenant: OrganizationId, vectors: Mapping[MemoryId, Embedding]) -> None:
        async with store.write(authenticator.sweeper(tenant)) as uow:
            await uow.memories.embed_many(vectors)

    return Indexing(
        indexer=Indexer(outbox=store, index=index.writer, signal=signal, clock=clock, jitter=random.random, pace=pace),
        repair=Repair(
            outbox=store,
            index=index.writer,
            tenants=tenants,
            incarnation=index.incarnation,
            clock=clock,
            told=_repaired,
            pace=pace,
        ),
        rebuild=Rebuild(
            outbox=store,
            generations=index,
            tenants=tenants,
            principal=authenticator.sweeper,
            embeddings=Embeddings(model=embedder.model, make=make, keep=keep),
        ),
        outbox=store,
    )


def _pace(settings: Settings) -> Pace:
    """A write has half of the lease: the rest is for what comes before and after it."""
    lease = timedelta(seconds=settings.index_lease)
    return replace(DEFAULT, lease=lease, writing=lease / 2)


def _repaired(found: Findings) -> None:
    if found != Findings():
        _log.warning("index.repaired", missing=found.missing, stale=found.stale, extra=found.extra)


def _gauges(store: Neo4jStore, index: WeaviateIndex, redis: RedisMessaging, clock: Clock) -> Sequence[Source]:
    return (
        backlog_of(store, clock),
        breaker_of(ServerName.WEAVIATE, lambda: index.breaker),
        connection_of(ServerName.REDIS, lambda: redis.state().changes.connected_since is not None),
    )


class _Both:
    """One notification wakes two who wait apart from each other."""

    def __init__(self, one: Signal, other: Signal) -> None:
        self._one, self._other = one, other

    def notify(self) -> None:
        self._one.notify()
        self._other.notify()

    async def wait(self, seconds: float) -> None:
        """As the first."""
        await self._one.wait(seconds)
