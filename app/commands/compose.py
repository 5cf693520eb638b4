"""`mnemograph compose`: a prompt with what is remembered, ready for a pipe."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, Session, Tags, Types, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.inputs import PromptRequest
    from app.services.results import Prompt


class FormatChoice(StrEnum):
    """What the prompt is written in."""

    MARKDOWN = "markdown"
    TEXT = "text"
    MESSAGES = "messages"


class GroupChoice(StrEnum):
    """How memories are put under headings."""

    NONE = "none"
    TYPE = "type"
    SESSION = "session"
    ENTITY = "entity"
    DAY = "day"


def compose(
    *,
    query: Annotated[str, typer.Argument(help="What the prompt is to be about.")],
    budget: Annotated[int, typer.Option("--budget", "-b", help="Tokens (o200k_base) it may have.")] = 1_500,
    form: Annotated[
        FormatChoice, typer.Option("--format", "-f", help="What it is written in.")
    ] = FormatChoice.MARKDOWN,
    group: Annotated[GroupChoice, typer.Option("--group", help="How memories are grouped.")] = GroupChoice.NONE,
    template: Annotated[
        Path | None, typer.Option("--template", help="File with {memories} and perhaps {query} and {date} in it.")
    ] = None,
    instructions: Annotated[str | None, typer.Option("--instructions", help="Text that goes before it.")] = None,
    project: Project = None,
    user: User = None,
    session: Session = None,
    tags: Tags = None,
    types: Types = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print a prompt from what is remembered, within a token budget; what is said about it goes to stderr."""
    from app.services.inputs import Grouping, PromptFormat, PromptRequest, Where

    request = PromptRequest(
        query=query,
        budget=budget,
        format=PromptFormat(form.name),
        grouping=Grouping(group.name),
        template=_template(template),
        instructions=instructions,
        where=Where(
            project=project,
            users=(user,) if user else (),
            sessions=(session,) if session else (),
            tags=tuple(tags or ()),
            types=tuple(types or ()),
        ),
    )
    prompt = opening.opened(lambda application: ask(application, request), data=data)
    _show(prompt, as_json=as_json, form=form)
    if not prompt.citations:
        raise typer.Exit(NOTHING)


async def ask(application: "Application", request: "PromptRequest") -> "Prompt":
    return await application.services.compose.prompt(application.operator, request=request)


def _template(path: Path | None) -> str | None:
    from app.domain.errors import invalid

    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise invalid("template", f"{path} cannot be read as text", "unreadable") from exc


def _show(prompt: "Prompt", *, as_json: bool, form: FormatChoice) -> None:
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    if as_json:
        citations = [{"marker": c.marker, "memory": c.memory.id, "score": c.score} for c in prompt.citations]
        screen.write_json(
            {
                "text": prompt.text,
                "messages": messages,
                "tokens": prompt.tokens,
                "budget": prompt.budget,
                "citations": citations,
                "omitted": prompt.omitted,
            }
        )
        return
    if form is FormatChoice.MESSAGES:
        screen.write_json(messages)
    else:
        typer.echo(screen.printable(prompt.text))
    used = f"{prompt.tokens:,} of {prompt.budget:,} tokens, {screen.count(len(prompt.citations), 'memory')}"
    left = f", {prompt.omitted} more did not fit" if prompt.omitted else ""
    screen.aside().print(used + left, style="dim")
