"""Bodies are counted while they arrive; one that grows too large is cut, whatever its header promised."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import Refusal
from app.edge.origins import header


class BodyLimit:
    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        promised = header(scope, b"content-length")
        if promised is not None and promised.isdigit() and int(promised[:20]) > self._limit:
            raise self._too_large()
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                if arrived > self._limit:
                    raise self._too_large()
            return message

        await self._app(scope, counted, send)

    def _too_large(self) -> Refusal:
        # The rest of the body is not read, so the connection cannot serve another request.
        message = f"The body is larger than {self._limit} bytes"
        return Refusal(413, "body_too_large", message, [(b"connection", b"close")])
