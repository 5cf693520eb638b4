"""Making, changing, trying and removing webhooks."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import WebhookId
from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.webhooks import CreateWebhookInput, DeleteWebhookInput, TestWebhookInput, UpdateWebhookInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.webhooks import WebhookDelivery, WebhookType


@strawberry.type(description="What createWebhook did.")
class CreateWebhookPayload(Payload):
    webhook = done(WebhookType | None, lambda webhook: webhook, "The new webhook.")
    secret = done(
        str | None,
        lambda webhook: webhook.secret,
        "What signs: X-Webhook-Signature is sha256= and the HMAC-SHA256 of the body in hex. It is shown this once.",
    )


@strawberry.type(description="What updateWebhook did.")
class UpdateWebhookPayload(Payload):
    webhook = done(WebhookType | None, lambda webhook: webhook, "The webhook as it is now.")


@strawberry.type(description="What deleteWebhook did.")
class DeleteWebhookPayload(Payload):
    id = done(strawberry.ID | None, lambda webhook: webhook.id, "The webhook that is gone.")


@strawberry.type(description="What testWebhook did.")
class TestWebhookPayload(Payload):
    delivery = done(WebhookDelivery | None, lambda delivery: delivery, "How it went.")


CreateWebhook: TypeAlias = Annotated[CreateWebhookInput, strawberry.argument(description="The webhook to create.")]
UpdateWebhook: TypeAlias = Annotated[UpdateWebhookInput, strawberry.argument(description="The change.")]
DeleteWebhook: TypeAlias = Annotated[DeleteWebhookInput, strawberry.argument(description="Which one.")]
TestWebhook: TypeAlias = Annotated[TestWebhookInput, strawberry.argument(description="Which one.")]


@strawberry.type
class WebhookMutations:
    @mutation(
        CreateWebhookPayload,
        description="Has an address told of a project's changes from now on, signed. Needs scope admin.",
    )
    async def create_webhook(self, info: Info, input: CreateWebhook) -> Any:
        ctx = info.context
        return await outcome(ctx.services.webhooks.create(ctx.principal, webhook=input.value()))

    @mutation(UpdateWebhookPayload, description="Changes a webhook. Needs scope admin.")
    async def update_webhook(self, info: Info, input: UpdateWebhook) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.webhooks.update(ctx.principal, webhook=WebhookId(input.id), patch=input.value())
        )

    @mutation(
        DeleteWebhookPayload,
        description="Removes a webhook; what was still to be sent to it is not sent. Needs scope admin.",
    )
    async def delete_webhook(self, info: Info, input: DeleteWebhook) -> Any:
        ctx = info.context
        return await outcome(ctx.services.webhooks.delete(ctx.principal, webhook=WebhookId(input.id)))

    @mutation(
        TestWebhookPayload, description="Sends a sample at once, in one attempt, and tells of it. Needs scope admin."
    )
    async def test_webhook(self, info: Info, input: TestWebhook) -> Any:
        ctx = info.context
        return await outcome(ctx.services.webhooks.test(ctx.principal, webhook=WebhookId(input.id)))
