"""The doors that open without a tenant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final

from app.adapters.neo4j.server import Found, Parameters, Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.jobs import event_of
from app.adapters.records.rows import key_of, organization_of
from app.adapters.records.values import micros
from app.domain.account import Organization
from app.domain.ids import KeyId, OrganizationId
from app.domain.work import RecordedEvent
from app.ports.directory import KeyOwner

CYPHER: Final = statements("unscoped")

_COMMITTING: Final = 10.0
"""Seconds that a server may need to end a transaction that is out of time, or to finish its commit."""
_ALL_EVERY: Final = 60_000
"""Milliseconds after which all ledgers are read once more."""


class Doors:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._ledgers = Ledgers(server)

    async def key_owner(self, key: KeyId) -> KeyOwner | None:
        rows = await self._server.rows(CYPHER["key_owner"], {"id": key})
        return KeyOwner(rows[0]["tenant"], key_of(rows[0]), rows[0]["member_active"]) if rows else None

    async def touch_key(self, key: KeyId, *, at: datetime) -> None:
        await self._server.change(CYPHER["key_touch"], {"id": key, "at": micros(at)})

    async def organizations(self) -> list[Organization]:
        return [organization_of(row) for row in await self._server.rows(CYPHER["organizations"])]

    async def found(self, organization: Organization) -> None:
        await self._server.change(CYPHER["organization_found"], _values(organization))

    async def first(self, otherwise: Organization) -> Organization:
        await self._server.change(CYPHER["organization_first"], _values(otherwise))
        return (await self.organizations())[0]

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        rows = await self._server.rows(CYPHER["tenants_due"], {"now": micros(now), "limit": limit})
        return [row["tenant"] for row in rows]

    async def tenants_with_expired_memories(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        rows = await self._server.rows(CYPHER["tenants_expired"], {"now": micros(now), "limit": limit})
        return [row["tenant"] for row in rows]

    async def tenants_with_news(self, *, limit: int) -> list[OrganizationId]:
        return [row["tenant"] for row in await self._server.rows(CYPHER["tenants_news"], {"limit": limit})]

    async def revisions(self) -> dict[OrganizationId, int]:
        return dict(await self._ledgers.all())

    async def events_since(self, seen: Mapping[OrganizationId, int], *, limit: int) -> Sequence[RecordedEvent]:
        """Tenants that are ahead share the limit, so that a busy one does not hold up the others."""
        newest = await self._ledgers.lately()
        ahead = [tenant for tenant, revision in newest.items() if revision > seen.get(tenant, 0)][:limit]
        if not ahead:
            return []
        wanted = [{"tenant": tenant, "revision": seen.get(tenant, 0)} for tenant in ahead]
        rows = await self._server.rows(CYPHER["events_beyond"], {"ahead": wanted, "share": limit // len(ahead)})
        return [replace(event_of(row), about=row["about"]) for row in _gapless(rows, seen)]


def _gapless(rows: Sequence[Found], seen: Mapping[OrganizationId, int]) -> Iterator[Found]:
    """A commit becomes visible bit by bit: what lies beyond an event that is not there yet has to wait for it."""
    for tenant, found in groupby(rows, key=lambda row: row["tenant"]):
        for revision, row in enumerate(found, start=seen.get(tenant, 0) + 1):
            if row["revision"] != revision:
                break
            yield row


class Ledgers:
    """The newest revision of each tenant, read anew only where it may have changed since the last look.

    A unit of work notes the server's time in its ledger and commits within its time-out, so whatever a look
    misses says a time that is no longer than that before the look. Now and then all are read, should the
    server's clock have been set back or a commit have hung.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lag = round((server.limits.statement + _COMMITTING) * 1000)
        self._known: dict[OrganizationId, int] = {}
        self._looked, self._looked_at_all = 0, -_ALL_EVERY

    async def all(self) -> Mapping[OrganizationId, int]:
        self._looked, self._known = await self._look(since=0)
        self._looked_at_all = self._looked
        return self._known

    async def lately(self) -> Mapping[OrganizationId, int]:
        if self._looked - self._looked_at_all >= _ALL_EVERY:
            return await self.all()
        looked, changed = await self._look(since=self._looked - self._lag)
        if looked < self._looked:
            return await self.all()
        self._looked = looked
        self._known |= changed
        return self._known

    async def _look(self, *, since: int) -> tuple[int, dict[OrganizationId, int]]:
        (found,) = await self._server.rows(CYPHER["ledgers"], {"since": since})
        return found["looked"], {ledger["tenant"]: ledger["revision"] for ledger in found["ledgers"]}


def _values(organization: Organization) -> Parameters:
    values = {"name": organization.name, "created_at": micros(organization.created_at)}
    return {"id": organization.id, "values": values}
