"""Who asks is settled before anything is read: a key becomes a principal, and takes one of its requests."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import MissingCredential, RateLimited
from app.domain.principal import Principal
from app.edge.credentials import client_address, key_in
from app.identity.authenticate import Authenticator
from app.ports.messaging import Limiter, Taken

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still ask: `limit` requests a minute, of which one was taken, or none was left."""

    limit: int
    taken: Taken

    def demand(self) -> None:
        """Raises RateLimited when there was none left."""
        if self.taken.wait > 0:
            raise RateLimited(self.taken.wait)


class Doorkeeper:
    """`rate_limit` is requests a minute and key; 0 is no limit."""

    def __init__(self, *, authenticator: Authenticator, limiter: Limiter, rate_limit: int) -> None:
        self._authenticator, self._limiter, self._rate_limit = authenticator, limiter, rate_limit

    async def admit(self, text: str | None, *, address: str) -> Principal:
        """Raises Unauthenticated or RateLimited."""
        principal = await self.recognise(text, address=address)
        await self.charge(principal)
        return principal

    async def recognise(self, text: str | None, *, address: str) -> Principal:
        """Who asks, who has to `charge` or `spend` then. Raises Unauthenticated, or RateLimited for too many wrong keys."""
        if text is None:
            raise MissingCredential
        return await self._authenticator.by_key(text, address=address)

    async def charge(self, principal: Principal) -> None:
        """Counts one request, or one operation on a socket. Raises RateLimited."""
        allowance = await self.spend(principal)
        if allowance is not None:
            allowance.demand()

    async def spend(self, principal: Principal) -> Allowance | None:
        """Counts one request and tells what is left; None where nothing is counted."""
        if self._rate_limit == 0:
            return None
        credential = principal.credential.key or principal.actor
        taken = await self._limiter.take(f"requests:{credential}", limit=self._rate_limit, window=_MINUTE)
        return Allowance(self._rate_limit, taken)


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
