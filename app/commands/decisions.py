"""`mnemograph decisions`: what does not hold together, and settling it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, Project, User
from app.domain.decisions import DecisionState, Outcome

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.decisions import Decision
    from app.domain.memory import Memory

app = typer.Typer(help="Decisions: list, resolve.", no_args_is_help=True)


@app.command("list")
def list_decisions(
    *,
    state: Annotated[DecisionState | None, typer.Option("--state", help="Only those that are so.")] = None,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List open contradictions and chosen outcomes, newest first, at most 100."""
    from app.domain.ids import MemoryId
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[tuple[Decision, dict[MemoryId, Memory]]]":
        page = await application.services.deciding.decisions(
            application.operator, project=project, user=user, state=state, page=Slice(first=100)
        )
        found = [item.node for item in page.items]
        ids = list(dict.fromkeys(end for one in found for end in (one.newer, one.older)))
        async with application.services.store.read(application.operator) as reader:
            memories = {one.id: one for one in await reader.memories.get_many(ids) if one is not None}
        return [(one, memories) for one in found]

    told = opening.opened(work, data=data)
    if as_json:
        screen.write_json([_shape(one, memories) for one, memories in told])
        return
    table = screen.table("decision", "newer", "older", "why", "outcome", "by")
    for one, memories in told:
        newer, older = (
            screen.printable(memories[end].text) if end in memories else end for end in (one.newer, one.older)
        )
        table.add_row(one.id, newer, older, screen.printable(one.why), one.outcome or "open", one.settled_by or "")
    screen.out().print(table)


@app.command("resolve")
def resolve(
    *,
    decision: Annotated[str, typer.Argument(help="Its id (dec_…).")],
    outcome: Annotated[Outcome, typer.Argument(help="Which of the two still hold.", case_sensitive=False)],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Settle a decision, or settle it anew."""
    from app.domain.ids import DecisionId

    async def work(application: "Application") -> "Decision":
        return await application.services.deciding.resolve(
            application.operator, decision=DecisionId(decision), outcome=outcome, reason=reason
        )

    settled = opening.opened(work, data=data)
    if as_json:
        screen.write_json(_shape(settled, {}))
    else:
        screen.out().print(f"{settled.id}: {settled.outcome}.")


def _shape(decision: "Decision", memories: "dict[Any, Memory]") -> dict[str, Any]:
    texts = {end: memories[end].text for end in (decision.newer, decision.older) if end in memories}
    return {
        "id": decision.id,
        "state": decision.state,
        "newer": {"id": decision.newer, "text": texts.get(decision.newer)},
        "older": {"id": decision.older, "text": texts.get(decision.older)},
        "why": decision.why,
        "confidence": decision.confidence,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "settled_by": decision.settled_by,
    }
