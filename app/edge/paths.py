"""From a path to what answers there."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from app.edge.answers import Refusal


class Paths:
    """Exact paths. What is not among them is not found."""

    def __init__(self, known: Mapping[str, ASGIApp]) -> None:
        self._known = dict(known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        app = self._known.get(path)
        if app is None:
            raise Refusal(404, "not_found", "There is nothing at this address")
        await app(scope, receive, send)


class Reading:
    """Answers GET and HEAD only. The server leaves the body out for HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise Refusal(405, "method_not_allowed", "Use GET", [(b"allow", b"GET, HEAD")])
        await self._app(scope, receive, send)
