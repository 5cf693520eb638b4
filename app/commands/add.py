"""`mnemograph add`: one text becomes a memory."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.options import (
    Agent,
    Data,
    Expires,
    Json,
    Mode,
    ModeChoice,
    NoWait,
    Project,
    Session,
    Tags,
    User,
    moment_of,
    text_of,
)

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.inputs import NewMemory


def add(
    *,
    text: Annotated[str | None, typer.Argument(help="The text; '-' or nothing reads it from stdin.")] = None,
    project: Project = None,
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    speaker: Annotated[str | None, typer.Option("--speaker", help="Name of who said it.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="A title.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="fact, preference, event … or your own.")] = None,
    tags: Tags = None,
    importance: Annotated[float | None, typer.Option("--importance", min=0, max=1, help="0 to 1.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="When it happened: a date and time; UTC when naive.")] = None,
    task: Annotated[bool, typer.Option("--task", help="Working memory: it ends by itself.")] = False,
    expires: Expires = None,
    mode: Mode = ModeChoice.EXTRACT,
    key: Annotated[str | None, typer.Option("--idempotency-key", help="The same key stores once in 24 hours.")] = None,
    no_wait: NoWait = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Remember a text. It is findable at once; entities and facts follow in a moment."""
    from app.domain.memory import Layer
    from app.services.inputs import Mode as InputMode
    from app.services.inputs import NewMemory

    memory = NewMemory(
        text=_text(text),
        mode=InputMode(mode.name),
        project=project,
        user=user,
        session=session,
        agent=agent,
        speaker=speaker,
        title=title,
        type=type_,
        tags=tuple(tags or ()),
        importance=importance,
        occurred_at=moment_of("at", at),
        layer=Layer.TASK if task else Layer.RAW,
        expires_at=moment_of("expires", expires),
    )

    async def work(application: "Application") -> dict[str, Any]:
        return await _add(application, memory, key, wait=not no_wait)

    document = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json(document)
    else:
        _show(document)


def _text(text: str | None) -> str:
    if text is None and sys.stdin.isatty():
        raise typer.BadParameter("give the text, or pipe it in", param_hint="TEXT")
    return text_of("-" if text is None else text)


async def _add(application: "Application", memory: "NewMemory", key: str | None, *, wait: bool) -> dict[str, Any]:
    from app.commands import shapes

    principal = application.operator
    stored = await application.services.remember.add(principal, memory=memory, key=key)
    jobs = [stored.job.id] if stored.job and wait else []
    ended = await opening.finish(application, jobs)
    ids = [kept.id for kept in stored.memories]
    async with application.services.store.read(principal) as reader:
        kept = [found for found in await reader.memories.get_many(ids) if found]
    records = await opening.transfer_of(application).records(principal, memories=kept)
    return {
        "created": stored.created[0] if stored.created else False,
        "memory": shapes.memory(records[0]) if records else None,
        "job": shapes.job(ended[0]) if ended else shapes.job(stored.job) if stored.job else None,
    }


def _show(document: dict[str, Any]) -> None:
    memory, job = document["memory"], document["job"] or {}
    verb = "Remembered" if document["created"] else "Known already"
    screen.out().print(f"{verb}: {memory['id']}")
    if entities := memory.get("entities"):
        screen.out().print(f"  entities: {', '.join(map(screen.printable, entities))}")
    if (kind := memory.get("type")) is not None:
        screen.out().print(f"  type: {kind}")
    if job.get("state") == "FAILED":
        screen.aside().print(
            f"Extraction failed: {job.get('error')}; `mnemograph jobs replay {job['id']}` tries again."
        )
        raise typer.Exit(1)
