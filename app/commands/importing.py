"""`mnemograph import`: files become memories; a run that was stopped goes on where it was."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import IN_PART, INVALID, NOTHING
from app.commands.gauge import Gauge, gauge
from app.commands.options import Agent, Data, Json, Mode, ModeChoice, NoWait, Project, Session, Tags, User
from app.domain.errors import Invalid, invalid
from app.ports.papers import PaperForm
from app.transfer.entry import Flaw

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.ids import JobId
    from app.services.transfer import Destination
    from app.transfer.reading import Format
    from app.transfer.survey import Survey


class FormatChoice(StrEnum):
    """How files are read."""

    AUTO = "auto"
    JSONL = "jsonl"
    JSON = "json"
    MARKDOWN = "markdown"
    TEXT = "text"


_SHOWN_FLAWS = 20


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What became of one file so far."""

    file: str
    total: int
    added: int = 0
    joined: int = 0
    skipped: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.added + self.joined + self.skipped + len(self.flaws)


def import_files(
    *,
    files: Annotated[list[str], typer.Argument(help="Files; '-' reads from stdin.", metavar="FILE...")],
    form: Annotated[FormatChoice, typer.Option("--format", "-f", help="How to read them.")] = FormatChoice.AUTO,
    project: Project = None,
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    tags: Tags = None,
    mode: Mode = ModeChoice.EXTRACT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be read and store nothing.")] = False,
    no_wait: NoWait = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Import JSON lines, JSON conversations, Markdown, plain text and documents.

    The same file a second time adds nothing; a file that has grown adds what is new; a run that was stopped \
goes on where it was.

    JSON lines: an object a line with text (or content, memory, message) and, as you like, user, agent, session, \
role, speaker, title, summary, type, kind, categories, tags, files, keypath, importance, occurred_at, valid_from, \
valid_to, expires_at and metadata. Other fields are kept as metadata.

    JSON: such objects in a list; {"messages": [{role, content, name, time}]} or a list of those; exports of chat \
applications; LoCoMo files, a memory a turn.

    Markdown: a memory a section, titled by its headings. Text: a memory a paragraph.

    PDF, Word (.docx), PowerPoint (.pptx) and Excel (.xlsx): their text, by pages, headings, slides and rows.
    """
    from app.services.inputs import Mode as InputMode
    from app.services.transfer import Destination
    from app.transfer.reading import Format

    into = Destination(
        project=project,
        user=user,
        agent=agent,
        session=session,
        tags=tuple(tags or ()),
        mode=InputMode(mode.name),
    )
    with _named(files) as named:
        if dry_run:
            tallies = [_preview(path, name, Format(form), as_json=as_json) for path, name in named]
        else:
            tallies = opening.opened_or_made(
                lambda application: _import(application, named, Format(form), into, as_json=as_json, wait=not no_wait),
                data=data,
            )
    _end(tallies)


@contextmanager
def _named(files: list[str]) -> Iterator[list[tuple[Path, str]]]:
    """Paths with the names they go by. All are read twice: stdin and the text of a document are put into files first."""
    from app.services.intake import form_of

    with tempfile.TemporaryDirectory() as folder:
        named = list[tuple[Path, str]]()
        for file in files:
            path = Path(file)
            if file == "-":
                path = Path(folder) / "stdin"
                with path.open("wb") as spooled:
                    while chunk := sys.stdin.buffer.read(1 << 20):
                        spooled.write(chunk)
            elif isinstance(form := form_of(file), PaperForm):
                path = Path(folder) / f"{len(named)}.md"
                path.write_text(_text_of(Path(file), form), "utf-8")
            named.append((path, "stdin" if file == "-" else Path(file).name))
        yield named


def _text_of(path: Path, form: "PaperForm") -> str:
    """Raises Invalid where the document cannot be read, or holds no text."""
    from app.bootstrap.papers import papers

    try:
        text = asyncio.run(papers().markdown(path.read_bytes(), form=form))
    except OSError as exc:
        raise invalid("file", f"{path}: {(exc.strerror or str(exc)).lower()}", "unreadable") from exc
    except Invalid as exc:
        raise invalid("file", f"{path} {exc.fields[0].message}", exc.fields[0].code) from exc
    if not text:
        raise invalid("file", f"{path} holds no text", "empty")
    return text


def _preview(path: Path, name: str, form: "Format", *, as_json: bool) -> _Tally:
    """Shows the first pieces and counts the rest."""
    from app.transfer.reading import format_of, read
    from app.transfer.survey import survey

    file = survey(path)
    tally = _Tally(file=name, total=0)
    for piece in read(file, name=name, form=form):
        tally.total += 1
        if isinstance(piece, Flaw):
            tally.flaws.append(piece)
        elif tally.total <= 5 and not as_json:
            about = " · ".join(filter(None, (piece.user, piece.session, piece.speaker, piece.title)))
            screen.out().print(f"{piece.where}: {screen.one_line(piece.text, width=90)}")
            if about:
                screen.out().print(f"  {screen.one_line(about, width=90)}", style="dim")
    found = form if form.value != "auto" else format_of(file, name=name)
    good = tally.total - len(tally.flaws)
    if as_json:
        flaws = [{"where": flaw.where, "reason": flaw.reason} for flaw in tally.flaws]
        screen.write_json({"file": name, "format": found, "encoding": file.encoding, "memories": good, "flaws": flaws})
    else:
        screen.out().print(f"{name}: {found}, {file.encoding}, {screen.count(good, 'memory')} to import")
        _tell_flaws(tally)
    return tally


async def _import(
    application: "Application",
    named: list[tuple[Path, str]],
    form: "Format",
    into: "Destination",
    *,
    as_json: bool,
    wait: bool,
) -> list[_Tally]:
    from app.transfer.survey import survey

    surveys = [(survey(path), name) for path, name in named]
    tallies: list[_Tally] = []
    for file, name in surveys:
        tally = await _import_file(application, file, name=name, form=form, into=into, shown=gauge(as_json=as_json))
        tallies.append(tally)
        if as_json:
            screen.write_json(_summary(tally))
        else:
            _tell(tally, file)
    if wait:
        await _extract(application, gauge(as_json=as_json), as_json=as_json)
    return tallies


async def _import_file(
    application: "Application", file: "Survey", *, name: str, form: "Format", into: "Destination", shown: Gauge
) -> _Tally:
    from app.transfer.reading import read

    tally = _Tally(file=name, total=sum(1 for _ in read(file, name=name, form=form)))
    pieces = read(file, name=name, form=form)
    batches = opening.transfer_of(application).load(
        application.operator, digest=file.digest, title=name, pieces=pieces, into=into
    )
    with shown.open(f"Importing {name}", total=tally.total):
        async for loaded in batches:
            tally.added += loaded.added
            tally.joined += loaded.joined
            tally.skipped += loaded.skipped
            tally.flaws += loaded.flaws
            shown.show(tally.done)
    return tally


async def _extract(application: "Application", shown: Gauge, *, as_json: bool) -> None:
    """Ends whatever is still to be extracted, of this run and of one that was stopped."""
    jobs = await unfinished(application)
    if not jobs:
        return
    before = {job.id: job for job in await opening.jobs_of(application, jobs)}
    total = sum(max(job.total, 1) for job in before.values())
    with shown.open("Extracting", total=total):
        ended = await opening.finish(
            application,
            jobs,
            tell=lambda states: shown.show(sum(_part(job.done, job.total, ended=job.state.ended) for job in states)),
        )
        shown.show(total)
    failed = [job for job in ended if job.state.name == "FAILED"]
    if as_json:
        screen.write_json({"extracted": len(ended) - len(failed), "failed": [job.id for job in failed]})
    elif failed:
        screen.aside().print(
            f"{screen.count(len(failed), 'job')} failed; `mnemograph jobs list --state failed` shows why.", style="red"
        )


def _part(done: int, total: int, *, ended: bool) -> int:
    return max(total, 1) if ended else min(done, max(total, 1))


async def unfinished(application: "Application") -> "list[JobId]":
    """All jobs that have not ended, the oldest first."""
    from app.domain.work import JobState
    from app.services.inputs import Slice

    found: list[JobId] = []
    after: str | None = None
    while True:
        page = await application.services.work.jobs(
            application.operator,
            states=(JobState.PENDING, JobState.PROCESSING),
            page=Slice(first=100, after=after),
        )
        found += [item.node.id for item in page.items]
        if not page.has_next:
            return found[::-1]
        after = page.items[-1].cursor


def _summary(tally: _Tally) -> dict[str, Any]:
    return {
        "file": tally.file,
        "total": tally.total,
        "added": tally.added,
        "joined": tally.joined,
        "skipped": tally.skipped,
        "flaws": [{"where": flaw.where, "reason": flaw.reason} for flaw in tally.flaws],
    }


def _tell(tally: _Tally, file: "Survey") -> None:
    parts = [f"{tally.added:,} added"]
    if tally.joined:
        parts.append(f"{tally.joined:,} known already")
    if tally.skipped:
        parts.append(f"{tally.skipped:,} imported before")
    if tally.flaws:
        parts.append(f"{len(tally.flaws):,} not readable")
    screen.out().print(f"{tally.file}: {', '.join(parts)}.")
    if file.encoding == "cp1252":
        screen.aside().print(f"  {tally.file} is not UTF-8; it was read as Windows-1252.", style="yellow")
    _tell_flaws(tally)


def _tell_flaws(tally: _Tally) -> None:
    for flaw in tally.flaws[:_SHOWN_FLAWS]:
        screen.aside().print(f"  {tally.file}, {flaw.where}: {screen.one_line(flaw.reason, width=120)}", style="yellow")
    if len(tally.flaws) > _SHOWN_FLAWS:
        screen.aside().print(f"  … and {len(tally.flaws) - _SHOWN_FLAWS:,} more (--json tells all)", style="yellow")


def _end(tallies: list[_Tally]) -> None:
    """Exit codes: a file without anything in it is nothing, one with only wrong lines invalid, a mixed one in part."""
    flaws = sum(len(tally.flaws) for tally in tallies)
    total = sum(tally.total for tally in tallies)
    if not total:
        raise typer.Exit(NOTHING)
    if flaws:
        raise typer.Exit(INVALID if flaws == total else IN_PART)
