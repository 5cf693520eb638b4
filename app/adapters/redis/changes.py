"""Hints between processes that something was committed: they wake, they carry nothing.

One subscription a process. A heartbeat of ours goes over the channel when it is silent; where even
that is not heard, the subscription is deaf whatever the socket says, and a new one begins. Nothing
queues: what is heard sets one wake-up.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from broadcaster import Broadcast, Event

from app.adapters.redis.links import Link
from app.adapters.redis.wire import Wire
from app.domain import errors
from app.ports.messaging import Signal

_HEARTBEAT = "."


class _Heard(Protocol):
    """What broadcaster gives a subscriber."""

    async def get(self) -> Event: ...


class Changes:
    """`token` marks what this process said itself; `silence` is how many seconds go by before it asks who hears it."""

    def __init__(
        self, *, wire: Callable[[], Wire], channel: str, token: str, link: Link, signal: Signal, silence: float
    ) -> None:
        self._wire, self._channel, self._token = wire, channel, token
        self._link, self._signal, self._silence = link, signal, silence

    async def listen(self) -> None:
        """One session: ends by raising Unavailable, when the connection is lost."""
        wire = self._wire()
        async with Broadcast(backend=wire) as broadcast, broadcast.subscribe(self._channel) as heard:
            self._link.heard()
            self._signal.notify()  # for what was said while nobody here listened
            await self._follow(wire, broadcast, heard)

    async def _follow(self, wire: Wire, broadcast: Broadcast, heard: _Heard) -> None:
        asked = False
        while True:
            try:
                async with asyncio.timeout(self._silence):
                    said = (await heard.get()).message
            except TimeoutError:
                if asked:
                    raise errors.Unavailable("Redis delivers nothing any more") from None
                await broadcast.publish(self._channel, _HEARTBEAT)
                asked = True
                continue
            if wire.lost is not None:
                raise wire.lost
            asked = False
            self._link.heard()
            if said not in (_HEARTBEAT, self._token):
                self._signal.notify()
