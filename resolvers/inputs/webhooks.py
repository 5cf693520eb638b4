"""Webhooks to make and to change."""

from collections.abc import Sequence

import strawberry

from app.services.webhooks import NewWebhook, WebhookPatch
from resolvers.enums import Dialect
from resolvers.inputs.reading import given, optional


@strawberry.input(name="WebhookHeaderInput", description="A header that goes along with what is sent.")
class WebhookHeaderInput:
    name: str = strawberry.field(description="Its name; not one that we set ourselves.")
    value: str = strawberry.field(description="Its value: printable ASCII, at most 1,000 characters.")


def _headers(asked: Sequence[WebhookHeaderInput] | None) -> dict[str, str] | None:
    return None if asked is None else {each.name: each.value for each in asked}


@strawberry.input(name="CreateWebhookInput", description="An address to tell of a project's changes.")
class CreateWebhookInput:
    url: str = strawberry.field(description="https, at most 2,048 characters, no private address.")
    events: list[str] = strawberry.field(
        description="1 to 20 of what it listens to, such as memory.created; * is everything."
    )
    description: str | None = optional("What it is for; at most 255 characters.")
    headers: list[WebhookHeaderInput] | None = optional("What goes along; at most 10.")
    active: bool = strawberry.field(default=True, description="Whether it is told.")
    project: str | None = optional("By id or slug; the only one the key opens, or `default`, when left out.")
    form: Dialect | None = optional("Whose bodies it is sent; ours when left out, and for services that have none.")

    def value(self) -> NewWebhook:
        return NewWebhook(
            url=self.url,
            events=self.events,
            description=given(self.description),
            headers=_headers(given(self.headers)),
            active=self.active,
            project=given(self.project),
            form=given(self.form),
        )


@strawberry.input(name="UpdateWebhookInput", description="A webhook to change; what is left out stays.")
class UpdateWebhookInput:
    id: strawberry.ID = strawberry.field(description="The webhook.")
    url: str | None = optional("https, at most 2,048 characters, no private address.")
    events: list[str] | None = optional("1 to 20 of what it listens to.")
    description: str | None = optional("What it is for; an empty one takes it away.")
    headers: list[WebhookHeaderInput] | None = optional("What goes along, in the place of what went before.")
    active: bool | None = optional("Whether it is told.")

    def value(self) -> WebhookPatch:
        return WebhookPatch(
            url=given(self.url),
            events=given(self.events),
            description=given(self.description),
            headers=_headers(given(self.headers)),
            active=given(self.active),
        )


@strawberry.input(name="DeleteWebhookInput", description="A webhook to remove.")
class DeleteWebhookInput:
    id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(name="TestWebhookInput", description="A webhook to try.")
class TestWebhookInput:
    id: strawberry.ID = strawberry.field(description="The webhook.")
