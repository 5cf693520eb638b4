"""Wake-ups for workers over a stream: each hint wakes one worker that waits, not all of them.

A hint has no content: jobs are rows of the record, and who is not woken finds them at its next poll.
So a hint is taken without acknowledgement: nothing is left behind by a worker that dies.
"""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from app.adapters.redis.links import Link
from app.ports.messaging import Signal

KEPT = 64
"""About so many hints wait for workers that are all away; more would only wake them for nothing."""
_GROUP = "workers"
_BLOCK = 2.0
_PATIENCE = 2.0


class JobSignal:
    """Wakes the runner of this process: at once when the process itself says so, else when a hint comes to it."""

    def __init__(self, *, client: Redis, stream: str, link: Link, local: Signal) -> None:
        self._client, self._stream, self._link, self._local = client, stream, link, local
        self._waiting = asyncio.Event()

    def notify(self) -> None:
        self._local.notify()

    async def wait(self, seconds: float) -> None:
        self._waiting.set()
        try:
            await self._local.wait(seconds)
        finally:
            self._waiting.clear()

    async def listen(self) -> None:
        """One session: takes hints while the runner waits for one. A busy worker leaves them to others."""
        await self._waiting.wait()
        await self._join()
        self._link.heard()
        self._local.notify()  # for hints that went by while nobody here listened
        while True:
            await self._waiting.wait()
            if await self._take():
                self._waiting.clear()
                self._local.notify()
            self._link.heard()

    async def _join(self) -> None:
        with suppress(ResponseError):  # the group is there
            await self._client.xgroup_create(self._stream, _GROUP, id="0", mkstream=True)

    async def _take(self) -> bool:
        """Whether a hint came. Raises when the group is gone, as after FLUSHALL: the next session makes it anew."""
        async with asyncio.timeout(_BLOCK + _PATIENCE):
            found = await self._client.xreadgroup(
                _GROUP, _GROUP, {self._stream: ">"}, count=1, block=round(_BLOCK * 1000), noack=True
            )
        return bool(found)
