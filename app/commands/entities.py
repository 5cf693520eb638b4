"""`mnemograph entities`: list them, join those that are one, and take it back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User
from app.commands.pages import Cursor, First, Page, page_of
from app.domain.graph import EntityType

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.graph import Entity
    from app.domain.merges import Merge
    from app.services.results import Parted

app = typer.Typer(help="Entities: list, merge, split, list merges.", no_args_is_help=True)


@app.command("list")
def list_entities(
    *,
    name: Annotated[str | None, typer.Option("--name", help="A part of the name or of an alias.")] = None,
    types: Annotated[
        list[EntityType] | None,
        typer.Option("--type", help="What it is; several allowed.", case_sensitive=False),
    ] = None,
    project: Project = None,
    user: User = None,
    first: First = 20,
    cursor: Cursor = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List what memories name, by name."""
    from app.services.inputs import EntityWhere, Slice

    where = EntityWhere(project=project, user=user, types=tuple(types or ()), name=name)

    async def work(application: "Application") -> "Page[Entity]":
        page = Slice(first=first, after=cursor)
        return page_of(await application.services.explore.entities(application.operator, where=where, page=page))

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"entities": [_entity(entity) for entity in found.nodes], "cursor": found.cursor})
    else:
        table = screen.table("entity", "type", "name", "aliases")
        for entity in found.nodes:
            aliases = screen.printable(", ".join(entity.aliases))
            table.add_row(entity.id, entity.type, screen.printable(entity.name), aliases)
        screen.out().print(table)
        found.tell_more()
    if not found.nodes:
        raise typer.Exit(NOTHING)


@app.command("merge")
def merge(
    *,
    into: Annotated[str, typer.Argument(help="The one that stays: an id (ent_…) or its only name.")],
    entities: Annotated[
        list[str], typer.Argument(help="Those that it takes in: ids or only names.", metavar="ENTITY...")
    ],
    reason: Annotated[str | None, typer.Option("--reason", help="Why they are one.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make entities one: what names them, their relations and their names move to the one that stays."""
    from app.services.inputs import MergeRequest

    request = MergeRequest(into=into, entities=tuple(entities), reason=reason)

    async def work(application: "Application") -> "Entity":
        return await application.services.merging.merge(application.operator, request=request)

    entity = opening.opened(work, data=data)
    if as_json:
        screen.write_json(_entity(entity))
    else:
        names = ", ".join(map(screen.printable, entity.aliases))
        screen.out().print(f"{screen.printable(entity.name)} ({entity.id}) is also known as {names or 'nothing else'}.")


@app.command("split")
def split(
    *,
    entity: Annotated[str, typer.Argument(help="The id of the one that was taken in.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take a merge back: all that moved goes back, what was learnt since stays."""

    async def work(application: "Application") -> "Parted":
        return await application.services.merging.split(application.operator, entity=entity)

    parted = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"entity": _entity(parted.entity), "into": _entity(parted.into)})
    else:
        one, other = screen.printable(parted.entity.name), screen.printable(parted.into.name)
        screen.out().print(f"{one} ({parted.entity.id}) and {other} ({parted.into.id}) are two again.")


@app.command("merges")
def merges(*, project: Project = None, data: Data = None, as_json: Json = False) -> None:
    """List merges, newest first, at most 100."""
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[Merge]":
        page = await application.services.merging.merges(application.operator, project=project, page=Slice(first=100))
        return [item.node for item in page.items]

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json([_merge(one) for one in found])
        return
    table = screen.table("entity", "name", "into", "reason", "by", "at")
    for one in found:
        name, reason = screen.printable(one.entity.name), screen.printable(one.reason or "")
        table.add_row(one.entity.id, name, one.into, reason, one.actor, one.at.isoformat())
    screen.out().print(table)


def _entity(entity: "Entity") -> dict[str, Any]:
    return {"id": entity.id, "name": entity.name, "type": entity.type, "aliases": list(entity.aliases)}


def _merge(merge: "Merge") -> dict[str, Any]:
    return {
        "entity": _entity(merge.entity),
        "into": merge.into,
        "reason": merge.reason,
        "actor": merge.actor,
        "at": merge.at.isoformat(),
    }
