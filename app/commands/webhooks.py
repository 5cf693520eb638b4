"""`mnemograph webhooks`: who is told of a project's changes, and how it went."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, Project

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.webhook import Delivery, Webhook

app = typer.Typer(help="Webhooks: list, create, update, delete, test, deliveries.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The webhook's id (whk_…).")]


@app.command("list")
def list_webhooks(*, project: Project = None, data: Data = None, as_json: Json = False) -> None:
    """List the newest hundred webhooks of a project."""
    from app.commands import shapes
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[Webhook]":
        page = await application.services.webhooks.webhooks(
            application.operator, project=project, page=Slice(first=100)
        )
        return [item.node for item in page.items]

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.webhook(each) for each in found])
        return
    table = screen.table("id", "url", "events", "state")
    for each in found:
        state = "active" if each.active else "off"
        table.add_row(each.id, screen.printable(each.url), screen.printable(", ".join(each.events)), state)
    screen.out().print(table)


@app.command("create")
def create(
    *,
    url: Annotated[str, typer.Argument(help="Where to send: https, no private address.")],
    events: Annotated[
        list[str] | None, typer.Option("--event", help="What it listens to, like memory.created; several allowed [*].")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    headers: Annotated[
        list[str] | None, typer.Option("--header", help="Name: value, to go along; several allowed.")
    ] = None,
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a webhook. Stdout gets just the secret that signs, which is shown this once; the rest goes to stderr."""
    from app.commands import shapes
    from app.services.webhooks import NewWebhook

    wanted = NewWebhook(
        url=url, events=events or ["*"], description=description, headers=_headers(headers or []), project=project
    )

    async def work(application: "Application") -> "Webhook":
        return await application.services.webhooks.create(application.operator, webhook=wanted)

    made = opening.opened(work, data=data)
    if as_json:
        screen.write_json({**shapes.webhook(made), "secret": made.secret})
        return
    screen.aside().print(f"Webhook {made.id}. Its secret is shown this once:", style="dim")
    sys.stdout.write(made.secret + "\n")


@app.command("update")
def update(
    *,
    id_: Id,
    url: Annotated[str | None, typer.Option("--url", help="Where to send: https, no private address.")] = None,
    events: Annotated[list[str] | None, typer.Option("--event", help="All that it listens to, one each time.")] = None,
    description: Annotated[str | None, typer.Option("--description", help='What it is for; "" is nothing.')] = None,
    headers: Annotated[
        list[str] | None, typer.Option("--header", help='Name: value; all that go along, one each time; "" is none.')
    ] = None,
    active: Annotated[bool | None, typer.Option("--active/--off", help="Whether it is told.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change what is given of a webhook. One that is switched on again hears of what happens from then on."""
    from app.commands import shapes
    from app.domain.ids import WebhookId
    from app.services.webhooks import WebhookPatch

    patch = WebhookPatch(
        url=url,
        events=events,
        description=description,
        headers=None if headers is None else {} if headers == [""] else _headers(headers),
        active=active,
    )
    if patch == WebhookPatch():
        raise typer.BadParameter("say what to change")

    async def work(application: "Application") -> "Webhook":
        return await application.services.webhooks.update(application.operator, webhook=WebhookId(id_), patch=patch)

    changed = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.webhook(changed))
    else:
        screen.out().print(f"Changed {changed.id}.")


@app.command("delete")
def delete(*, id_: Id, data: Data = None, as_json: Json = False) -> None:
    """Delete a webhook; what was still to be sent to it is not sent."""
    from app.commands import shapes
    from app.domain.ids import WebhookId

    async def work(application: "Application") -> "Webhook":
        return await application.services.webhooks.delete(application.operator, webhook=WebhookId(id_))

    gone = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.webhook(gone))
    else:
        screen.out().print(f"Deleted {gone.id}.")


@app.command("test")
def send_sample(*, id_: Id, data: Data = None, as_json: Json = False) -> None:
    """Send a sample at once, in one attempt, and say how it went."""
    from app.commands import shapes
    from app.domain.ids import WebhookId

    async def work(application: "Application") -> "Delivery":
        return await application.services.webhooks.test(application.operator, webhook=WebhookId(id_))

    sent = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.delivery(sent))
    else:
        screen.out().print(f"{sent.state}: {screen.printable(sent.error or str(sent.response_code))}")


@app.command("deliveries")
def deliveries(*, id_: Id, data: Data = None, as_json: Json = False) -> None:
    """List the last hundred deliveries to a webhook."""
    from app.commands import shapes
    from app.domain.ids import WebhookId
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[Delivery]":
        page = await application.services.webhooks.deliveries(
            application.operator, webhook=WebhookId(id_), page=Slice(first=100)
        )
        return [item.node for item in page.items]

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.delivery(each) for each in found])
        return
    table = screen.table("id", "event", "state", "attempts", "answer", "put down")
    for each in found:
        answer = each.error or str(each.response_code or "")
        table.add_row(
            each.id,
            each.tiding.event,
            each.state,
            str(each.attempts),
            screen.printable(answer),
            f"{each.created_at:%Y-%m-%d %H:%M}",
        )
    screen.out().print(table)


def _headers(given: list[str]) -> dict[str, str]:
    from app.domain.errors import invalid

    pairs = [line.partition(":") for line in given]
    if not all(colon for _, colon, _ in pairs):
        raise invalid("header", "must be like Name: value")
    return {name.strip(): value.strip() for name, _, value in pairs}
