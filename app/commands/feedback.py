"""`mnemograph feedback`: whether a memory was right and of use."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.results import Rated


def feedback(
    *,
    memory: Annotated[str, typer.Argument(help="Id of the memory (mem_…).")],
    value: Annotated[float, typer.Option("--value", "-v", help="-1 (wrong, of no use) to 1 (right, of use).")],
    reason: Annotated[str | None, typer.Option("--reason", "-r", help="Why.")] = None,
    importance_by: Annotated[
        float, typer.Option("--importance-by", help="Added to its importance as well, within 0.05 and 1.")
    ] = 0.0,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say whether a memory was right and of use. Search heeds it, for a fifth of a score at most."""
    from app.domain.ids import MemoryId
    from app.services.inputs import NewFeedback

    given = NewFeedback(memory=MemoryId(memory), value=value, reason=reason, importance_by=importance_by)

    async def work(application: "Application") -> "Rated":
        return await application.services.curate.give_feedback(application.operator, feedback=given)

    rated = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"memory": rated.memory.id, "feedback": rated.usage.feedback})
    else:
        screen.out().print(f"Noted. All feedback on {rated.memory.id} comes to {rated.usage.feedback:+g}.")
