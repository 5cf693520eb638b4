"""Webhooks as a part of the record (see `app.ports.store`), and the way out to the addresses that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.ids import ProjectId, WebhookId
from app.domain.query import Page, Window
from app.domain.webhook import Webhook


class WebhookReader(Protocol):
    """Webhooks hear of everybody in their project: an end user's principal sees none."""

    async def get_many(self, ids: Sequence[WebhookId]) -> Sequence[Webhook | None]: ...

    async def page(self, window: Window, *, project: ProjectId) -> Page[Webhook]:
        """Newest first."""
        ...

    async def behind(self, *, limit: int) -> list[Webhook]:
        """Active ones that have not heard of the tenant's newest event, those furthest behind first."""
        ...


class WebhookWriter(WebhookReader, Protocol):
    async def put_many(self, webhooks: Sequence[Webhook]) -> None:
        """Inserts or replaces by id. Raises NotFound for what is out of sight."""
        ...

    async def remove(self, ids: Sequence[WebhookId]) -> int:
        """How many there were."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request: what is sent where, to the byte."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it. `body` is the beginning of what was answered, at most 1,000 characters.

    `error` says in words why it was not taken, and is None when it was: an answer of 2xx, within ten seconds.
    """

    code: int | None
    body: str | None
    error: str | None


class Sender(Protocol):
    def demand_fit(self, url: str) -> None:
        """Raises Invalid for an address to which nothing is ever sent, whatever its name resolves to."""
        ...

    async def post(self, post: Post) -> Answer:
        """Never raises for what happens on the way, and follows no redirect.

        Names are resolved, and the addresses judged, as it is sent; no credential of ours goes along.
        """
        ...
