"""One channel of Redis under broadcaster.

broadcaster's own Redis backend loses the death of its listener and queues without bound. This one
has no listener of its own, reads only when it is asked, and says that the connection is lost.
"""

import asyncio
from contextlib import suppress
from typing import Any

from broadcaster import BroadcastBackend, Event
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.adapters.redis.failures import as_our_errors
from app.domain import errors

_CONFIRMED = 2.0


class Wire(BroadcastBackend):
    """Listens on `reading`, which it closes with itself; publishes by `commands`."""

    def __init__(self, *, reading: Redis, commands: Redis, channel: str) -> None:  # the base class refuses to be built
        self._reading, self._commands, self._channel = reading, commands, channel
        self._pubsub = reading.pubsub()
        self.lost: errors.Unavailable | None = None

    async def connect(self) -> None:
        """Returns when Redis has confirmed the subscription. Raises Unavailable."""
        try:
            with as_our_errors():
                async with asyncio.timeout(_CONFIRMED):
                    await self._pubsub.subscribe(self._channel)
                    await self._confirmation()
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        with suppress(RedisError, OSError):  # a connection that cannot be closed well is gone all the same
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        with suppress(RedisError, OSError):
            await self._reading.aclose()

    async def subscribe(self, group: str) -> None:
        """The one channel was subscribed when the wire connected."""

    async def unsubscribe(self, group: str) -> None:
        """The subscription ends with the connection."""

    async def publish(self, channel: str, message: Any) -> None:
        await self._commands.publish(channel, message)

    async def next_published(self) -> Event:
        """The next message; an empty one, once, when the connection is lost, and `lost` says why."""
        if self.lost is not None:
            await asyncio.Event().wait()
        try:
            with as_our_errors():
                return Event(self._channel, await self._next())
        except errors.Unavailable as problem:
            self.lost = problem
            return Event(self._channel, "")

    async def _confirmation(self) -> None:
        message = None
        while message is None or message["type"] != "subscribe":
            message = await self._pubsub.get_message(timeout=None)

    async def _next(self) -> str:
        while True:
            message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=None)
            if message is not None:
                return str(message["data"], "utf-8", "replace")
