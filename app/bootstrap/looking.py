"""The servers that the settings name, asked what they say of themselves; nothing needs to work there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.adapters.local_limiter import LocalLimiter
from app.adapters.neo4j.facts import Neo4jFacts
from app.adapters.neo4j.marks import Marks
from app.adapters.neo4j.server import open_server
from app.adapters.redis.messaging import open_redis
from app.adapters.runtime import LoopSignal, SystemClock
from app.adapters.weaviate.facts import WeaviateFacts
from app.ports.servers import Server
from app.settings import Settings
from app.startup import Seen, demand_sound, look


async def look_at_servers(settings: Settings) -> list[Seen]:
    """For `doctor`."""
    async with _servers(settings) as servers:
        return await look(servers, clock=SystemClock())


async def demand_sound_servers(settings: Settings) -> None:
    """Before anything is opened. Raises Unavailable naming all that stops a start."""
    async with _servers(settings) as servers:
        await demand_sound(
            servers,
            passwords=settings.passwords,
            insecure_allowed=settings.allow_insecure_stores,
            clock=SystemClock(),
        )


@asynccontextmanager
async def _servers(settings: Settings) -> AsyncIterator[Sequence[Server]]:
    clock = SystemClock()
    async with (
        open_server(
            url=settings.neo4j_url,
            user=settings.neo4j_user,
            password=settings.neo4j_password,
            database=settings.neo4j_database,
        ) as neo4j,
        open_redis(
            url=settings.redis_url,
            prefix=settings.redis_prefix,
            clock=clock,
            changes=LoopSignal(),
            jobs=LoopSignal(),
            limiter=LocalLimiter(clock),
        ) as redis,
    ):
        yield (
            Neo4jFacts(
                neo4j,
                url=settings.neo4j_url,
                database=settings.neo4j_database,
                backlog=Marks(neo4j, clock=clock).backlog,
            ),
            WeaviateFacts(url=settings.weaviate_url, key=settings.weaviate_key, prefix=settings.weaviate_prefix),
            redis,
        )
