"""A TCP proxy whose link can be cut, held up, slowed, or made to lose one message.

`async with running_proxy(port) as proxy:` listens on `proxy.port` and passes bytes to 127.0.0.1:port. What it
does may change at any time, and counts for connections that are open as well as for new ones.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_PIECE: Final = 65_536

COMMIT: Final = b"\x00\x02\xb0\x12\x00\x00"
"""How Bolt asks for a commit."""


class Side(Enum):
    REQUEST = auto()
    ANSWER = auto()


@dataclass(eq=False)
class _Link:
    """One connection through the proxy. Nothing passes on its `dead` side any more."""

    client: asyncio.StreamWriter
    task: "asyncio.Task[None]"
    server: asyncio.StreamWriter | None = None
    dead: Side | None = None

    def close(self) -> None:
        for writer in (self.client, self.server):
            if writer is not None:
                writer.transport.abort()


class Proxy:
    """`lost` is set as soon as the message that had to be lost was lost."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = 0
        self.delay = 0.0
        self.lost = asyncio.Event()
        self._flows = asyncio.Event()
        self._refuses = False
        self._loses: tuple[Callable[[bytes], bool], Side] | None = None
        self._links: set[_Link] = set()
        self.pass_on()

    def pass_on(self) -> None:
        """What was held up arrives now."""
        self._refuses, self.delay = False, 0.0
        self._flows.set()

    def black_hole(self) -> None:
        """Connections are accepted and bytes are taken, and nobody hears of them."""
        self._flows.clear()

    def slow(self, delay: float) -> None:
        """Each piece is held for so many seconds."""
        self.delay = delay

    def cut(self) -> None:
        """Ends all connections, and new ones as soon as they are made."""
        self._refuses = True
        self.drop()

    def drop(self) -> None:
        """Ends all connections, once."""
        for link in list(self._links):
            link.close()

    def lose(self, looks_so: Callable[[bytes], bool], side: Side) -> None:
        """Loses the next request that looks so, or its answer, and all that follows on that side of its connection."""
        self.lost.clear()
        self._loses = (looks_so, side)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        link = _Link(writer, task)
        self._links.add(link)
        try:
            if not self._refuses:
                await self._join(link, reader)
        finally:
            link.close()
            self._links.discard(link)

    async def close(self) -> None:
        tasks = [link.task for link in self._links]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _join(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            back, link.server = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(link, reader, link.server, Side.REQUEST))
                group.create_task(self._carry(link, back, link.client, Side.ANSWER))

    async def _carry(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, side: Side) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._flows.wait()
                if not self._is_lost(link, piece, side):
                    writer.write(piece)
                    await writer.drain()
        link.close()

    def _is_lost(self, link: _Link, piece: bytes, side: Side) -> bool:
        if side is Side.REQUEST and self._loses is not None and self._loses[0](piece):
            link.dead, self._loses = self._loses[1], None
        if link.dead is side:
            self.lost.set()
            return True
        return False


@asynccontextmanager
async def running_proxy(target: int) -> AsyncIterator[Proxy]:
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
