"""Headers that keep browsers careful, on every answer."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CAREFUL = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
    b"cross-origin-resource-policy": b"same-origin",
}


class SecurityHeaders:
    """What an answer says itself stays: a page brings its own policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                added = [pair for pair in _CAREFUL.items() if pair[0] not in said]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, careful)
