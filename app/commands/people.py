"""`mnemograph users`, `agents` and `sessions`: whom memories are about, who wrote them, in which conversations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User
from app.commands.pages import Cursor, First, Page, page_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import UserId
    from app.domain.people import Agent, Session
    from app.domain.people import User as UserOf
    from app.services.inputs import Slice


def users(
    *, project: Project = None, first: First = 20, cursor: Cursor = None, data: Data = None, as_json: Json = False
) -> None:
    """List the end users whom memories are about, the oldest first; `user` is your own id."""
    page = _asked(first, cursor)

    async def work(application: "Application") -> "Page[UserOf]":
        explore = application.services.explore
        return page_of(await explore.users(application.operator, project=project, page=page))

    found = opening.opened(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json({"users": [shapes.user(each) for each in found.nodes], "cursor": found.cursor})
    else:
        rows = [(each.external_id, each.name or "", screen.day(each.created_at), each.id) for each in found.nodes]
        _show(("user", "name", "since", "id"), rows, found)
    _demand_any(found)


def agents(
    *, project: Project = None, first: First = 20, cursor: Cursor = None, data: Data = None, as_json: Json = False
) -> None:
    """List the programs that wrote memories, the oldest first; `agent` is your own id."""
    page = _asked(first, cursor)

    async def work(application: "Application") -> "Page[Agent]":
        explore = application.services.explore
        return page_of(await explore.agents(application.operator, project=project, page=page))

    found = opening.opened(work, data=data)
    if as_json:
        from app.commands import shapes

        screen.write_json({"agents": [shapes.agent(each) for each in found.nodes], "cursor": found.cursor})
    else:
        rows = [(each.external_id, each.name or "", screen.day(each.created_at), each.id) for each in found.nodes]
        _show(("agent", "name", "since", "id"), rows, found)
    _demand_any(found)


def sessions(
    *,
    user: User = None,
    project: Project = None,
    first: First = 20,
    cursor: Cursor = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List conversations, the oldest first; `session` and `user` are your own ids."""
    page = _asked(first, cursor)

    async def work(application: "Application") -> "tuple[Page[Session], dict[UserId, str]]":
        explore = application.services.explore
        found = page_of(await explore.sessions(application.operator, project=project, user=user, page=page))
        return found, await _called(application, found.nodes)

    found, called = opening.opened(work, data=data)
    whose = [called.get(each.user) if each.user else None for each in found.nodes]
    if as_json:
        from app.commands import shapes

        told = [shapes.session(each, user=name) for each, name in zip(found.nodes, whose, strict=True)]
        screen.write_json({"sessions": told, "cursor": found.cursor})
    else:
        rows = [
            (each.external_id, name or "", screen.day(each.started_at or each.created_at), each.id)
            for each, name in zip(found.nodes, whose, strict=True)
        ]
        _show(("session", "user", "since", "id"), rows, found)
    _demand_any(found)


def _asked(first: int, cursor: str | None) -> "Slice":
    from app.services.inputs import Slice

    return Slice(first=first, after=cursor)


async def _called(application: "Application", sessions: "Sequence[Session]") -> "dict[UserId, str]":
    """What the caller calls the users of these sessions."""
    wanted = list(dict.fromkeys(each.user for each in sessions if each.user))
    async with application.services.store.read(application.operator) as reader:
        return {found.id: found.external_id for found in await reader.users.get_many(wanted) if found}


def _show(columns: Sequence[str], rows: Sequence[Sequence[str]], page: Page[object]) -> None:
    table = screen.table(*columns)
    for row in rows:
        table.add_row(*map(screen.printable, row))
    screen.out().print(table)
    page.tell_more()


def _demand_any(page: Page[object]) -> None:
    if not page.nodes:
        raise typer.Exit(NOTHING)
