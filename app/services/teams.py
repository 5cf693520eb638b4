"""Teams: organizations that people open for themselves, where the operator lets them."""

from collections.abc import Awaitable, Callable

from app.domain import errors
from app.domain.account import Organization
from app.domain.ids import OrganizationId
from app.domain.keys import Dialect
from app.domain.principal import Principal
from app.domain.query import Window
from app.ports.messaging import Limiter
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.accounts import Accounts
from app.services.inputs import NewKey
from app.services.results import IssuedKey

PER_HOUR = 3
_HOUR = 3_600.0

Found = Callable[[Organization], Awaitable[None]]
Operator = Callable[[OrganizationId], Principal]


class Teams:
    """`found` makes a tenant, `operator` is who may do everything in one; both are `None` where teams are closed."""

    def __init__(
        self,
        *,
        store: Store,
        accounts: Accounts,
        limiter: Limiter,
        clock: Clock,
        ids: IdFactory,
        found: Found,
        operator: Operator,
        opened: bool,
    ) -> None:
        self._store, self._accounts, self._limiter = store, accounts, limiter
        self._clock, self._ids, self._found, self._operator = clock, ids, found, operator
        self._opened = opened

    @property
    def opened(self) -> bool:
        return self._opened

    async def start(self, *, address: str, dialect: Dialect | None) -> tuple[OrganizationId, IssuedKey]:
        """A new organization with a key that may do everything in it. Three an hour and address, else RateLimited."""
        await self._admit("start", address)
        tenant = OrganizationId(self._ids.new("organization"))
        await self._found(Organization(id=tenant, name="Team", created_at=self._clock.now()))
        operator = self._operator(tenant)
        await self._accounts.furnish(operator)
        return tenant, await self._key(operator, "Quickstart", dialect)

    async def join(self, *, team: OrganizationId, address: str, dialect: Dialect | None) -> IssuedKey:
        """One more key for whoever knows the team's id. Raises NotFound where there is no team with a key."""
        await self._admit("join", address)
        operator = self._operator(team)
        async with self._store.read(operator) as reader:
            if not (await reader.keys.page(Window(limit=1))).rows:
                raise errors.NotFound("there is no such team")
        return await self._key(operator, "Team member", dialect)

    async def _key(self, operator: Principal, name: str, dialect: Dialect | None) -> IssuedKey:
        scopes = ("read", "write", "admin")
        return await self._accounts.create_key(operator, key=NewKey(name=name, scopes=scopes, dialect=dialect))

    async def _admit(self, what: str, address: str) -> None:
        """Raises NotFound where teams are closed."""
        if not self._opened:
            raise errors.NotFound
        taken = await self._limiter.take(f"teams:{what}:{address}", limit=PER_HOUR, window=_HOUR)
        if taken.wait > 0:
            raise errors.RateLimited(taken.wait)
