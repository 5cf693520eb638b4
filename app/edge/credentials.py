"""Where a key may stand: in `Authorization: Bearer` or in `X-API-Key`; nowhere that is logged or shared."""

import re
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import Unauthenticated
from app.edge.answers import Refusal

_NAMES = frozenset(
    {"apikey", "xapikey", "key", "token", "accesstoken", "authorization", "bearer", "secret", "password"}
)
_KEY = re.compile(r"mng_[0-9a-z]{26}_")


def key_in(scope: Scope) -> str | None:
    """The key in the headers, None when there is none. Raises Refusal when two differ, Unauthenticated for another scheme."""
    bearers, keys = _bearers(scope), _keys(scope)
    found = set(filter(None, (*(bearer(value) for value in bearers), *keys)))
    if len(found) > 1:
        raise Refusal(400, "two_credentials", "The request carries two different keys")
    return found.pop() if found else None


def bearer_first(scope: Scope) -> str | None:
    """The key after Bearer, else the other one; whatever else Authorization holds is none of ours."""
    told = (value.strip().partition(" ") for value in _bearers(scope))
    bearers = [text.strip() for scheme, _, text in told if scheme.lower() == "bearer"]
    return next(filter(None, (*bearers, *_keys(scope))), None)


def _bearers(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]


def _keys(scope: Scope) -> list[str]:
    return [value.decode("latin-1").strip() for name, value in scope["headers"] if name == b"x-api-key"]


def bearer(value: str) -> str:
    """The key in the value of an Authorization header."""
    scheme, _, text = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("use Authorization: Bearer with a key")
    return text.strip()


def client_address(scope: Scope) -> str:
    """The other end of the connection. What a header says of it is not believed."""
    client = scope.get("client")
    return client[0] if client else "unknown"


class NoKeysInUrls:
    """Addresses end up in histories, logs and referrers: a key there is refused, so that nobody gets used to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"] and carries_key(scope["query_string"]):
            raise Refusal(400, "key_in_url", "A key must not stand in the address; send it in the header X-API-Key")
        await self._app(scope, receive, send)


def carries_key(query_string: bytes) -> bool:
    try:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return True  # a hundred parameters are nobody's question
    return any(_plain(name) in _NAMES or _KEY.search(value) or _KEY.search(name) for name, value in pairs)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
