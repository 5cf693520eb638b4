"""Webhooks."""

from collections.abc import Sequence
from typing import Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.statements import statements
from app.adapters.records.webhooks import webhook_of, webhook_values
from app.domain import errors
from app.domain.ids import ProjectId, WebhookId
from app.domain.query import Page, Window
from app.domain.webhook import Webhook

CYPHER: Final = statements("webhooks")

_WEBHOOKS: Final = Listing(
    CYPHER["webhooks_page"], webhook_of, "w.created_at", "w.id", descending=True, lead="w.tenant, w.project"
)


class Webhooks:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[WebhookId]) -> list[Webhook | None]:
        return await by_ids(self._block, CYPHER["webhooks_by_ids"], ids, webhook_of)

    async def page(self, window: Window, *, project: ProjectId) -> Page[Webhook]:
        return await paged(self._block, _WEBHOOKS, window, {"project": project})

    async def behind(self, *, limit: int) -> list[Webhook]:
        return [webhook_of(row) for row in await self._block.rows(CYPHER["webhooks_behind"], {"limit": limit})]


class WebhookWrites(Webhooks):
    async def put_many(self, webhooks: Sequence[Webhook]) -> None:
        if self._block.principal.end_user is not None:
            raise errors.NotFound
        for webhook in webhooks:
            self._block.demand(project=webhook.project, user=None)
        (found,) = await self._block.rows(CYPHER["webhooks_put"], {"webhooks": list(map(webhook_values, webhooks))})
        if found["hidden"]:
            raise errors.NotFound

    async def remove(self, ids: Sequence[WebhookId]) -> int:
        (found,) = await self._block.rows(CYPHER["webhooks_remove"], {"ids": sorted(set(ids))})
        removed: int = found["removed"]
        return removed
