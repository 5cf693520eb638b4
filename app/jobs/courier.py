"""The courier: has whatever webhooks listen to put down as deliveries, in every tenant that has news for one."""

import asyncio
from dataclasses import replace

import structlog

from app.domain import errors
from app.identity.authenticate import Authenticator
from app.ports.directory import Directory
from app.services.announce import Announce

_log = structlog.get_logger(__name__)
EVERY = 1.0
"""Seconds between two looks at whether there are news."""
ACTOR = "courier"
_TENANTS = 100


class Courier:
    def __init__(self, *, directory: Directory, authenticator: Authenticator, announce: Announce) -> None:
        self._directory, self._authenticator, self._announce = directory, authenticator, announce

    async def run(self) -> None:
        """Looks until cancelled. Several processes may do it at once."""
        while True:
            if not await self.look():
                await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """How many deliveries were left behind for the runner."""
        total = 0
        try:
            for tenant in await self._directory.tenants_with_news(limit=_TENANTS):
                total += await self._announce.catch_up(replace(self._authenticator.operator(tenant), actor=ACTOR))
        except (errors.Unavailable, errors.Conflict) as problem:
            _log.warning("courier.put_off", reason=problem.message)
        return total
