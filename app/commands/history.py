"""`mnemograph history` and `mnemograph changelog`: what a memory was, and what changed."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, moment_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import MemoryId
    from app.domain.memory import Memory
    from app.services.results import Difference, Entry

Id = Annotated[str, typer.Argument(help="The memory's id (mem_…).", metavar="ID")]


def history(
    *,
    memory: Id,
    before: Annotated[int | None, typer.Option("--from", help="Only compare: the earlier version.")] = None,
    after: Annotated[
        int | None, typer.Option("--to", help="Only compare: the later version; the newest when not given.")
    ] = None,
    restore: Annotated[int | None, typer.Option("--restore", help="Write this version as the newest one.")] = None,
    if_version: Annotated[
        int | None, typer.Option("--if-version", help="Restore only while this is its version.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show how a memory changed from version to version, newest first; or compare two; or go back to one."""
    from app.commands import shapes
    from app.domain.ids import MemoryId

    id_ = MemoryId(memory)
    if restore is not None:
        restored = opening.opened(lambda application: _restored(application, id_, restore, if_version), data=data)
        if as_json:
            screen.write_json(shapes.value(restored))
        else:
            screen.out().print(f"Version {restore} of {restored.id} is back, as version {restored.version}.")
        return
    if before is not None or after is not None:
        _compare(id_, before, after, data=data, as_json=as_json)
        return
    steps = opening.opened(lambda application: _differences(application, id_), data=data)
    if as_json:
        screen.write_json([shapes.version(step.after) for step in steps])
        return
    for step in steps:
        made = step.after
        head = f"version {made.version}, revision {made.revision}, {made.recorded_at:%Y-%m-%d %H:%M:%S}"
        screen.out().print(f"{head}, {screen.printable(made.actor)}", style="bold")
        first = made.version == step.before.version
        fields = ", ".join(change.field for change in step.fields)
        screen.indented(screen.printable(made.memory.text if first else step.text or f"changed: {fields or 'nothing'}"))


def _compare(memory: "MemoryId", before: int | None, after: int | None, *, data: Data, as_json: bool) -> None:
    from app.commands import shapes

    async def work(application: "Application") -> "Difference":
        return await application.services.chronicle.difference(
            application.operator, memory=memory, before=before, after=after
        )

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.difference(found))
        return
    screen.out().print(f"version {found.before.version} to version {found.after.version}", style="bold")
    if found.text:
        screen.indented(screen.printable(found.text))
    for change in found.fields:
        if change.field != "text":
            told = shapes.change(change)
            screen.indented(screen.printable(f"{change.field}: {_said(told['before'])} → {_said(told['after'])}"))
    if not found.fields:
        screen.aside().print("Nothing differs.")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def _restored(
    application: "Application", memory: "MemoryId", version: int, expected_version: int | None
) -> "Memory":
    restored = await application.services.chronicle.restore(
        application.operator, memory=memory, version=version, expected_version=expected_version
    )
    await opening.finish_reading(application, memory)
    return restored


async def _differences(application: "Application", memory: "MemoryId") -> "list[Difference]":
    """Each version against the one before it, newest first; the first one against itself."""
    chronicle, who = application.services.chronicle, application.operator
    newest = await chronicle.difference(who, memory=memory, before=None, after=None)
    return [newest] + [
        await chronicle.difference(who, memory=memory, before=None, after=number)
        for number in range(newest.after.version - 1, 0, -1)
    ]


def changelog(
    *,
    project: Project = None,
    since: Annotated[str | None, typer.Option("--since", help="Only changes after this date and time.")] = None,
    revision: Annotated[int, typer.Option("--revision", help="Only changes after this revision.")] = 0,
    first: Annotated[int, typer.Option("--first", "-n", help="How many, 1 to 100.")] = 20,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show what changed: which memory, when, by whom; newest first."""
    from app.services.inputs import ChangelogWhere, Slice

    where = ChangelogWhere(project=project, after=revision, since=moment_of("since", since))

    async def work(application: "Application") -> "list[Entry]":
        page = await application.services.chronicle.changelog(
            application.operator, where=where, page=Slice(first=first)
        )
        return [item.node for item in page.items]

    entries = opening.opened(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json([shapes.entry(entry) for entry in entries])
    else:
        table = screen.table("revision", "when", "who", "what", "memory", "says")
        for entry in entries:
            told, version = entry.recorded, entry.version
            says = "" if version is None else screen.one_line(version.memory.text, width=60)
            where_ = (version.memory.keypath if version else None) or told.event.subject
            when = f"{told.at:%Y-%m-%d %H:%M:%S}"
            what = told.event.kind.removeprefix("memory.")
            table.add_row(f"{told.revision}", when, screen.printable(told.actor), what, screen.printable(where_), says)
        screen.out().print(table)
    if not entries:
        raise typer.Exit(NOTHING)
