"""Webhooks, and what was sent to them."""

from datetime import datetime

import strawberry

from app.domain.webhook import Delivery, Webhook, memory_in
from resolvers.enums import Dialect, WebhookDeliveryState
from resolvers.fields import MEMORY, PROJECT, linked, part
from resolvers.types.connection import Connection
from resolvers.types.lists import DELIVERIES, paged
from resolvers.types.node import Node


@strawberry.type(description="A header that goes along with what is sent.")
class WebhookHeader:
    name: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value.")


def _headers(webhook: Webhook) -> list[WebhookHeader]:
    return [WebhookHeader(name=name, value=value) for name, value in webhook.headers]


def _event(delivery: Delivery) -> str:
    return delivery.tiding.event


@strawberry.type(description="What was sent to a webhook, or is still to be.")
class WebhookDelivery:
    job_id = part(strawberry.ID, lambda one: one.id, "The job that sends it, and the id under which it is sent.")
    event = part(str, _event, "What it tells.")
    state = part(WebhookDeliveryState, lambda one: one.state, "Whether it has arrived.")
    attempts = part(int, lambda one: one.attempts, "How often it was tried; 5 at most, within a day.")
    response_code = part(int | None, lambda one: one.response_code, "The status of the last answer, if there was one.")
    response_body = part(str | None, lambda one: one.response_body, "The first thousand characters of it.")
    error = part(str | None, lambda one: one.error, "Why the last attempt failed.")
    created_at = part(datetime, lambda one: one.created_at, "When it was put down.")
    due_at = part(datetime | None, lambda one: one.due_at, "When it is tried next; null when it is not.")
    delivered_at = part(datetime | None, lambda one: one.delivered_at, "When it arrived.")
    memory = linked(
        MEMORY,
        lambda one: memory_in(one.tiding),
        lambda loaders: loaders.memories,
        "The memory that it is about, if any.",
    )


@strawberry.type(name="WebhookDeliveryConnection", description="A page of deliveries.")
class WebhookDeliveryConnection(Connection[WebhookDelivery]):
    pass


@strawberry.type(
    name="Webhook", description="An address that is told of a project's changes. Its secret is shown once."
)
class WebhookType(Node):
    url: str = strawberry.field(description="Where it is sent.")
    events: list[str] = strawberry.field(description="What it listens to, such as memory.created; * is everything.")
    description: str | None = strawberry.field(description="What it is for.")
    headers = part(list[WebhookHeader], _headers, "What goes along.")
    active: bool = strawberry.field(description="Whether it is told; failures do not change that.")
    form: Dialect | None = strawberry.field(description="Whose bodies it is sent; null for ours.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    project = linked(PROJECT, lambda one: one.project, lambda loaders: loaders.projects, "Whose changes it is told of.")
    deliveries = paged(
        DELIVERIES,
        lambda services, principal, webhook, page: services.webhooks.deliveries(
            principal, webhook=webhook.id, page=page
        ),
        "What was sent to it, newest first.",
    )


@strawberry.type(name="WebhookConnection", description="A page of webhooks.")
class WebhookConnection(Connection[WebhookType]):
    pass
