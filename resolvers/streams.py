"""Answers in many pieces over HTTP: server-sent events (graphql-sse, distinct connections) and Apollo's multipart."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from starlette.types import Receive, Send

from app.edge.answers import errors_body
from app.edge.live import Ended, Ending
from app.edge.strict_json import write_json
from resolvers.media import Form
from resolvers.operations import Payload, Piece

HEARTBEAT = 12.0


@dataclass(frozen=True, slots=True)
class _Framing:
    content_type: bytes
    opening: bytes
    heartbeat: bytes
    closing: bytes
    frame: Callable[[bytes], bytes]


def _event(payload: bytes) -> bytes:
    return b"event: next\ndata: " + payload + b"\n\n"


def _part(payload: bytes) -> bytes:
    return b'\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"payload":' + payload + b"}\r\n--graphql"


_FRAMINGS = {
    Form.EVENTS: _Framing(
        content_type=b"text/event-stream; charset=utf-8",
        opening=b":\n\n",
        heartbeat=b":\n\n",
        closing=b"event: complete\ndata:\n\n",
        frame=_event,
    ),
    Form.MULTIPART: _Framing(
        content_type=b'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
        opening=b"--graphql",
        heartbeat=b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{}\r\n--graphql",
        closing=b"--\r\n",
        frame=_part,
    ),
}


class Stream:
    """One answer on its way; it ends with its results, with its client, or when its connection has to close."""

    def __init__(self, form: Form, send: Send, *, request_id: str) -> None:
        self._framing, self._send, self._request_id = _FRAMINGS[form], send, request_id

    async def run(self, results: AsyncGenerator[Piece, None], receive: Receive) -> None:
        await self._open()
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._beat())
            leaving = group.create_task(_left(receive))
            telling = group.create_task(self._tell(results))
            await asyncio.wait((leaving, telling), return_when=asyncio.FIRST_COMPLETED)
            told = telling.done()
            for task in (beating, leaving, telling):
                task.cancel()
        if told:
            await self._finish()

    async def tell_once(self, payload: Payload) -> None:
        """A stream of one piece: why there will be no more."""
        await self._open()
        await self._write(self._framing.frame(write_json(payload)))
        await self._finish()

    async def end(self, ended: Ended) -> None:
        """Says why, and closes in order."""
        code = "unauthenticated" if ended.reason is Ending.CREDENTIAL else "unavailable"
        body = errors_body(code=code, message=f"The stream ends: {ended}", request_id=self._request_id)
        await self._write(self._framing.frame(write_json(body)))
        await self._finish()

    async def _open(self) -> None:
        headers = [(b"content-type", self._framing.content_type), (b"x-accel-buffering", b"no")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(self._framing.opening)

    async def _tell(self, results: AsyncGenerator[Piece, None]) -> None:
        async with aclosing(results):
            async for piece in results:
                await self._write(self._framing.frame(piece.body))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._write(self._framing.heartbeat)

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _finish(self) -> None:
        await self._send({"type": "http.response.body", "body": self._framing.closing, "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
