"""The sweeper: once a minute it has working memory forgotten whose time is over, in every tenant that has some."""

import asyncio
from dataclasses import replace

import structlog

from app.domain import errors
from app.identity.authenticate import Authenticator
from app.ports.directory import Directory
from app.ports.runtime import Clock
from app.services.expire import Expire

_log = structlog.get_logger(__name__)
EVERY = 60.0
"""Seconds between two sweeps. What is over is found by nothing in the meantime either."""
ACTOR = "sweeper"
_TENANTS = 100


class Sweeper:
    def __init__(self, *, directory: Directory, authenticator: Authenticator, expire: Expire, clock: Clock) -> None:
        self._directory, self._authenticator, self._expire, self._clock = directory, authenticator, expire, clock

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            await self.sweep()
            await asyncio.sleep(EVERY)

    async def sweep(self) -> int:
        """How many memories were forgotten. Several processes may do it at once."""
        total = 0
        try:
            waiting = await self._directory.tenants_with_expired_memories(now=self._clock.now(), limit=_TENANTS)
            for tenant in waiting:
                total += await self._expire.sweep(replace(self._authenticator.operator(tenant), actor=ACTOR))
        except (errors.Unavailable, errors.Conflict) as problem:
            _log.warning("sweep.put_off", reason=problem.message)
        return total
