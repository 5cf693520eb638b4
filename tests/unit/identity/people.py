"""A clock that is moved by hand, and a directory of made-up keys."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain import errors
from app.domain.account import ApiKey, Organization
from app.domain.ids import KeyId, OrganizationId, ProjectId, UserId
from app.domain.keys import digest_of, format_key, last_four
from app.domain.principal import Scope
from app.domain.work import RecordedEvent
from app.ports.directory import KeyOwner

TENANT = OrganizationId("org_00000000000000000000000001")
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class HandClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class ListedKeys:
    """A directory that knows only keys. It counts look-ups and notes of use."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._owners: dict[KeyId, KeyOwner] = {}
        self.lookups = 0
        self.touches: list[tuple[KeyId, datetime]] = []
        self.writable = True

    def issue(
        self,
        number: int = 1,
        *,
        scopes: frozenset[Scope] = frozenset({Scope.WRITE}),
        projects: frozenset[ProjectId] | None = None,
        end_user: UserId | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """A key's text. Equal numbers make the same id with the same secret."""
        id_, secret = KeyId(f"key_{number:026d}"), number.to_bytes(32, "big")
        text = format_key(id_, secret)
        key = ApiKey(
            id=id_,
            name=f"key {number}",
            scopes=scopes,
            projects=projects,
            end_user=end_user,
            member=None,
            digest=digest_of(secret),
            last_four=last_four(text),
            created_at=self._clock.now(),
            expires_at=expires_at,
            revoked_at=None,
            last_used_at=None,
        )
        self._owners[id_] = KeyOwner(TENANT, key, active=True)
        return text

    def revoke(self, number: int = 1) -> None:
        id_ = KeyId(f"key_{number:026d}")
        owner = self._owners[id_]
        self._owners[id_] = replace(owner, key=replace(owner.key, revoked_at=self._clock.now()))

    def deactivate(self, number: int = 1) -> None:
        id_ = KeyId(f"key_{number:026d}")
        self._owners[id_] = replace(self._owners[id_], active=False)

    async def key_owner(self, key: KeyId) -> KeyOwner | None:
        self.lookups += 1
        return self._owners.get(key)

    async def touch_key(self, key: KeyId, *, at: datetime) -> None:
        if not self.writable:
            raise errors.Unavailable("the disk is full")
        self.touches.append((key, at))

    async def organizations(self) -> list[Organization]:
        return [Organization(id=TENANT, name="Acme", created_at=START)]

    async def found(self, organization: Organization) -> None:
        raise NotImplementedError

    async def first(self, otherwise: Organization) -> Organization:
        raise NotImplementedError

    async def tenants_with_expired_memories(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        return []

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        return []

    async def tenants_with_news(self, *, limit: int) -> list[OrganizationId]:
        return []

    async def revisions(self) -> Mapping[OrganizationId, int]:
        return {}

    async def events_since(self, seen: Mapping[OrganizationId, int], *, limit: int) -> Sequence[RecordedEvent]:
        return []
