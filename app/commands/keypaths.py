"""`mnemograph keypaths`: values at addresses in a tree."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import AtRevision, Data, Json, KnownAt, Project, Tags, TrueAt, User, as_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.memory import Memory, MemoryVersion
    from app.domain.work import Job
    from app.services.inputs import KeypathWhere
    from app.services.results import ForgottenKeypaths, KeypathNode, Stored

app = typer.Typer(help="Keypaths: values at addresses like a.b.c.", no_args_is_help=True)

Path = Annotated[str, typer.Argument(help="Names joined by dots; a dot inside a name is %2E.", metavar="KEYPATH")]
Prefix = Annotated[str | None, typer.Argument(help="Only what lies below this keypath.", metavar="[PREFIX]")]
Depth = Annotated[int | None, typer.Option("--depth", help="Cut so many levels below the prefix, 1 to 32.")]


@app.command("get")
def get(
    *,
    keypath: Path,
    project: Project = None,
    user: User = None,
    known_at: KnownAt = None,
    at_revision: AtRevision = None,
    true_at: TrueAt = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write what lives at a keypath, to the byte."""
    from app.services.inputs import Address

    address = Address(keypath=keypath, project=project, user=user)
    then = as_of(known_at, at_revision, true_at)

    async def work(application: "Application") -> "Memory | None":
        if then is None:
            return await application.services.keypaths.at(application.operator, address=address)
        return await application.services.past.at(application.operator, address=address, as_of=then)

    memory = opening.opened(work, data=data)
    if memory is None:
        screen.aside().print(f"Nothing lives at {screen.printable(keypath)}.")
        raise typer.Exit(NOTHING)
    if as_json:
        from app.commands import shapes

        screen.write_json(shapes.value(memory))
    elif sys.stdout.isatty():
        screen.out().print(screen.printable(memory.text))
    else:
        sys.stdout.buffer.write(memory.text.encode())
        sys.stdout.flush()


@app.command("set")
def set_value(
    *,
    keypath: Path,
    value: Annotated[str | None, typer.Argument(help="Text, or JSON as text; standard input when not given.")] = None,
    project: Project = None,
    user: User = None,
    title: Annotated[str | None, typer.Option("--title", help="A title for it.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Type (fact, decision, …).")] = None,
    tags: Tags = None,
    if_version: Annotated[
        int | None, typer.Option("--if-version", help="Refuse unless this version lives there; 0 for nothing.")
    ] = None,
    if_revision: Annotated[
        int | None, typer.Option("--if-revision", help="Refuse when it was changed after this revision.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Store a value at a keypath; over one that is there, as its new version."""
    from app.services.inputs import NewValue

    new = NewValue(
        keypath=keypath,
        value=sys.stdin.read() if value is None else value,
        project=project,
        user=user,
        title=title,
        type=type_,
        tags=None if tags is None else tuple(tags),
        if_version=if_version,
        if_revision=if_revision,
    )

    async def work(application: "Application") -> "Stored":
        return await application.services.keypaths.store(application.operator, value=new)

    stored = opening.opened_or_made(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json({**shapes.value(stored.memory), "change": stored.how, "revision": stored.revision})
    else:
        told = f"version {stored.memory.version}, revision {stored.revision}"
        screen.out().print(f"{stored.how.capitalize()} {stored.memory.keypath}: {told} ({stored.memory.id}).")


@app.command("file")
def file_document(
    *,
    text: Annotated[str | None, typer.Argument(help="The text; standard input when not given.")] = None,
    project: Project = None,
    user: User = None,
    context: Annotated[str | None, typer.Option("--context", help="What it is about.")] = None,
    origin: Annotated[str | None, typer.Option("--origin", help="What kind of text it is (readme, …).")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take a text apart and store its statements at keypaths below project.<slug>."""
    from app.services.inputs import NewDocument

    document = NewDocument(
        text=sys.stdin.read() if text is None else text, project=project, user=user, context=context, origin=origin
    )

    async def work(application: "Application") -> "Job":
        filed = await application.services.filing.take(application.operator, document=document)
        (ended,) = await opening.finish(application, [filed.job.id])
        return ended

    job = opening.opened_or_made(work, data=data)
    paths = job.result.get("keypaths", [])
    if as_json:
        from app.commands import shapes

        screen.write_json({"job": shapes.job(job), "keypaths": paths})
        return
    screen.out().print(f"Filed {len(paths)} statements.")
    for path in paths:
        screen.out().print(screen.printable(path))


@app.command("list")
def list_keypaths(
    *,
    prefix: Prefix = None,
    depth: Depth = None,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List the keypaths below a prefix, with how many memories live below each."""
    nodes = _nodes(prefix, depth, project, user, data)
    if as_json:
        screen.write_json([_shape(node) for node in nodes])
        return
    table = screen.table("keypath", "below", "memory")
    for node in nodes:
        table.add_row(screen.printable(node.path), f"{node.below:,}" if node.below else "", node.memory or "")
    screen.out().print(table)


@app.command("tree")
def tree(
    *,
    prefix: Prefix = None,
    depth: Depth = None,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draw the tree of keypaths below a prefix."""
    from rich.tree import Tree

    nodes = _nodes(prefix, depth, project, user, data)
    if as_json:
        screen.write_json([_shape(node) for node in nodes])
        return
    drawn = Tree(screen.printable(prefix or "."))
    branches = {prefix or "": drawn}
    for node in nodes:
        parts = node.path.split(".")
        for level in range(len((prefix or "").split(".")) if prefix else 0, len(parts)):
            above, path = ".".join(parts[:level]), ".".join(parts[: level + 1])
            if path not in branches:
                branches[path] = branches[above].add(screen.printable(parts[level]))
        if node.below:
            branches[node.path].label = f"{screen.printable(parts[-1])} ({screen.count(node.below, 'memory')} below)"
    screen.out().print(drawn)


@app.command("history")
def history(
    *, keypath: Path, project: Project = None, user: User = None, data: Data = None, as_json: Json = False
) -> None:
    """Show all that has ever stood at a keypath, newest first."""
    from app.services.inputs import Address, Slice

    address = Address(keypath=keypath, project=project, user=user)

    async def work(application: "Application") -> "list[MemoryVersion]":
        found, after = list["MemoryVersion"](), None
        while True:
            page = await application.services.keypaths.history(
                application.operator, address=address, page=Slice(first=100, after=after)
            )
            found += [item.node for item in page.items]
            if not page.has_next:
                return found
            after = page.items[-1].cursor

    versions = opening.opened(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json([shapes.version(version) for version in versions])
        return
    table = screen.table("version", "revision", "when", "who", "value")
    for version in versions:
        forgotten = version.memory.deleted_at is not None
        text = "(forgotten)" if forgotten else screen.one_line(version.memory.text, width=80)
        when = f"{version.recorded_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(f"{version.version}", f"{version.revision}", when, screen.printable(version.actor), text)
    screen.out().print(table)


@app.command("forget")
def forget(
    *,
    keypath: Path,
    subtree: Annotated[bool, typer.Option("--subtree", help="Also whatever lives below it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Forget what lives at a keypath; `mnemograph forget --undo` with its id brings it back."""
    from app.services.inputs import Address

    address = Address(keypath=keypath, project=project, user=user)

    async def work(application: "Application") -> "ForgottenKeypaths":
        keypaths = application.services.keypaths
        use_case = keypaths.preview if dry_run else keypaths.forget
        return await use_case(application.operator, address=address, subtree=subtree)

    told = opening.opened(work, data=data)
    if as_json:
        screen.write_json(
            {"count": told.count, "ids": [*told.ids], "keypaths": [*told.keypaths], "dry_run": told.dry_run}
        )
    else:
        screen.out().print(f"{screen.count(told.count, 'memory')} {'would be ' if dry_run else ''}forgotten.")
        for path in told.keypaths[:20]:
            screen.out().print(f"  {screen.printable(path)}")
    if not told.count:
        raise typer.Exit(NOTHING)


def _nodes(
    prefix: str | None, depth: int | None, project: str | None, user: str | None, data: Data
) -> "list[KeypathNode]":
    from app.services.inputs import KeypathWhere

    where = KeypathWhere(project=project, user=user, prefix=prefix, depth=depth)
    nodes = opening.opened(lambda application: _all(application, where), data=data)
    if not nodes:
        screen.aside().print("No keypaths.")
        raise typer.Exit(NOTHING)
    return nodes


async def _all(application: "Application", where: "KeypathWhere") -> "list[KeypathNode]":
    from app.services.inputs import Slice

    found, after = list["KeypathNode"](), None
    while True:
        page = await application.services.keypaths.page(
            application.operator, where=where, page=Slice(first=100, after=after)
        )
        found += [item.node for item in page.items]
        if not page.has_next:
            return found
        after = page.items[-1].cursor


def _shape(node: "KeypathNode") -> dict[str, object]:
    return {"path": node.path, "names": [*node.names], "memory": node.memory, "below": node.below}
