"""The doors that open without a tenant."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.adapters.records.jobs import event_of
from app.adapters.records.rows import key_of, organization_of
from app.adapters.records.values import micros
from app.adapters.sqlite.scope import Parameters
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.turns import Turns, Views
from app.domain.account import Organization
from app.domain.ids import KeyId, OrganizationId
from app.domain.work import RecordedEvent
from app.ports.directory import KeyOwner

SQL = statements("unscoped")


class Doors:
    def __init__(self, turns: Turns, views: Views) -> None:
        self._turns = turns
        self._views = views

    async def key_owner(self, key: KeyId) -> KeyOwner | None:
        rows = await self._views.rows(SQL["key_owner"], {"id": key})
        return KeyOwner(rows[0]["tenant"], key_of(rows[0]), bool(rows[0]["active"])) if rows else None

    async def touch_key(self, key: KeyId, *, at: datetime) -> None:
        await self._write("key_touch", {"id": key, "at": micros(at)})

    async def organizations(self) -> list[Organization]:
        return [organization_of(row) for row in await self._views.rows(SQL["organizations"], {})]

    async def found(self, organization: Organization) -> None:
        await self._write("organization_found", _values(organization))

    async def first(self, otherwise: Organization) -> Organization:
        await self._write("organization_first", _values(otherwise))
        return (await self.organizations())[0]

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        rows = await self._views.rows(SQL["tenants_due"], {"now": micros(now), "limit": limit})
        return [row["tenant"] for row in rows]

    async def tenants_with_expired_memories(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        rows = await self._views.rows(SQL["tenants_expired"], {"now": micros(now), "limit": limit})
        return [row["tenant"] for row in rows]

    async def tenants_with_news(self, *, limit: int) -> list[OrganizationId]:
        return [row["tenant"] for row in await self._views.rows(SQL["tenants_news"], {"limit": limit})]

    async def revisions(self) -> dict[OrganizationId, int]:
        rows = await self._views.rows(SQL["revisions"], {})
        return {row["tenant"]: row["number"] for row in rows}

    async def events_since(self, seen: Mapping[OrganizationId, int], *, limit: int) -> Sequence[RecordedEvent]:
        """Tenants that are ahead share the limit, so that a busy one does not hold up the others."""

        def find(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            ahead = [
                {"tenant": row["tenant"], "revision": seen.get(row["tenant"], 0)}
                for row in connection.execute(SQL["revisions"])
                if row["number"] > seen.get(row["tenant"], 0)
            ]
            rows: list[sqlite3.Row] = []
            for one in ahead[:limit]:
                wanted = {**one, "limit": min(-(-limit // len(ahead)), limit - len(rows))}
                rows += connection.execute(SQL["events_beyond"], wanted).fetchall()
            return rows

        rows = await self._views.alone(find)
        return [replace(event_of(row), about=row["about"]) for row in rows]

    async def _write(self, name: str, values: Parameters) -> None:
        await self._turns.alone(lambda connection: connection.execute(SQL[name], dict(values)))


def _values(organization: Organization) -> Parameters:
    return {
        "id": organization.id,
        "name": organization.name,
        "created_at": micros(organization.created_at),
    }
