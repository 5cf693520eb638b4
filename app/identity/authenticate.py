"""A credential becomes a principal here, and nowhere else."""

import hmac
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from app.domain import errors
from app.domain.ids import KeyId, OrganizationId
from app.domain.keys import digest_of, read_key
from app.domain.principal import AllProjects, Credential, Only, Permission, Principal, permissions_of
from app.domain.work import Job
from app.identity.attempts import Attempts
from app.ports.directory import Directory, KeyOwner
from app.ports.messaging import Limiter
from app.ports.runtime import Clock

OPERATOR = "operator"

_log = structlog.get_logger(__name__)
_KNOWN_FOR = timedelta(milliseconds=500)
_KNOWN_KEYS = 4_096
_TOUCH_EVERY = timedelta(minutes=1)
_NO_DIGEST = digest_of(b"")


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found of a key. The principal is the same object as long as nothing about it changes."""

    owner: KeyOwner
    principal: Principal
    at: datetime


class Authenticator:
    """Keys are looked up by id; what was found is believed for half a second, so a revocation counts within one."""

    def __init__(self, *, directory: Directory, clock: Clock, limiter: Limiter) -> None:
        self._directory, self._clock = directory, clock
        self._attempts = Attempts(clock=clock, limiter=limiter)
        self._known: OrderedDict[KeyId, _Known] = OrderedDict()
        self._touched: OrderedDict[KeyId, datetime] = OrderedDict()

    async def by_key(self, text: str, *, address: str) -> Principal:
        """Raises Unauthenticated, which never says why, or RateLimited after too many wrong keys.

        `address` is where the request came from, as the socket says.
        """
        parts = read_key(text)
        digest = digest_of(parts[1] if parts else b"")
        self._attempts.admit(address, digest)
        owner = await self._owner(parts[0]) if parts else None
        matches = hmac.compare_digest(digest, owner.key.digest if owner else _NO_DIGEST)
        if owner is None or not matches or not self._opens(owner):
            await self._attempts.failed(address, parts[0] if parts else None)
            raise errors.Unauthenticated
        self._attempts.succeeded(digest)
        await self._touch(owner)
        return self._principal(owner)

    async def still_valid(self, principal: Principal) -> bool:
        """Whether the credential would still open the door; for connections that live on."""
        key = principal.credential.key
        if key is None:
            return True
        owner = await self._owner(key)
        return owner is not None and self._opens(owner)

    def operator(self, tenant: OrganizationId) -> Principal:
        """Whoever may read the data folder may do everything with what is in it."""
        return Principal(
            tenant=tenant,
            actor=OPERATOR,
            visible=AllProjects(),
            permissions=frozenset(Permission),
            credential=Credential(key=None),
        )

    def sweeper(self, tenant: OrganizationId) -> Principal:
        """Claims jobs and notes how they went. It sees everything and may ask for nothing."""
        return Principal(
            tenant=tenant,
            actor="sweeper",
            visible=AllProjects(),
            permissions=frozenset(),
            credential=Credential(key=None),
        )

    async def for_job(self, tenant: OrganizationId, job: Job) -> Principal:
        """Whom a job acts for, with the rights they hold now. Raises Forbidden when they hold none."""
        if job.key is None:
            return replace(self.operator(tenant), actor=job.actor, end_user=job.end_user)
        owner = await self._owner(job.key)
        if owner is None or owner.tenant != tenant or not self._opens(owner):
            raise errors.Forbidden("the key that asked for this is not valid any more")
        return _principal_of(owner)

    async def _owner(self, key: KeyId) -> KeyOwner | None:
        now = self._clock.now()
        known = self._known.get(key)
        if known is not None and timedelta() <= now - known.at <= _KNOWN_FOR:
            return known.owner
        owner = await self._directory.key_owner(key)
        self._known.pop(key, None)
        if owner is not None:
            principal = _principal_of(owner)
            if known is not None and known.principal == principal:
                principal = known.principal
            self._known[key] = _Known(owner, principal, now)
            _trim(self._known)
        return owner

    def _principal(self, owner: KeyOwner) -> Principal:
        """Shared by all who came with the same key: thousands of sockets hold one."""
        known = self._known.get(owner.key.id)
        return known.principal if known is not None and known.owner is owner else _principal_of(owner)

    def _opens(self, owner: KeyOwner) -> bool:
        expires_at = owner.key.expires_at
        expired = expires_at is not None and expires_at <= self._clock.now()
        return owner.active and owner.key.revoked_at is None and not expired

    async def _touch(self, owner: KeyOwner) -> None:
        now, key = self._clock.now(), owner.key.id
        touched = self._touched.get(key) or owner.key.last_used_at
        if touched is not None and now - touched < _TOUCH_EVERY:
            return
        self._touched[key] = now
        self._touched.move_to_end(key)
        _trim(self._touched)
        try:
            await self._directory.touch_key(key, at=now)
        except errors.Unavailable as problem:
            # Reading must go on where nothing can be written any more.
            _log.warning("key.not_touched", key=key, reason=problem.message)


def _trim(entries: OrderedDict[KeyId, _Known] | OrderedDict[KeyId, datetime]) -> None:
    while len(entries) > _KNOWN_KEYS:
        entries.popitem(last=False)


def _principal_of(owner: KeyOwner) -> Principal:
    key = owner.key
    return Principal(
        tenant=owner.tenant,
        actor=key.member or key.id,
        visible=AllProjects() if key.projects is None else Only(key.projects),
        permissions=permissions_of(key.scopes),
        credential=Credential(key=key.id, expires_at=key.expires_at),
        end_user=key.end_user,
    )
