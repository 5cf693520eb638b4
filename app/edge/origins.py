"""Which web pages may call: those of the same origin, and those on the list."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import answer

_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = (
    b"authorization, content-type, x-api-key, x-request-id, x-dialect, x-project-id, x-end-user-id, x-tenant-id,"
    b" x-allow-cross-project, x-confirm-password"
)
_ANSWER_HEADERS = b"x-request-id, retry-after"
_PREFLIGHT_AGE = b"600"
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Origins:
    """A list such as `https://app.example.org, http://localhost:3000`; `*` is every page."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._listed = frozenset(map(_normal, listed))

    def __contains__(self, origin: str) -> bool:
        return "*" in self._listed or _normal(origin) in self._listed

    def admits_socket(self, scope: Scope) -> bool:
        """Programs send no Origin; pages do, and browsers let any page open a socket to anywhere."""
        origin = header(scope, b"origin")
        if origin is None or origin in self:
            return True
        secure = scope["scheme"] in ("wss", "https")
        host = header(scope, b"host")
        return host is not None and _normal(origin) == _normal(f"{'https' if secure else 'http'}://{host}")


def header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def _normal(origin: str) -> str:
    """Scheme, host and port in small letters; a default port is left out."""
    text = origin.strip().lower().rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    if not parts.hostname or port is None or port != _PORTS.get(parts.scheme):
        return text
    return f"{parts.scheme}://{parts.netloc.rpartition(':')[0]}"


class Cors:
    """Answers preflights and marks answers for listed origins. Keys travel in headers, so never with credentials.

    Where `prepares` says so the application behind answers preflights itself.
    """

    def __init__(
        self, app: ASGIApp, *, origins: Origins, prepares: Callable[[Scope], bool] = lambda _scope: False
    ) -> None:
        self._app, self._origins, self._prepares = app, origins, prepares

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        marks = [(b"vary", b"Origin")]
        if origin in self._origins:
            marks += [
                (b"access-control-allow-origin", origin.encode("latin-1")),
                (b"access-control-expose-headers", _ANSWER_HEADERS),
                (b"cross-origin-resource-policy", b"cross-origin"),
            ]
        asks_first = scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None
        if asks_first and not self._prepares(scope):
            await self._preflight(send, marks)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
            await send(message)

        await self._app(scope, receive, marked)

    async def _preflight(self, send: Send, marks: list[tuple[bytes, bytes]]) -> None:
        if len(marks) == 1:
            await answer(send, 403, b"", headers=marks)
            return
        allowed = [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_AGE),
        ]
        await answer(send, 200, b"", headers=[*marks, *allowed])
