"""`mnemograph intelligence`: what stands out among the memories."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.understand import Intelligence


def intelligence(
    *,
    project: Project = None,
    user: User = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many of each kind at most.")] = 5,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Tell what stands out: themes, what grows, what recurs, what has gone stale, what is at odds."""

    async def work(application: "Application") -> "Intelligence":
        return await application.services.understand.intelligence(application.operator, project=project, user=user)

    found = opening.opened(work, data=data)
    kinds = groupby(found.insights, key=lambda one: one.kind)
    shown = [one for _, those in kinds for one in list(those)[:limit]]
    if as_json:
        insights = [
            {
                "kind": one.kind,
                "label": one.label,
                "why": one.why,
                "weight": one.weight,
                "memories": list(one.memories),
            }
            for one in shown
        ]
        screen.write_json({"read": found.read, "insights": insights})
    else:
        table = screen.table("kind", "about", "why")
        for one in shown:
            table.add_row(one.kind.lower(), screen.one_line(one.label, width=60), screen.printable(one.why))
        screen.out().print(table)
    if not shown:
        raise typer.Exit(NOTHING)
