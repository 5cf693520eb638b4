"""Notices: what a webhook is sent, made of the record as it is when it is sent."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.ids import JobId, ProjectId
from app.domain.keys import Dialect
from app.domain.principal import Principal, within
from app.domain.webhook import Delivery, Tiding, Webhook, memory_in
from app.ports.store import Store
from app.services.explore import labelled
from app.services.results import Labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One tiding with the memory that it is about, where there is one that still lives."""

    id: JobId
    project: ProjectId
    tiding: Tiding
    memory: Labelled | None


Body = Mapping[str, Any]
Form = Callable[[Notice], Body]
"""How a dialect writes notices."""


class Notices:
    def __init__(self, *, store: Store, forms: Mapping[Dialect, Form]) -> None:
        """Dialects that have no form of their own are sent ours."""
        self._store, self._forms = store, forms

    async def bodies(self, principal: Principal, *, webhook: Webhook, deliveries: Sequence[Delivery]) -> list[Body]:
        """Of the webhook's project alone, whatever else the principal sees."""
        narrowed = within(principal, project=webhook.project, user=None)
        wanted = list(dict.fromkeys(id_ for each in deliveries if (id_ := memory_in(each.tiding))))
        async with self._store.read(narrowed) as reader:
            living = [m for m in await reader.memories.get_many(wanted) if m is not None and m.deleted_at is None]
            found: dict[str | None, Labelled] = {told.memory.id: told for told in await labelled(reader, living)}
        form = self._forms.get(webhook.form, ours) if webhook.form else ours
        told = ((each.id, each.tiding) for each in deliveries)
        return [
            form(Notice(id=id_, project=webhook.project, tiding=tiding, memory=found.get(memory_in(tiding))))
            for id_, tiding in told
        ]


def written(body: Body) -> bytes:
    """A body as it is signed and sent."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def ours(notice: Notice) -> Body:
    """In the words of the GraphQL schema."""
    tiding = notice.tiding
    return {
        "id": notice.id,
        "event": tiding.event,
        "project": notice.project,
        "timestamp": tiding.at.isoformat(),
        "data": {"id": tiding.subject, **tiding.data, **(_memory(notice.memory) if notice.memory else {})},
    }


def _memory(told: Labelled) -> Body:
    memory = told.memory
    return {
        "text": memory.text,
        "title": memory.title,
        "summary": memory.summary,
        "user": told.user,
        "agent": told.agent,
        "session": told.session,
        "kind": memory.kind and memory.kind.value,
        "type": memory.type,
        "categories": memory.categories,
        "tags": memory.tags,
        "keypath": memory.keypath,
        "importance": memory.importance,
        "layer": memory.layer.value,
        "status": memory.status.value,
        "metadata": memory.metadata,
        "createdAt": memory.created_at.isoformat(),
        "updatedAt": memory.updated_at.isoformat(),
        "version": memory.version,
    }
