"""Webhooks: who is told of what happens in the workspace, and how each time went."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from app.domain import errors
from app.domain.ids import JobId, WebhookId
from app.domain.keys import Dialect
from app.domain.webhook import Delivery, DeliveryState, Webhook
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus.envelope import Paged, cut, many, one
from app.rest.dialects.memsolus.shapes import NewWebhookBody, PageQuery, WebhookBody
from app.rest.dialects.memsolus.workspace import home
from app.rest.handles import id_of, uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.notices import Body
from app.services.webhooks import NewWebhook, WebhookPatch


class WebhookObject(TypedDict):
    id: str
    url: str
    events: Sequence[str]
    description: str | None
    headers: Mapping[str, str] | None
    active: bool
    created_at: str
    updated_at: str


class OneWebhook(WebhookObject):
    data: WebhookObject


class NewWebhookObject(WebhookObject):
    secret: str


class OneNewWebhook(NewWebhookObject):
    data: NewWebhookObject


class WebhookList(Paged):
    data: Sequence[WebhookObject]


class DeliveryObject(TypedDict):
    id: str
    webhook_id: str
    event: str
    status: str
    attempt: int
    response_code: int | None
    response_body: str | None
    error: str | None
    payload: Mapping[str, Any]
    created_at: str
    delivered_at: str | None


class OneDelivery(DeliveryObject):
    data: DeliveryObject


class DeliveryList(Paged):
    data: Sequence[DeliveryObject]


class TestedObject(TypedDict):
    success: bool
    delivery_id: str


class Tested(TestedObject):
    data: TestedObject


async def create(call: Call[NewWebhookBody, Nothing]) -> Reply:
    given = call.body
    new = NewWebhook(
        url=given.url,
        events=given.events,
        description=given.description,
        headers=given.headers,
        active=given.active,
        project=(await home(call)).id,
        form=Dialect.MEMSOLUS,
    )
    made = await call.services.webhooks.create(call.principal, webhook=new)
    return Reply(201, one({**webhook_object(made), "secret": made.secret}))


async def listed(call: Call[Nothing, PageQuery]) -> Reply:
    asked = call.query
    found = await call.services.webhooks.known(call.principal, project=(await home(call)).id)
    rows = [webhook_object(each) for each in cut(found, page=asked.page, page_size=asked.page_size)]
    return Reply(200, many(rows, total=len(found), page=asked.page, page_size=asked.page_size))


async def get(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, one(webhook_object(await _webhook(call))))


async def update(call: Call[WebhookBody, Nothing]) -> Reply:
    given, found = call.body, await _webhook(call)
    patch = WebhookPatch(
        url=given.url,
        events=given.events,
        description=given.description,
        headers=given.headers,
        active=given.active,
    )
    changed = await call.services.webhooks.update(call.principal, webhook=found.id, patch=patch)
    return Reply(200, one(webhook_object(changed)))


async def delete(call: Call[Nothing, Nothing]) -> Reply:
    found = await _webhook(call)
    await call.services.webhooks.delete(call.principal, webhook=found.id)
    return Reply(204)


async def test(call: Call[Nothing, Nothing]) -> Reply:
    found = await _webhook(call)
    sent = await call.services.webhooks.test(call.principal, webhook=found.id)
    body: TestedObject = {"success": sent.state is DeliveryState.SUCCESS, "delivery_id": uuid_of(sent.id)}
    return Reply(200, one(body))


async def deliveries(call: Call[Nothing, PageQuery]) -> Reply:
    asked, webhook = call.query, await _webhook(call)
    found = await call.services.webhooks.recent(call.principal, webhook=webhook.id)
    shown = cut(found, page=asked.page, page_size=asked.page_size)
    rows = await _delivery_objects(call, webhook, shown)
    return Reply(200, many(rows, total=len(found), page=asked.page, page_size=asked.page_size))


async def get_delivery(call: Call[Nothing, Nothing]) -> Reply:
    webhook, id_ = await _webhook(call), JobId(id_of("job", call.path["delivery"]))
    try:
        found = await call.services.webhooks.delivery(call.principal, webhook=webhook.id, delivery=id_)
    except errors.NotFound:
        raise Wrong(404, "DELIVERY_NOT_FOUND", "There is no such delivery") from None
    return Reply(200, one((await _delivery_objects(call, webhook, [found]))[0]))


async def _webhook(call: Call[Any, Any]) -> Webhook:
    """The webhook of the path. Raises WEBHOOK_NOT_FOUND."""
    id_ = WebhookId(id_of("webhook", call.path["id"]))
    try:
        found = await call.services.webhooks.webhook(call.principal, webhook=id_)
    except errors.NotFound:
        found = None
    if found is None or found.project != (await home(call)).id:
        raise Wrong(404, "WEBHOOK_NOT_FOUND", "There is no such webhook")
    return found


async def _delivery_objects(call: Call[Any, Any], webhook: Webhook, found: Sequence[Delivery]) -> list[DeliveryObject]:
    payloads = await call.services.webhooks.payloads(call.principal, webhook=webhook, deliveries=found)
    return [delivery_object(each, payload) for each, payload in zip(found, payloads, strict=True)]


def webhook_object(webhook: Webhook) -> WebhookObject:
    return {
        "id": uuid_of(webhook.id),
        "url": webhook.url,
        "events": webhook.events,
        "description": webhook.description,
        "headers": dict(webhook.headers) or None,
        "active": webhook.active,
        "created_at": millis_z(webhook.created_at),
        "updated_at": millis_z(webhook.updated_at),
    }


def delivery_object(delivery: Delivery, payload: Body) -> DeliveryObject:
    arrived = delivery.delivered_at
    return {
        "id": uuid_of(delivery.id),
        "webhook_id": uuid_of(delivery.webhook),
        "event": delivery.tiding.event,
        "status": delivery.state.value,
        "attempt": delivery.attempts,
        "response_code": delivery.response_code,
        "response_body": delivery.response_body,
        "error": delivery.error,
        "payload": payload,
        "created_at": millis_z(delivery.created_at),
        "delivered_at": millis_z(arrived) if arrived else None,
    }
