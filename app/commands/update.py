"""`mnemograph update`: a new version of a memory."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.memories import show_record
from app.commands.options import Data, Json, NoWait, moment_of, text_of
from app.domain.memory import Kind, Layer

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import MemoryId
    from app.services.inputs import MemoryPatch, Unset
    from app.services.transfer import Record


def update(
    *,
    memory: Annotated[str, typer.Argument(help="Id of the memory (mem_…).")],
    text: Annotated[str | None, typer.Argument(help="The new text; '-' reads it from stdin.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="A title.")] = None,
    summary: Annotated[str | None, typer.Option("--summary", help="What it says, shorter.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="What holds, or what happened.", case_sensitive=False)
    ] = None,
    type_: Annotated[str | None, typer.Option("--type", help="fact, preference, event … or your own.")] = None,
    categories: Annotated[list[str] | None, typer.Option("--category", help="All categories, one each time.")] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", "-t", help="All tags, one each time.")] = None,
    files: Annotated[list[str] | None, typer.Option("--file", help="All files, one each time.")] = None,
    importance: Annotated[float | None, typer.Option("--importance", help="0 to 1.")] = None,
    layer: Annotated[
        Layer | None, typer.Option("--layer", help="raw stays, task ends by itself.", case_sensitive=False)
    ] = None,
    metadata: Annotated[str | None, typer.Option("--metadata", help="All metadata: a JSON object.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="When it happened: a date and time; UTC when naive.")] = None,
    valid_from: Annotated[str | None, typer.Option("--valid-from", help="Since when it is true.")] = None,
    valid_to: Annotated[str | None, typer.Option("--valid-to", help="Until when it was true.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="When it stops being found.")] = None,
    if_version: Annotated[int | None, typer.Option("--if-version", help="Refuse unless this is its version.")] = None,
    no_wait: NoWait = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change what is given of a memory, as its new version; "" empties a field (--title "", --tag "").

    The version before stays in `history`. A new text or title is read by extraction again.
    """
    from app.commands import shapes
    from app.domain.ids import MemoryId
    from app.services.inputs import UNSET, MemoryPatch

    patch = MemoryPatch(
        text=UNSET if text is None else text_of(text),
        title=_words(title),
        summary=_words(summary),
        kind=kind or UNSET,
        type=_words(type_),
        categories=_labels(categories),
        tags=_labels(tags),
        files=_labels(files),
        importance=UNSET if importance is None else importance,
        layer=layer or UNSET,
        metadata=_object(metadata),
        occurred_at=_moment("at", at),
        valid_from=_moment("valid-from", valid_from),
        valid_to=_moment("valid-to", valid_to),
        expires_at=_moment("expires", expires),
    )
    if patch == MemoryPatch():
        raise typer.BadParameter("say what to change: a text, or an option")

    async def work(application: "Application") -> "Record":
        return await _updated(application, MemoryId(memory), patch, if_version, wait=not no_wait)

    record = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.memory(record))
    else:
        show_record(record)


async def _updated(
    application: "Application", memory: "MemoryId", patch: "MemoryPatch", if_version: int | None, *, wait: bool
) -> "Record":
    services, operator = application.services, application.operator
    changed = await services.remember.update(operator, memory=memory, patch=patch, expected_version=if_version)
    if wait:
        await opening.finish_reading(application, memory)
        async with services.store.read(operator) as reader:
            changed = (await reader.memories.get_many([memory]))[0] or changed
    return (await opening.transfer_of(application).records(operator, memories=[changed]))[0]


def _words(given: str | None) -> "str | Unset | None":
    from app.services.inputs import UNSET

    return UNSET if given is None else given or None


def _labels(given: list[str] | None) -> "tuple[str, ...] | Unset":
    """An empty one alone takes all away."""
    from app.services.inputs import UNSET

    if given is None:
        return UNSET
    return () if given == [""] else tuple(given)


def _moment(option: str, given: str | None) -> "datetime | Unset | None":
    from app.services.inputs import UNSET

    if given is None:
        return UNSET
    return moment_of(option, given) if given else None


def _object(given: str | None) -> "dict[str, Any] | Unset":
    from app.domain.errors import invalid
    from app.services.inputs import UNSET

    if given is None:
        return UNSET
    try:
        read = json.loads(given or "{}")
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise invalid("metadata", "must be a JSON object", "malformed")
    return read
