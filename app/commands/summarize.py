"""`mnemograph summarize`: what many memories say, in a few of their own sentences."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import After, Before, Data, Json, Project, Session, Tags, Types, User, moment_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.summarize import Summary


def summarize(
    *,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of memories (mem_…).", metavar="[ID]...")] = None,
    user: User = None,
    project: Project = None,
    session: Session = None,
    tags: Tags = None,
    types: Types = None,
    after: After = None,
    before: Before = None,
    sentences: Annotated[int, typer.Option("--sentences", "-n", help="How many at most, 1 to 50.")] = 5,
    budget: Annotated[int, typer.Option("--budget", "-b", help="Tokens (o200k_base) it may have.")] = 500,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the summary as a memory, linked with what it quotes.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Sum up memories, by ids or by a filter: their most telling sentences, each with where it stands."""
    from app.domain.ids import MemoryId
    from app.domain.query import TimeRange
    from app.services.inputs import SummaryRequest, Where

    where = Where(
        project=project,
        users=(user,) if user else (),
        sessions=(session,) if session else (),
        tags=tuple(tags or ()),
        types=tuple(types or ()),
        occurred=TimeRange(after=moment_of("after", after), before=moment_of("before", before)),
    )
    request = SummaryRequest(
        ids=tuple(MemoryId(id_) for id_ in ids or ()),
        where=None if ids else where,
        max_sentences=sentences,
        max_tokens=budget,
    )

    async def work(application: "Application") -> "Summary":
        service = application.services.summarize
        use_case = service.summarize if keep else service.preview
        return await use_case(application.operator, request=request)

    _show(opening.opened(work, data=data), as_json=as_json)


def _show(summary: "Summary", *, as_json: bool) -> None:
    kept = summary.memory.id if summary.memory else None
    if as_json:
        told = [{"text": sentence.text, "memory": sentence.memory} for sentence in summary.sentences]
        screen.write_json({"text": summary.text, "sentences": told, "read": summary.read, "memory": kept})
        return
    for sentence in summary.sentences:
        screen.out().print(screen.printable(sentence.text))
        screen.out().print(f"   {sentence.memory}", style="dim")
    note = f", kept as {kept}" if kept else ""
    screen.aside().print(f"from {screen.count(summary.read, 'memory')}{note}", style="dim")
