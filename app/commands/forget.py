"""`mnemograph forget`: memories go, restorably or for good."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import After, Agent, Before, Data, Json, Project, Session, Tags, Types, User, moment_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.inputs import Erasure, ForgetRequest
    from app.services.results import Forgotten


def forget(
    *,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of memories (mem_…).", metavar="[ID]...")] = None,
    user: User = None,
    project: Project = None,
    session: Session = None,
    agent: Agent = None,
    tags: Tags = None,
    types: Types = None,
    after: After = None,
    before: Before = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="For good: nothing of it stays in the files.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bring forgotten memories back, by their ids.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Erase without asking.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Forget memories: by ids, or by a filter, or all about a --user, or all of a --project.

    What is forgotten is found no more, and can be brought back with --undo. What is erased is gone.
    """
    if undo:
        _bring_back(ids or [], data=data, as_json=as_json)
        return
    from app.domain.ids import MemoryId
    from app.domain.query import TimeRange
    from app.services.inputs import Erasure, ForgetRequest, Where

    where = Where(
        project=project,
        users=(user,) if user else (),
        sessions=(session,) if session else (),
        agents=(agent,) if agent else (),
        tags=tuple(tags or ()),
        types=tuple(types or ()),
        occurred=TimeRange(after=moment_of("after", after), before=moment_of("before", before)),
    )
    if ids:
        request = ForgetRequest(ids=tuple(MemoryId(id_) for id_ in ids))
    elif session or agent or tags or types or after or before:
        request = ForgetRequest(where=where)
    elif user or project:
        request = ForgetRequest(user=user, project=project)
    else:
        raise typer.BadParameter("say what to forget: ids, a filter, --user or --project")
    erasure = Erasure.ERASE if erase else Erasure.FORGET
    if dry_run or (erase and not yes):
        preview = opening.opened(lambda application: _preview(application, request, erasure), data=data)
        if dry_run:
            _tell(preview, "would be forgotten", as_json=as_json)
            return
        if preview.count:
            _confirm(preview.count)
    forgotten = opening.opened(lambda application: _forget(application, request, erasure), data=data)
    _tell(forgotten, "erased" if erase else "forgotten", as_json=as_json)


async def _preview(application: "Application", request: "ForgetRequest", erasure: "Erasure") -> "Forgotten":
    return await application.services.forget.preview(application.operator, request=request, erasure=erasure)


async def _forget(application: "Application", request: "ForgetRequest", erasure: "Erasure") -> "Forgotten":
    """After an erasure it stays until the last bytes have left the files."""
    forgotten = await application.services.forget.forget(application.operator, request=request, erasure=erasure)
    await opening.finish(application, [forgotten.job.id] if forgotten.job else [])
    return forgotten


def _confirm(number: int) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"--erase removes {screen.count(number, 'memory')} for good: add --yes")
    typer.confirm(f"Erase {screen.count(number, 'memory')} for good?", abort=True, err=True)


def _tell(forgotten: "Forgotten", verb: str, *, as_json: bool) -> None:
    if as_json:
        screen.write_json({"count": forgotten.count, "ids": list(forgotten.ids), "dry_run": forgotten.dry_run})
    else:
        screen.out().print(f"{screen.count(forgotten.count, 'memory')} {verb}.")
        for id_ in forgotten.ids[:10]:
            screen.out().print(f"  {id_}")
        if forgotten.count > 10:
            screen.out().print(f"  … and {forgotten.count - 10:,} more")
    if not forgotten.count:
        raise typer.Exit(NOTHING)


def _bring_back(ids: list[str], *, data: Data, as_json: bool) -> None:
    from app.domain.ids import MemoryId

    if not ids:
        raise typer.BadParameter("--undo needs the ids of the memories")

    async def work(application: "Application") -> int:
        wanted = [MemoryId(id_) for id_ in ids]
        return len(await application.services.forget.restore(application.operator, ids=wanted))

    number = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"restored": number})
    else:
        screen.out().print(f"{screen.count(number, 'memory')} brought back.")
