"""`mnemograph route`: a question, answered in the way that it wants."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.decisions import Decision
    from app.domain.routing import Guess
    from app.services.results import Routed


def route(
    *,
    query: Annotated[str, typer.Argument(help="A question in plain words.")],
    first: Annotated[int, typer.Option("--first", "-n", help="How many hits, 1 to 100.")] = 10,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Answer a question: say what kind of answer it wants, why, and how sure that is, and give it."""
    from app.services.inputs import AskedRoute

    asked = AskedRoute(query=query, project=project, user=user, first=first)

    async def work(application: "Application") -> "Routed":
        return await application.services.routing.route(application.operator, asked=asked)

    answer = opening.opened(work, data=data)
    if as_json:
        screen.write_json(_shape(answer))
    else:
        _show(answer)
    if not answer.found.hits.items and answer.count is None:
        raise typer.Exit(NOTHING)


def _show(answer: "Routed") -> None:
    out = screen.out()
    out.print(f"{answer.best.kind.lower()}, sure to {answer.best.confidence:.2f}: {screen.printable(answer.best.why)}")
    for line in _told(answer):
        out.print(screen.printable(line))
    for item in answer.found.hits.items:
        hit = item.node
        out.print(f"{hit.score:.2f} {screen.bar(hit.score)}  {hit.memory.id}")
        screen.indented(screen.printable(hit.memory.text))


def _told(answer: "Routed") -> list[str]:
    """The answer beside the hits, line by line."""
    told = []
    if answer.memory is not None:
        told.append(f"{answer.memory.keypath} = {answer.memory.text}")
    if answer.count is not None:
        told.append(screen.count(answer.count, "memory"))
    if answer.entity is not None:
        told.append(f"{answer.entity.name} ({answer.entity.type}), {answer.entity.id}")
    told += [f"{fact.field.value}: {fact.value} ({fact.confidence:.2f})" for fact in answer.facts]
    if answer.decision is not None:
        told.append(f"{answer.decision.id}: {answer.decision.why}; {answer.decision.outcome or 'open'}")
    return told


def _shape(answer: "Routed") -> dict[str, Any]:
    entity, memory = answer.entity, answer.memory
    return {
        **_guess(answer.best),
        "others": [_guess(one) for one in answer.others],
        "memory": {"id": memory.id, "keypath": memory.keypath, "text": memory.text} if memory else None,
        "entity": {"id": entity.id, "name": entity.name, "type": entity.type} if entity else None,
        "count": answer.count,
        "facts": [{"field": one.field, "value": one.value, "confidence": one.confidence} for one in answer.facts],
        "decision": _decision(answer.decision) if answer.decision else None,
        "after": answer.period.after.isoformat() if answer.period.after else None,
        "before": answer.period.before.isoformat() if answer.period.before else None,
        "hits": [
            {"id": item.node.memory.id, "score": item.node.score, "text": item.node.memory.text}
            for item in answer.found.hits.items
        ],
        "degraded": list(answer.found.degraded),
    }


def _guess(guess: "Guess") -> dict[str, Any]:
    return {"kind": guess.kind, "why": guess.why, "confidence": guess.confidence}


def _decision(one: "Decision") -> dict[str, Any]:
    return {"id": one.id, "newer": one.newer, "older": one.older, "why": one.why, "outcome": one.outcome}
