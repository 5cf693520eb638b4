"""Tells the other processes that something was committed: a moment later, in one message for many commits."""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis

from app.adapters.redis.failures import as_our_errors
from app.adapters.redis.jobs import KEPT
from app.adapters.redis.links import Link


class Hints:
    def __init__(self, *, client: Redis, channel: str, stream: str, token: str, link: Link) -> None:
        self._client, self._channel, self._stream, self._token, self._link = client, channel, stream, token, link
        self._loop = asyncio.get_running_loop()
        self._pending = asyncio.Event()

    def give(self) -> None:
        """Never waits and never raises. Safe from any thread."""
        if not self._pending.is_set():
            with suppress(RuntimeError):  # the loop was closed: nobody sends any more
                self._loop.call_soon_threadsafe(self._pending.set)

    async def send(self) -> None:
        """One session. A hint that cannot be sent waits for the next, as one; who would have heard it looks by itself."""
        await self._client.time()
        self._link.heard()
        while True:
            await self._pending.wait()
            await self._say()
            self._link.heard()

    async def flush(self) -> None:
        """The last hint, for a process that ends right after its commit. Raises Unavailable."""
        await asyncio.sleep(0)  # what was given a moment ago is pending now
        if self._pending.is_set():
            with as_our_errors():
                await self._say()

    async def _say(self) -> None:
        self._pending.clear()
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                pipeline.publish(self._channel, self._token)
                pipeline.xadd(self._stream, {"": ""}, maxlen=KEPT, approximate=True)
                await pipeline.execute()
        except BaseException:
            self._pending.set()
            raise
