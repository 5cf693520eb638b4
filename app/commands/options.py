"""Options that several commands have."""

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.domain.memory import Kind

if TYPE_CHECKING:
    from app.services.inputs import AsOf

Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="MNEMOGRAPH_DATA", help="Folder of the data; ./data when not given."),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON for programs.")]
Project = Annotated[
    str | None, typer.Option("--project", "-p", help="Project, by slug or id; 'default' when not given.")
]
User = Annotated[str | None, typer.Option("--user", "-u", help="End user whom it is about, by your own id.")]
Session = Annotated[str | None, typer.Option("--session", "-s", help="Conversation, by your own id.")]
Agent = Annotated[str | None, typer.Option("--agent", help="Program that wrote it, by your own id.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", "-t", help="Tag; may be given several times.")]
Expires = Annotated[str | None, typer.Option("--expires", help="Date and time when it stops being found.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Type (fact, preference, event …); several allowed.")]
Entities = Annotated[
    list[str] | None, typer.Option("--entity", help="Name of an entity that is mentioned; several allowed.")
]
Kinds = Annotated[
    list[Kind] | None,
    typer.Option("--kind", help="What holds (semantic), or what happened (episodic).", case_sensitive=False),
]
Categories = Annotated[list[str] | None, typer.Option("--category", help="Category; several allowed.")]
Keypath = Annotated[str | None, typer.Option("--keypath", help="Only at this keypath or below it.")]
Contains = Annotated[str | None, typer.Option("--contains", help="Only with this in its title or text.")]
After = Annotated[str | None, typer.Option("--after", help="Only what happened at or after this date and time.")]
Before = Annotated[str | None, typer.Option("--before", help="Only what happened before this date and time.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="As it was on record at this date and time.")]
AtRevision = Annotated[int | None, typer.Option("--at-revision", help="As it was on record right after this revision.")]
TrueAt = Annotated[str | None, typer.Option("--true-at", help="What was true at this date and time.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Leave extraction to a running server, or to a later command.")]
EraseServers = Annotated[
    bool,
    typer.Option(
        "--erase-servers", help="Erase for good what Neo4j holds now, whosever it is, before anything is copied."
    ),
]


class ModeChoice(StrEnum):
    """What happens beside keeping the text."""

    EXTRACT = "extract"
    VERBATIM = "verbatim"


Mode = Annotated[
    ModeChoice,
    typer.Option("--mode", help="extract: link entities and write down the facts found; verbatim: only link entities."),
]


def as_of(known_at: str | None, at_revision: int | None, true_at: str | None) -> "AsOf | None":
    """The moment that these options name; None for the present. Raises Invalid with the option's name."""
    from app.services.inputs import AsOf

    if known_at is None and at_revision is None and true_at is None:
        return None
    return AsOf(known_at=moment_of("known-at", known_at), revision=at_revision, true_at=moment_of("true-at", true_at))


def text_of(given: str) -> str:
    """A text as it was given; of "-" what stands on stdin."""
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape") if given == "-" else given


def moment_of(option: str, text: str | None) -> datetime | None:
    """The time that an option names. Raises Invalid with the option's name."""
    from app.domain.errors import invalid
    from app.transfer.moments import moment
    from app.transfer.unfit import Unfit

    if text is None:
        return None
    try:
        return moment(text)
    except Unfit as exc:
        raise invalid(option, str(exc), "malformed") from exc
