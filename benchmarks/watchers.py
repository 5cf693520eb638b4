"""Many subscribers in one process: graphql-transport-ws over sockets that keep next to nothing."""

import asyncio
import json
import resource
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

_OPENING = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer {key}\r\n\r\n"
)
_AT_ONCE = 100
_PATIENCE = 120.0
_TEXT, _PING, _PONG = 1, 9, 10

Heard = Callable[[float, dict[str, Any]], None]


class Watchers:
    """`heard` is told of each event: the moment it came, and its data."""

    def __init__(self, address: str, key: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._opening = _OPENING.format(host=address, key=key).encode()
        self.heard: Heard = lambda _moment, _data: None
        self._watchers: list[_Watcher] = []

    async def subscribe(self, document: str, variables: Sequence[dict[str, Any]]) -> None:
        """A socket for each of the variables; returns when all have been told the state they begin with."""
        gate = asyncio.Semaphore(_AT_ONCE)
        loop = asyncio.get_running_loop()

        async def one(given: dict[str, Any]) -> None:
            wanted = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": document, "variables": given}})
            watcher = _Watcher(self, self._opening, wanted.encode(), loop.create_future())
            self._watchers.append(watcher)
            async with gate:
                await loop.create_connection(lambda: watcher, self._host, self._port)
                await asyncio.wait_for(watcher.begun, _PATIENCE)

        async with asyncio.TaskGroup() as group:
            for given in variables:
                group.create_task(one(given))

    def lost(self) -> int:
        """How many sockets the server has closed."""
        return sum(watcher.lost for watcher in self._watchers)

    def close(self) -> None:
        for watcher in self._watchers:
            watcher.close()


class _Watcher(asyncio.Protocol):
    def __init__(self, crowd: Watchers, opening: bytes, wanted: bytes, begun: "asyncio.Future[None]") -> None:
        self._crowd, self._opening, self._wanted = crowd, opening, wanted
        self._received = bytearray()
        self._upgraded = False
        self.begun = begun
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.write(self._opening)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.begun.done():
            self.begun.set_exception(exc or ConnectionError("the server closed the connection"))

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._received += data
        if not self._upgraded:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), bytes(head)
            self._upgraded, self._received = True, rest
            self._send(_TEXT, b'{"type":"connection_init"}')
        while (frame := _frame(self._received)) is not None:
            self._read(*frame, now)

    def _read(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        if opcode != _TEXT:
            return
        message = json.loads(payload)
        match message["type"]:
            case "connection_ack":
                self._send(_TEXT, self._wanted)
            case "ping":
                self._send(_TEXT, b'{"type":"pong"}')
            case "next" if not message["payload"].get("errors"):
                self._next(message["payload"]["data"], now)
            case _:
                raise RuntimeError(f"unexpected: {payload!r}")

    def _next(self, data: dict[str, Any], now: float) -> None:
        if self.begun.done():
            self._crowd.heard(now, data)
        else:
            self.begun.set_result(None)

    def _send(self, opcode: int, payload: bytes) -> None:
        """Masked with zeros, which leaves the payload as it is."""
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
        self._transport.write(bytes([0x80 | opcode]) + length + bytes(4) + payload)


def _frame(received: bytearray) -> tuple[int, bytes] | None:
    """Takes the first whole frame from the front: its opcode and its payload."""
    if len(received) < 2:
        return None
    size, start = received[1] & 0x7F, 2
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(received[2:start], "big")
    if len(received) < start + size:
        return None
    opcode, payload = received[0] & 0x0F, bytes(received[start : start + size])
    del received[: start + size]
    return opcode, payload


def allow_files(count: int) -> None:
    """Each socket is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
