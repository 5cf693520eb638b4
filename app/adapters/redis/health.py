"""What an operator should know of the Redis: facts by name, and what is wrong, in words."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.adapters.redis.failures import as_our_errors
from app.ports.runtime import Clock

OLDEST = (6, 2)
_PATIENCE = 2.0
_CLOCK_APART = 60.0


async def facts_of(client: Redis, clock: Clock) -> tuple[dict[str, str], list[str]]:
    """Raises Unavailable."""
    with as_our_errors():
        async with asyncio.timeout(_PATIENCE):
            about: Mapping[str, Any] = await client.info()
            seconds, micros = await client.time()
    apart = (datetime.fromtimestamp(seconds + micros / 1_000_000, UTC) - clock.now()).total_seconds()
    policy, limit = str(about.get("maxmemory_policy", "noeviction")), int(about.get("maxmemory", 0))
    facts = {
        "version": str(about.get("redis_version", "unknown")),
        "role": str(about.get("role", "unknown")),
        "memory": str(about.get("used_memory_human", "unknown")),
        "memory limit": str(about.get("maxmemory_human", "unknown")) if limit else "none",
        "when full": policy,
        "clock apart": f"{apart:+.1f} s",
    }
    return facts, list(_problems(facts, limit=limit, apart=apart))


def _problems(facts: Mapping[str, str], *, limit: int, apart: float) -> list[str]:
    problems = []
    if not new_enough(facts["version"]):
        problems.append(f"Redis {facts['version']} is too old: {'.'.join(map(str, OLDEST))} or newer is needed")
    if facts["role"] != "master":
        problems.append("this Redis is a read-only replica: name the one that is written to")
    if facts["when full"] != "noeviction" and limit:
        problems.append(
            f"Redis forgets keys when it is full (maxmemory-policy {facts['when full']}), rate limits among them:"
            " set maxmemory-policy noeviction"
        )
    if abs(apart) > _CLOCK_APART:
        problems.append(f"the clocks of Redis and of this machine are {abs(apart):.0f} s apart: set them by NTP")
    return problems


def new_enough(version: str) -> bool:
    """What does not look like a version is not held against it."""
    numbers = version.split(".")
    return not all(part.isdigit() for part in numbers[:2]) or tuple(map(int, numbers[:2])) >= OLDEST


async def answers_anyone(nobody: Redis) -> bool:
    """Whether it answers a client that gives no password."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await nobody.time()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
