"""graphql-transport-ws: one socket, many operations, none of which can end the others.

Written against ASGI itself and kept small, since most sockets wait most of the time.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog
from starlette.types import Message, Receive, Scope, Send

from app.domain import errors
from app.domain.principal import Principal
from app.edge.admission import Doorkeeper
from app.edge.answers import Refusal, request_id, traced
from app.edge.credentials import bearer, client_address, key_in
from app.edge.live import Connections, Ended, Ending
from app.edge.strict_json import read_json, write_json
from resolvers.asked import from_value
from resolvers.operations import Answer, Operations, Payload, Piece, Prepared

PROTOCOL = "graphql-transport-ws"

_log = structlog.get_logger(__name__)


class Close(IntEnum):
    """Codes of the protocol, and of RFC 6455."""

    GOING_AWAY = 1001
    TOO_BIG = 1009
    INTERNAL = 1011
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    WRONG_PROTOCOL = 4406
    INIT_TIMEOUT = 4408
    ID_IN_USE = 4409
    INIT_TWICE = 4429


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`operations` live at once; `message_size` in characters; `init_timeout` in seconds."""

    operations: int = 100
    message_size: int = 1024 * 1024
    init_timeout: float = 5.0


class _Closed(Exception):
    """The socket has to close, or is closed already (code None)."""

    def __init__(self, code: Close | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Socket:
    __slots__ = (
        "_connections",
        "_context",
        "_doorkeeper",
        "_make_context",
        "_operations",
        "_receive",
        "_rules",
        "_running",
        "_scope",
        "_send",
    )

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        operations: Operations,
        make_context: Callable[[Principal, str], Any],
        connections: Connections,
        doorkeeper: Doorkeeper,
        rules: Rules,
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._operations, self._make_context = operations, make_context
        self._connections, self._doorkeeper, self._rules = connections, doorkeeper, rules
        self._running: dict[str, asyncio.Task[None]] = {}
        self._context: Any = None

    async def run(self) -> None:
        """Raises Refusal or an error of ours before the socket stands; afterwards it closes with a code."""
        await self._receive()  # websocket.connect
        text = key_in(self._scope)
        principal = None if text is None else await self._admit(text)
        if PROTOCOL not in self._scope["subprotocols"]:
            await self._send({"type": "websocket.accept", "headers": [traced(self._scope)]})
            await self._close(Close.WRONG_PROTOCOL, "Subprotocol not acceptable")
            return
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": [traced(self._scope)]})
        try:
            principal = await self._greet(principal)
            async with self._connections.hold(principal):
                await self._serve(principal)
        except _Closed as closed:
            if closed.code is not None:
                await self._close(closed.code, closed.reason)
        except Ended as ended:
            code = Close.UNAUTHORIZED if ended.reason is Ending.CREDENTIAL else Close.GOING_AWAY
            await self._close(code, str(ended))

    async def _greet(self, principal: Principal | None) -> Principal:
        """Waits for connection_init, and for the key in it when none came with the upgrade."""
        try:
            async with asyncio.timeout(self._rules.init_timeout):
                message = await self._initiation()
        except TimeoutError:
            raise _Closed(Close.INIT_TIMEOUT, "Connection initialisation timeout") from None
        if principal is None:
            try:
                principal = await self._admit(_key_of(message.get("payload")))
            except errors.AppError as error:
                raise _Closed(Close.FORBIDDEN, error.message) from None
        await self._tell({"type": "connection_ack"})
        return principal

    async def _initiation(self) -> Mapping[str, Any]:
        while True:
            message = self._read(await self._receive())
            match message.get("type"):
                case "connection_init":
                    return message
                case "subscribe":
                    raise _Closed(Close.UNAUTHORIZED, "Unauthorized")
                case kind:
                    await self._common(kind, message)

    async def _serve(self, principal: Principal) -> None:
        """Takes messages until one of them, or the client's leaving, closes the socket."""
        self._context = self._make_context(principal, request_id(self._scope))
        async with asyncio.TaskGroup() as group:
            try:
                while True:
                    await self._handle(self._read(await self._receive()), principal, group)
            except _Closed as closed:
                ending = closed
            for task in self._running.values():
                task.cancel()
        raise ending

    async def _handle(self, message: Mapping[str, Any], principal: Principal, group: asyncio.TaskGroup) -> None:
        match message.get("type"):
            case "subscribe":
                await self._subscribe(_id_of(message), message.get("payload"), principal, group)
            case "complete":
                task = self._running.pop(_id_of(message), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise _Closed(Close.INIT_TWICE, "Too many initialisation requests")
            case kind:
                await self._common(kind, message)

    async def _common(self, kind: Any, message: Mapping[str, Any]) -> None:
        match kind:
            case "ping":
                payload = {"payload": message["payload"]} if "payload" in message else {}
                await self._tell({"type": "pong", **payload})
            case "pong":
                pass
            case _:
                raise _Closed(Close.BAD_REQUEST, "Invalid message type")

    async def _subscribe(self, id_: str, payload: Any, principal: Principal, group: asyncio.TaskGroup) -> None:
        if id_ in self._running:
            raise _Closed(Close.ID_IN_USE, f"Subscriber for {id_[:60]} already exists")
        try:
            self._check_room()
            await self._doorkeeper.charge(principal)
            prepared = self._operations.prepare(from_value(payload))
        except (Refusal, errors.AppError) as refused:
            await self._tell({"id": id_, "type": "error", "payload": [_shown(refused)]})
            return
        if isinstance(prepared, Answer):
            await self._tell({"id": id_, "type": "error", "payload": prepared.payload["errors"]})
            return
        self._running[id_] = group.create_task(self._operate(id_, prepared))

    def _check_room(self) -> None:
        most = self._rules.operations
        if len(self._running) >= most:
            raise Refusal(429, "too_many_operations", f"At most {most} operations run at once on a socket")

    async def _operate(self, id_: str, prepared: Prepared) -> None:
        try:
            async with aclosing(self._operations.results(prepared, self._context)) as results:
                async for piece in results:
                    await self._write(_next_of(id_, piece))
            self._forget(id_)  # before it is said, for the client may use the id again at once
            await self._tell({"id": id_, "type": "complete"})
        except _Closed:
            pass  # the listener learns of it by itself
        except Exception as error:  # noqa: BLE001 - the edge: one operation must not end the others
            self._forget(id_)
            with suppress(_Closed):
                await self._tell({"id": id_, "type": "error", "payload": _errors_of(error)})
        finally:
            self._forget(id_)

    def _forget(self, id_: str) -> None:
        if self._running.get(id_) is asyncio.current_task():
            del self._running[id_]

    async def _admit(self, text: str | None) -> Principal:
        return await self._doorkeeper.admit(text, address=client_address(self._scope))

    def _read(self, message: Message) -> Mapping[str, Any]:
        """What the client says. Raises _Closed for what is no message, and when the client has left."""
        if message["type"] == "websocket.disconnect":
            raise _Closed
        text = message.get("text")
        if text is None:
            raise _Closed(Close.BAD_REQUEST, "Messages must be text")
        if len(text) > self._rules.message_size:
            raise _Closed(Close.TOO_BIG, "The message is too big")
        try:
            value = read_json(text.encode())
        except (Refusal, UnicodeEncodeError):
            raise _Closed(Close.BAD_REQUEST, "Messages must be valid JSON") from None
        if not isinstance(value, dict):
            raise _Closed(Close.BAD_REQUEST, "Messages must be JSON objects")
        return value

    async def _tell(self, message: Payload) -> None:
        await self._write(write_json(message))

    async def _write(self, message: bytes) -> None:
        await self._put({"type": "websocket.send", "text": message.decode()})

    async def _close(self, code: Close, reason: str) -> None:
        with suppress(_Closed):
            await self._put({"type": "websocket.close", "code": int(code), "reason": reason})

    async def _put(self, message: Message) -> None:
        try:
            await self._send(message)
        except (OSError, RuntimeError):  # how servers say that the client has left
            raise _Closed from None


class _Failed(Exception):
    """The operation has ended with errors and without data."""

    def __init__(self, errors: list[Payload]) -> None:
        super().__init__()
        self.errors = errors


def _next_of(id_: str, piece: Piece) -> bytes:
    if piece.failed is not None:
        raise _Failed(piece.failed)
    return b'{"id":%b,"type":"next","payload":%b}' % (write_json(id_), piece.body)


def _errors_of(error: Exception) -> list[Payload]:
    if isinstance(error, _Failed):
        return error.errors
    _log.error("socket.internal_error", error=type(error).__name__)  # its text may quote a memory
    return [_MASKED]


_MASKED = {"message": "Something went wrong", "extensions": {"code": "internal"}}


def _shown(refused: Refusal | errors.AppError) -> Payload:
    extensions: Payload = {"code": refused.code}
    if isinstance(refused, errors.RateLimited):
        extensions["retryAfter"] = refused.retry_after
    return {"message": refused.message, "extensions": extensions}


def _id_of(message: Mapping[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not id_:
        raise _Closed(Close.BAD_REQUEST, "Invalid message: `id` must be a string")
    return id_


def _key_of(payload: Any) -> str | None:
    """The key in the payload of connection_init: `apiKey`, or `Authorization` with "Bearer …"."""
    if not isinstance(payload, dict):
        return None
    for name, value in payload.items():
        match name.lower().replace("-", ""), value:
            case (("apikey" | "xapikey"), str()):
                return value
            case "authorization", str():
                return bearer(value)
    return None
