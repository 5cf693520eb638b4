"""Tells the other processes that something was committed: later, in one message for many commits, or not at all."""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis

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
        """One session. A hint that cannot be sent is dropped: who would have heard it looks again by itself."""
        await self._client.time()
        self._link.heard()
        while True:
            await self._pending.wait()
            self._pending.clear()
            async with self._client.pipeline(transaction=False) as pipeline:
                pipeline.publish(self._channel, self._token)
                pipeline.xadd(self._stream, {"": ""}, maxlen=KEPT, approximate=True)
                await pipeline.execute()
            self._link.heard()
