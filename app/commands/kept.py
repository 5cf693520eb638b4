"""`mnemograph transcripts` and `mnemograph values`: what programs keep word for word beside the memories."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, Project

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.notes import Note
    from app.services.transcripts import Kept
    from app.services.values import Stored

Owner = Annotated[str, typer.Option("--user", "-u", help="End user whose it is, by your own id.")]
Conversation = Annotated[str, typer.Argument(help="The conversation, by your own id.")]
Source = Annotated[str, typer.Option("--source", help="Who keeps it.")]
Namespace = Annotated[str, typer.Argument(help="Its segments, with slashes between them.")]

transcripts = typer.Typer(help="Turns of conversations, word for word: show, append.", no_args_is_help=True)
values = typer.Typer(help="Values under keys: list, put.", no_args_is_help=True)


@transcripts.command("show")
def show(
    *,
    session: Conversation,
    user: Owner,
    latest: Annotated[int, typer.Option("--latest", min=0, help="Only the last so many; 0 is all.")] = 0,
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show the turns of a conversation, oldest first."""
    from app.services.transcripts import Place

    async def work(application: "Application") -> "list[Note]":
        found, _ = await application.services.transcripts.turns(
            application.operator,
            place=Place(project=project, user=user),
            session=session,
            source=None,
            latest=latest,
        )
        return found

    turns = opening.opened(work, data=data)
    if as_json:
        screen.write_json([_turn(turn) for turn in turns])
        return
    for turn in turns:
        screen.out().print(screen.printable(f"{turn.body['role']}: {turn.body['content']}"))


@transcripts.command("append")
def append(
    *,
    session: Conversation,
    content: Annotated[str, typer.Argument(help="What was said.")],
    user: Owner,
    role: Annotated[str, typer.Option("--role", help="Who spoke.")] = "user",
    source: Source = "cli",
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Keep a turn at the end of a conversation. It is no memory; `add` makes such."""
    from app.services.transcripts import NewTurn, Place

    async def work(application: "Application") -> "list[Kept]":
        return await application.services.transcripts.append(
            application.operator,
            place=Place(project=project, user=user),
            session=session,
            source=source,
            turns=[NewTurn(role=role, content=content)],
        )

    (kept,) = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json(_turn(kept.note))
    else:
        screen.out().print(f"Kept as turn {kept.note.number}.")


@values.command("list")
def list_values(
    *,
    user: Owner,
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Only below these segments.")] = "",
    source: Source = "cli",
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List values, newest change first."""
    from app.services.transcripts import Place

    async def work(application: "Application") -> "list[Note]":
        return await application.services.values.under(
            application.operator, place=Place(project=project, user=user), source=source, prefix=_path(namespace)
        )

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json([_value(note) for note in found])
        return
    table = screen.table("namespace", "key", "value")
    for note in found:
        told = _value(note)
        table.add_row(
            screen.printable("/".join(told["namespace"])),
            screen.printable(note.name),
            screen.printable(json.dumps(told["value"], ensure_ascii=False)),
        )
    screen.out().print(table)


@values.command("put")
def put(
    *,
    namespace: Namespace,
    key: Annotated[str, typer.Argument(help="What to call it there.")],
    value: Annotated[str, typer.Argument(help="A JSON object.")],
    user: Owner,
    source: Source = "cli",
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Keep a value under a key of a namespace, in the place of the one that is there."""
    from app.services.transcripts import Place
    from app.services.values import NewValue

    new = NewValue(namespace=_path(namespace), key=key, value=_object(value))

    async def work(application: "Application") -> "Stored":
        return await application.services.values.put(
            application.operator, place=Place(project=project, user=user), source=source, new=new
        )

    stored = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json(_value(stored.note))
    else:
        screen.out().print("Kept." if stored.created else "It was there already.")


def _path(namespace: str) -> tuple[str, ...]:
    return tuple(segment for segment in namespace.split("/") if segment)


def _object(text: str) -> dict[str, Any]:
    from app.domain.errors import invalid

    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise invalid("value", "must be a JSON object", "malformed")
    return given


def _turn(note: "Note") -> dict[str, Any]:
    return {"number": note.number, "role": note.body["role"], "content": note.body["content"], "source": note.source}


def _value(note: "Note") -> dict[str, Any]:
    return {"namespace": json.loads(note.space), "key": note.name, "value": note.body["value"], "source": note.source}
