"""`mnemograph counts`: how many memories have which category, kind, type and tag."""

from typing import TYPE_CHECKING

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.memory import LabelCount


def counts(*, project: Project = None, user: User = None, data: Data = None, as_json: Json = False) -> None:
    """Count memories by category, kind, tag and type, the commonest first."""
    from app.domain.memory import Label
    from app.services.inputs import Where

    where = Where(project=project, users=(user,) if user else ())

    async def work(application: "Application") -> "list[LabelCount]":
        explore, operator = application.services.explore, application.operator
        return [one for label in Label for one in await explore.labels(operator, where=where, by=label)]

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"counts": [{"label": one.label, "value": one.value, "count": one.count} for one in found]})
    else:
        table = screen.table("memories", "label", "value")
        for one in found:
            table.add_row(str(one.count), one.label, screen.printable(one.value))
        screen.out().print(table)
    if not found:
        raise typer.Exit(NOTHING)
