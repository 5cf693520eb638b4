"""The doors that open without a tenant. Identity, the job runner and bootstrap only."""

from collections.abc import Mapping, Sequence
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

    async def first(self, otherwise: Organization) -> Organization:
        """The oldest tenant; where there is none yet this one is created. Of several who ask at once one's is taken."""
        ...

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        """Tenants that have a job due, or one whose lease has run out; the longest waiting first."""
        ...

    async def tenants_with_expired_memories(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        """Tenants that have a TASK memory whose time is over and that is not forgotten yet; the longest waiting first."""
        ...

    async def tenants_with_news(self, *, limit: int) -> list[OrganizationId]:
        """Tenants that have an active webhook which has not heard of their newest event."""
        ...

    async def revisions(self) -> Mapping[OrganizationId, int]:
        """The revision of the newest event of each tenant that has any."""
        ...

    async def events_since(self, seen: Mapping[OrganizationId, int], *, limit: int) -> Sequence[RecordedEvent]:
        """Committed events beyond the revisions seen (none of a tenant: 0), in order within each tenant, none left out.

        At most `limit`; they say whom they are about by external id as well.
        """
        ...
