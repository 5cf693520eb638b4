"""`mnemograph search`: a question, and ranked memories for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.inputs import Question
    from app.services.results import Found, Hit
    from app.services.transfer import Record


_MEANINGS = {
    "words": "of the question, here or next to it",
    "meaning": "near the question, read after what was said before",
    "tokens": "near the question, token by token",
    "session": "the best of its session",
    "who": "said by someone whom the question names",
    "date": "near the date in question",
    "answer": "the turn before asks for it",
    "previous": "the turn before is near as well",
    "substance": "how much it states",
    "when": "names times, and the question asks for one",
    "tells": "says what is asked of that person",
    "outdated": "has ceased to be true",
    "graph": "mentions what the question names",
    "feedback": "what was said of it; 0.5 is nothing",
}
"""What each signal says, in a few words."""


class ModeChoice(StrEnum):
    """Which signals rank."""

    HYBRID = "hybrid"
    SEMANTIC = "semantic"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    found: "Found"
    records: "list[Record]"


def search(
    *,
    query: Annotated[str, typer.Argument(help="What you look for, in plain words.")],
    mode: Annotated[ModeChoice, typer.Option("--mode", "-m", help="Which signals rank.")] = ModeChoice.HYBRID,
    first: Annotated[int, typer.Option("--first", "-n", help="How many hits, 1 to 100.")] = 10,
    project: Project = None,
    user: User = None,
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
    known_at: KnownAt = None,
    at_revision: AtRevision = None,
    true_at: TrueAt = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show each factor of a score and each step.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Find memories by words, by meaning and by what they are linked to."""
    from app.domain.query import TimeRange
    from app.services.inputs import Question, SearchMode, Slice, Where

    question = Question(
        query=query,
        mode=SearchMode(mode.name),
        where=Where(
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
        ),
        slice=Slice(first=first),
        as_of=as_of(known_at, at_revision, true_at),
    )

    async def work(application: "Application") -> _Answer:
        return await ask(application, question)

    answer = opening.opened(work, data=data)
    if as_json:
        _write(answer)
    else:
        show(answer.found, answer.records, explain=explain)
    if not answer.found.hits.items:
        raise typer.Exit(NOTHING)


async def ask(application: "Application", question: "Question") -> _Answer:
    found = await application.services.recall.search(application.operator, question=question)
    memories = [item.node.memory for item in found.hits.items]
    records = await opening.transfer_of(application).records(application.operator, memories=memories)
    return _Answer(found=found, records=records)


def show(found: "Found", records: "list[Record]", *, explain: bool) -> None:
    """Hits with bars for their scores, best first."""
    from rich.text import Text

    console = screen.out()
    if found.degraded:
        screen.aside().print(f"Without {', '.join(found.degraded)}: that did not answer in time.", style="yellow")
    if not found.hits.items:
        screen.aside().print("Nothing found.")
    for place, (item, record) in enumerate(zip(found.hits.items, records, strict=True), start=1):
        head = Text(f"{place:>2} ", style="bold")
        head.append(f"{item.node.score:.2f} ", style="cyan")
        head.append(screen.bar(item.node.score), style="cyan")
        head.append(f"  {record.memory.id}", style="dim")
        console.print(head)
        screen.indented(screen.printable(record.memory.text))
        if about := screen.about(record):
            screen.indented(about, style="dim")
        if explain:
            _show_factors(item.node)
    if explain:
        _show_steps(found)


def _show_factors(hit: "Hit") -> None:
    """What speaks for a hit, the strongest first, then what speaks against it; what is silent is left out."""
    parts = [(factor.value * factor.weight, factor) for factor in hit.factors if factor.value]
    widest = max((part for part, _ in parts), default=0.0) or 1.0
    for part, factor in sorted(parts, key=lambda each: -each[0]):
        sum_ = f"{factor.value:.2f} × {factor.weight:+.2f} = {part:+.3f}"
        line = (
            f"     {factor.signal:<10}{sum_} {screen.bar(max(0.0, part) / widest)} {_MEANINGS.get(factor.signal, '')}"
        )
        screen.out().print(line.rstrip(), style="dim")
    if hit.stands_for:
        others = ", ".join(hit.stands_for)
        screen.out().print(f"     stands for {others}, which would say the same", style="dim")


def _show_steps(found: "Found") -> None:
    table = screen.table("step", "left", "ms", "what")
    for step in found.trace:
        table.add_row(step.name, f"{step.candidates}", f"{step.milliseconds:.1f}", screen.printable(step.detail))
    screen.out().print(f"\nRecipe: {found.recipe}")
    screen.out().print(table)


def _write(answer: _Answer) -> None:
    from app.commands import shapes

    screen.write_json(
        {
            "hits": [
                shapes.hit(item.node, record)
                for item, record in zip(answer.found.hits.items, answer.records, strict=True)
            ],
            "has_more": answer.found.hits.has_next,
            "recipe": answer.found.recipe,
            "degraded": list(answer.found.degraded),
            "steps": [shapes.step(step) for step in answer.found.trace],
        }
    )
