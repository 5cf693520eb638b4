"""GraphQL over HTTP: one address for queries, mutations, and subscriptions as streams.

Answers follow the GraphQL-over-HTTP draft; whatever is malformed is refused with a 4xx and a JSON body.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from app.domain.principal import Principal
from app.edge.admission import Doorkeeper, principal_of
from app.edge.answers import Refusal, answer, request_id
from app.edge.live import Connections, Ended
from app.edge.origins import Origins, header
from app.edge.strict_json import write_json
from resolvers.asked import Asked, from_body, from_parameters
from resolvers.media import Accepted, Form, accepted
from resolvers.operations import Answer, Operations, Piece
from resolvers.socket import Rules, Socket
from resolvers.streams import Stream

MakeContext = Callable[[Principal, str], Any]
"""From a caller and the request's id to what resolvers are given."""

_ALLOW = (b"allow", b"GET, POST")


class View:
    """Over HTTP the caller is known before; `app.edge.admission` has put the principal in the scope."""

    def __init__(
        self,
        *,
        operations: Operations,
        make_context: MakeContext,
        connections: Connections,
        body_timeout: float = 30.0,
    ) -> None:
        self._operations, self._make_context = operations, make_context
        self._connections = connections
        self._body_timeout = body_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await self._asked(scope, receive)
        takes = accepted(header(scope, b"accept"))
        if takes.single is None and takes.stream is None:
            raise Refusal(406, "not_acceptable", f"Answers come as {', '.join(Form)}")
        prepared = self._operations.prepare(asked)
        if isinstance(prepared, Answer):
            await _send_refused(prepared, takes, send, request_id(scope))
            return
        if scope["method"] == "GET" and prepared.type is OperationType.MUTATION:
            raise Refusal(405, "mutation_over_get", "Mutations are sent with POST", [(b"allow", b"POST")])
        context = self._make_context(principal_of(scope), request_id(scope))
        if takes.single is not None and prepared.type is not OperationType.SUBSCRIPTION:
            await _send_single(await self._operations.answer(prepared, context), takes.single, send)
        elif takes.stream is not None:
            stream = Stream(takes.stream, send, request_id=request_id(scope))
            await self._stream(stream, self._operations.results(prepared, context), principal_of(scope), receive)
        else:
            raise Refusal(
                406,
                "subscription_needs_stream",
                "Subscriptions are answered as text/event-stream, as multipart/mixed;subscriptionSpec=1.0, "
                "or over a WebSocket (graphql-transport-ws)",
            )

    async def _asked(self, scope: Scope, receive: Receive) -> Asked:
        if scope["method"] == "GET":
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=100)
            return from_parameters(pairs)
        if scope["method"] != "POST":
            raise Refusal(405, "method_not_allowed", "Use GET or POST", [_ALLOW])
        _check_content_type(header(scope, b"content-type"))
        try:
            async with asyncio.timeout(self._body_timeout):
                raw = await _read(receive)
        except TimeoutError:
            raise Refusal(
                408, "body_too_slow", "The body did not arrive in time", [(b"connection", b"close")]
            ) from None
        return from_body(raw)

    async def _stream(
        self, stream: Stream, results: AsyncGenerator[Piece, None], principal: Principal, receive: Receive
    ) -> None:
        try:
            async with self._connections.hold(principal):
                await stream.run(results, receive)
        except Ended as ended:
            await stream.end(ended)


class SocketView:
    """The same operations over a WebSocket. A key in the upgrade's headers counts; else one in `connection_init`."""

    def __init__(
        self,
        *,
        operations: Operations,
        make_context: MakeContext,
        connections: Connections,
        doorkeeper: Doorkeeper,
        origins: Origins,
        rules: Rules,
    ) -> None:
        self._operations, self._make_context = operations, make_context
        self._connections, self._doorkeeper = connections, doorkeeper
        self._origins, self._rules = origins, rules

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hands on without waiting itself: a frame less under every socket."""
        if not self._origins.admits_socket(scope):
            raise Refusal(403, "origin_not_allowed", "Pages of this origin may not open a socket here")
        socket = Socket(
            scope,
            receive,
            send,
            operations=self._operations,
            make_context=self._make_context,
            connections=self._connections,
            doorkeeper=self._doorkeeper,
            rules=self._rules,
        )
        return socket.run()


def _check_content_type(content_type: str | None) -> None:
    media, _, parameters = (content_type or "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if media.strip().lower() != "application/json":
        raise Refusal(415, "unsupported_media_type", "Send application/json")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8"):
        raise Refusal(415, "unsupported_media_type", "Send UTF-8")


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "client_left", "The body ended early")
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _send_refused(refused: Answer, takes: Accepted, send: Send, id_: str) -> None:
    """What will not run: in one piece where that is taken, else as the only event of a stream."""
    if takes.single is not None or takes.stream is None:
        await _send_single(refused, takes.single or Form.JSON, send)
        return
    await Stream(takes.stream, send, request_id=id_).tell_once(refused.payload)


async def _send_single(answered: Answer, form: Form, send: Send) -> None:
    """The draft: 200 for every well-formed request as JSON; as graphql-response+json 400 for what was not run."""
    status = 400 if answered.refused and form is Form.RESPONSE else answered.status
    content_type = f"{form}; charset=utf-8".encode()
    await answer(send, status, write_json(answered.payload), content_type=content_type, headers=answered.headers)
