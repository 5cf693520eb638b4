"""Webhooks."""

from collections.abc import Sequence
from typing import Final

from app.adapters.records.webhooks import webhook_of, webhook_values
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.ids import ProjectId, WebhookId
from app.domain.query import Page, Window
from app.domain.webhook import Webhook

SQL = statements("webhooks")

_WEBHOOKS: Final = Listing(SQL["webhooks_page"], webhook_of, "w.created_at", "w.id", descending=True)


class Webhooks:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[WebhookId]) -> list[Webhook | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["webhooks_by_ids"], ids, webhook_of))

    async def page(self, window: Window, *, project: ProjectId) -> Page[Webhook]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: paged(on, _WEBHOOKS, window, asked))

    async def behind(self, *, limit: int) -> list[Webhook]:
        asked: Parameters = {"limit": limit}
        return await self._block.run(lambda on: [webhook_of(row) for row in on.rows(SQL["webhooks_behind"], asked)])


class WebhookWrites(Webhooks):
    async def put_many(self, webhooks: Sequence[Webhook]) -> None:
        def put(on: Scoped) -> None:
            if on.principal.end_user is not None or on.rows(
                SQL["webhooks_hidden"], {"ids": listed(webhook.id for webhook in webhooks)}
            ):
                raise errors.NotFound
            for webhook in webhooks:
                on.demand(project=webhook.project, user=None)
            on.change_each(SQL["webhook_put"], map(webhook_values, webhooks))

        await self._block.run(put)

    async def remove(self, ids: Sequence[WebhookId]) -> int:
        return await self._block.run(lambda on: on.change(SQL["webhooks_remove"], {"ids": listed(ids)}))
