"""What the Redis says of itself, for the start-up check and `doctor`."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from app.domain import troubles
from app.domain.troubles import ServerName
from app.ports.servers import Refused, ServerFacts

_PATIENCE = 2.0


async def facts_of(client: Redis, *, nobody: Redis) -> ServerFacts:
    """`nobody` is a client without credentials. Raises Refused."""
    async with asyncio.timeout(_PATIENCE):
        try:
            about: Mapping[str, Any] = await client.info()
        except AuthenticationError as exc:
            raise Refused(troubles.wrong_password(ServerName.REDIS)) from exc
        seconds, micros = await client.time()
    policy, limit = str(about.get("maxmemory_policy", "noeviction")), int(about.get("maxmemory", 0))
    return ServerFacts(
        version=str(about.get("redis_version", "")),
        time=datetime.fromtimestamp(seconds + micros / 1_000_000, UTC),
        open_to_anyone=await _answers(nobody),
        shown={
            "role": str(about.get("role", "unknown")),
            "memory": str(about.get("used_memory_human", "unknown")),
            "memory limit": str(about.get("maxmemory_human", "unknown")) if limit else "none",
            "clients": str(about.get("connected_clients", "unknown")),
        },
        troubles=(troubles.evicting(policy),) if policy != "noeviction" and limit else (),
    )


async def _answers(nobody: Redis) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await nobody.time()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
