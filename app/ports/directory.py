"""The doors that open without a tenant. Identity, the job runner and bootstrap only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.account import ApiKey, Organization
from app.domain.ids import KeyId, OrganizationId
from app.domain.work import RecordedEvent


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """A key with its tenant. `active` is false when its member was deactivated."""

    tenant: OrganizationId
    key: ApiKey
    active: bool


class Directory(Protocol):
    async def key_owner(self, key: KeyId) -> KeyOwner | None:
        """Whose key this is, revoked and expired ones included; None when there is no such key."""
        ...

    async def touch_key(self, key: KeyId, *, at: datetime) -> None:
        """Notes that the key was used. Callers send at most one a minute and key."""
        ...

    async def organizations(self) -> list[Organization]:
        """All tenants, oldest first."""
        ...

    async def found(self, organization: Organization) -> None:
        """Creates a tenant. Idempotent by id."""
        ...

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        """Tenants that have a job due, or one whose lease has run out; the longest waiting first."""
        ...

    async def last_position(self) -> int:
        """The position of the newest event of the installation; 0 when there is none."""
        ...

    async def events_after(self, position: int, *, limit: int) -> Sequence[tuple[int, RecordedEvent]]:
        """Committed events of all tenants after a position, in commit order, each with its position.

        They say whom they are about by external id as well.
        """
        ...
