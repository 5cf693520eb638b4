"""Accounts: the tenant's projects, keys and members."""

from app.domain.account import ApiKey, Member, Project
from app.domain.ids import KeyId
from app.domain.principal import Principal
from app.services.inputs import NewKey, Slice
from app.services.results import IssuedKey, Listing, Viewer


class Accounts:
    async def viewer(self, principal: Principal) -> Viewer:
        raise NotImplementedError

    async def create_project(
        self, principal: Principal, *, slug: str, name: str | None = None, description: str = ""
    ) -> Project:
        """`slug`: 1..63 of a-z, 0-9 and inner hyphens. Raises Conflict when it is taken."""
        raise NotImplementedError

    async def create_key(self, principal: Principal, *, key: NewKey) -> IssuedKey:
        """A key never opens more than the one that creates it."""
        raise NotImplementedError

    async def revoke_key(self, principal: Principal, *, key: KeyId) -> ApiKey:
        """Idempotent. It counts from the next request on, in every process within a second."""
        raise NotImplementedError

    async def keys(self, principal: Principal, *, page: Slice) -> Listing[ApiKey]:
        """Newest first."""
        raise NotImplementedError

    async def members(self, principal: Principal, *, page: Slice) -> Listing[Member]:
        raise NotImplementedError
