"""Who asks is settled before anything is read: a key becomes a principal, and takes one of its requests."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import MissingCredential, RateLimited
from app.domain.principal import Principal
from app.edge.credentials import client_address, key_in
from app.identity.authenticate import Authenticator
from app.ports.messaging import Limiter

_MINUTE = 60.0


class Doorkeeper:
    """`rate_limit` is requests a minute and key; 0 is no limit."""

    def __init__(self, *, authenticator: Authenticator, limiter: Limiter, rate_limit: int) -> None:
        self._authenticator, self._limiter, self._rate_limit = authenticator, limiter, rate_limit

    async def admit(self, text: str | None, *, address: str) -> Principal:
        """Raises Unauthenticated or RateLimited."""
        if text is None:
            raise MissingCredential
        principal = await self._authenticator.by_key(text, address=address)
        await self.charge(principal)
        return principal

    async def charge(self, principal: Principal) -> None:
        """Counts one request, or one operation on a socket. Raises RateLimited."""
        if self._rate_limit == 0:
            return
        credential = principal.credential.key or principal.actor
        wait = await self._limiter.take(f"requests:{credential}", limit=self._rate_limit, window=_MINUTE)
        if wait > 0:
            raise RateLimited(wait)


class Admission:
    """Puts the principal where `principal_of` finds it."""

    def __init__(self, app: ASGIApp, *, doorkeeper: Doorkeeper) -> None:
        self._app, self._doorkeeper = app, doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = await self._doorkeeper.admit(key_in(scope), address=client_address(scope))
        scope["state"]["principal"] = principal
        await self._app(scope, receive, send)


def principal_of(scope: Scope) -> Principal:
    principal: Principal = scope["state"]["principal"]
    return principal
