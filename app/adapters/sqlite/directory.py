"""The doors that open without a tenant."""

from collections.abc import Sequence
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
        values: Parameters = {
            "id": organization.id,
            "name": organization.name,
            "created_at": micros(organization.created_at),
        }
        await self._write("organization_found", values)

    async def tenants_with_due_jobs(self, *, now: datetime, limit: int) -> list[OrganizationId]:
        rows = await self._views.rows(SQL["tenants_due"], {"now": micros(now), "limit": limit})
        return [row["tenant"] for row in rows]

    async def last_position(self) -> int:
        position: int = (await self._views.rows(SQL["last_position"], {}))[0]["position"]
        return position

    async def events_after(self, position: int, *, limit: int) -> Sequence[tuple[int, RecordedEvent]]:
        rows = await self._views.rows(SQL["events_of_all"], {"position": position, "limit": limit})
        return [(row["position"], replace(event_of(row), about=row["about"])) for row in rows]

    async def _write(self, name: str, values: Parameters) -> None:
        await self._turns.alone(lambda connection: connection.execute(SQL[name], dict(values)))
