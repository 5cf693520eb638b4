"""`mnemograph list` and `mnemograph show`: memories as they stand, or as they stood."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import (
    After,
    Agent,
    AtRevision,
    Before,
    Categories,
    Contains,
    Data,
    Entities,
    Json,
    Keypath,
    Kinds,
    KnownAt,
    Project,
    Session,
    Tags,
    TrueAt,
    Types,
    User,
    as_of,
    moment_of,
)
from app.commands.pages import Cursor, First, Page, page_of
from app.domain.query import MemoryOrder

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import MemoryId
    from app.domain.memory import Memory
    from app.services.inputs import AsOf, Slice, Sort, Where
    from app.services.transfer import Record

_TEXT = 240
"""Characters of a text that a list shows."""


class Direction(StrEnum):
    """Which end comes first."""

    DESC = "desc"
    ASC = "asc"


def list_memories(
    *,
    user: User = None,
    project: Project = None,
    session: Session = None,
    agent: Agent = None,
    tags: Tags = None,
    types: Types = None,
    kinds: Kinds = None,
    categories: Categories = None,
    entities: Entities = None,
    keypath: Keypath = None,
    contains: Contains = None,
    after: After = None,
    before: Before = None,
    forgotten: Annotated[bool, typer.Option("--forgotten", help="Those that are forgotten and not erased.")] = False,
    order_by: Annotated[MemoryOrder, typer.Option("--order-by", help="What to sort by.")] = MemoryOrder.CREATED_AT,
    direction: Annotated[Direction, typer.Option("--direction", help="Which end comes first.")] = Direction.DESC,
    first: First = 20,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    at_revision: AtRevision = None,
    true_at: TrueAt = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List memories by filter, in order: the newest first when nothing else is said."""
    from app.domain.query import Life, TimeRange
    from app.services.inputs import Slice, Sort, Where

    where = Where(
        project=project,
        users=(user,) if user else (),
        sessions=(session,) if session else (),
        agents=(agent,) if agent else (),
        tags=tuple(tags or ()),
        types=tuple(types or ()),
        kinds=tuple(kinds or ()),
        categories=tuple(categories or ()),
        entities=tuple(entities or ()),
        keypath=keypath,
        contains=contains,
        occurred=TimeRange(after=moment_of("after", after), before=moment_of("before", before)),
        life=Life.FORGOTTEN if forgotten else Life.LIVE,
    )
    sort = Sort(by=order_by, descending=direction is Direction.DESC)
    page, then = Slice(first=first, after=cursor), as_of(known_at, at_revision, true_at)

    async def work(application: "Application") -> "Page[Record]":
        return await _listed(application, where, sort, page, then)

    found = opening.opened(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json({"memories": [shapes.memory(each) for each in found.nodes], "cursor": found.cursor})
    else:
        _show_list(found)
    if not found.nodes:
        raise typer.Exit(NOTHING)


async def _listed(
    application: "Application", where: "Where", sort: "Sort", page: "Slice", then: "AsOf | None"
) -> "Page[Record]":
    services, operator = application.services, application.operator
    if then is None:
        found = await services.explore.memories(operator, where=where, sort=sort, page=page)
    else:
        found = await services.past.memories(operator, where=where, sort=sort, page=page, as_of=then)
    kept = page_of(found)
    records = await opening.transfer_of(application).records(operator, memories=kept.nodes)
    return Page(nodes=records, cursor=kept.cursor)


def _show_list(page: "Page[Record]") -> None:
    for record in page.nodes:
        screen.out().print(record.memory.id, style="bold")
        screen.indented(screen.one_line(record.memory.text, width=_TEXT))
        if about := screen.about(record):
            screen.indented(about, style="dim")
    if not page.nodes:
        screen.aside().print("Nothing found.")
    page.tell_more()


def show(
    *,
    memory: Annotated[str, typer.Argument(help="Id of the memory (mem_…).")],
    known_at: KnownAt = None,
    at_revision: AtRevision = None,
    true_at: TrueAt = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show all that is on record of a memory, a forgotten one too. Of then its entities and links are those of now."""
    from app.commands import shapes
    from app.domain.ids import MemoryId

    id_, then = MemoryId(memory), as_of(known_at, at_revision, true_at)
    record = opening.opened(lambda application: _record(application, id_, then), data=data)
    if as_json:
        screen.write_json(shapes.memory(record))
    else:
        show_record(record)


async def _record(application: "Application", id_: "MemoryId", then: "AsOf | None") -> "Record":
    """Raises NotFound."""
    from app.domain.errors import NotFound

    found = await _memory(application, id_, then)
    if found is None:
        raise NotFound("there is no such memory" if then is None else "there was no such memory then")
    return (await opening.transfer_of(application).records(application.operator, memories=[found]))[0]


async def _memory(application: "Application", id_: "MemoryId", then: "AsOf | None") -> "Memory | None":
    if then is not None:
        return await application.services.past.memory(application.operator, memory=id_, as_of=then)
    async with application.services.store.read(application.operator) as reader:
        return (await reader.memories.get_many([id_]))[0]


def show_record(record: "Record") -> None:
    """Its text, and below it a line for each field, by the names that --json uses."""
    from app.commands import shapes

    fields = shapes.memory(record)
    screen.out().print(fields.pop("id"), style="bold")
    screen.indented(screen.printable(fields.pop("text")))
    table = screen.table("", "")
    table.show_header = False
    for link in fields.pop("links", []):
        table.add_row("   link", screen.printable(_link(link, record.memory.id)))
    for name, value in fields.items():
        table.add_row(f"   {name}", screen.printable(_said(value)))
    screen.out().print(table)


def _said(value: Any) -> str:
    match value:
        case list():
            return ", ".join(map(str, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _link(link: dict[str, Any], here: str) -> str:
    """As read from the memory: what it is to another, or what another is to it."""
    said = link.get("label") or link["type"]
    return f"{said} {link['target']}" if link["source"] == here else f"{link['source']} {said} this"
