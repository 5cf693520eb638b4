"""Rate limits of all processes together: a bucket per key that fills evenly (GCRA), by Redis's own clock."""

import asyncio

import structlog
from redis.asyncio import Redis

from app.adapters.redis.failures import as_our_errors
from app.domain import errors
from app.ports.messaging import Limiter, Taken

_log = structlog.get_logger(__name__)
_PATIENCE = 0.25
"""Seconds that a request waits for its token."""
_REST = 1.0
"""Seconds without a question to a Redis that did not answer; then one request asks again."""

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000
local each = window / limit
local function keep(full_at)
  redis.call('SET', KEYS[1], string.format('%.17g', full_at), 'PX', math.ceil((full_at - now) / 1000))
end
local kept = tonumber(redis.call('GET', KEYS[1])) or now
if kept > now + window then
  -- A clock that went back, or a window that was made shorter, must not shut anyone out.
  kept = now + window
  keep(kept)
end
local full_at = math.max(kept, now) + each
local wait = full_at - now - window
-- A hair of tolerance: sums of window / limit are not exact.
if wait > 1 + each / 1000 then
  return {string.format('%.0f', wait), '0', string.format('%.0f', math.max(kept - now, 0))}
end
keep(full_at)
local left = math.floor((now + window - full_at) / each + 0.001)
return {'0', string.format('%.0f', left), string.format('%.0f', full_at - now)}
"""


class RedisLimiter:
    """Where Redis does not answer, `local` counts for this process alone: a limit may be generous, never an error."""

    def __init__(self, *, client: Redis, prefix: str, local: Limiter) -> None:
        self._prefix, self._local = prefix, local
        self._script = client.register_script(_TAKE)
        self._rest_until = 0.0
        self._shared = True

    @property
    def shared(self) -> bool:
        """Whether all processes count together at the moment."""
        return self._shared

    async def take(self, key: str, *, limit: int, window: float) -> Taken:
        now = asyncio.get_running_loop().time()
        if now >= self._rest_until:
            if not self._shared:
                self._rest_until = now + _REST
            try:
                taken = await self._take(key, limit, window)
            except errors.Unavailable as problem:
                self._rest(problem)
            else:
                self._answered()
                return taken
        return await self._local.take(key, limit=limit, window=window)

    async def _take(self, key: str, limit: int, window: float) -> Taken:
        with as_our_errors():
            async with asyncio.timeout(_PATIENCE):
                wait, left, full_in = await self._script(keys=[f"{self._prefix}:{key}"], args=[limit, window])
        return Taken(wait=int(wait) / 1_000_000, left=int(left), full_in=int(full_in) / 1_000_000)

    def _rest(self, problem: errors.Unavailable) -> None:
        self._rest_until = asyncio.get_running_loop().time() + _REST
        if self._shared:
            self._shared = False
            _log.warning("redis.limits_local", reason=problem.message)

    def _answered(self) -> None:
        self._rest_until = 0.0
        if not self._shared:
            self._shared = True
            _log.info("redis.limits_shared")
