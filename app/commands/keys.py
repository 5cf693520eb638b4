"""`mnemograph keys`: what programs show at the door."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, User, moment_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.account import ApiKey
    from app.domain.keys import Dialect
    from app.services.results import IssuedKey

app = typer.Typer(help="API keys: create, list, revoke.", no_args_is_help=True)


@app.command("create")
def create(
    *,
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read, write or admin; several allowed [read, write; for buildd all]."),
    ] = None,
    projects: Annotated[
        list[str] | None, typer.Option("--project", "-p", help="Only these projects; all when not given.")
    ] = None,
    user: User = None,
    expires: Annotated[str | None, typer.Option("--expires", help="Date and time when it ends.")] = None,
    dialect: Annotated[
        str | None,
        typer.Option(help="In the form that clients of memorysync, memsync, memsolus, memstate or buildd expect."),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a key. Stdout gets just the key, which is shown this once; the rest goes to stderr."""
    from app.commands import shapes
    from app.services.inputs import NewKey

    asked = _dialect(dialect)
    wanted = NewKey(
        name=name,
        scopes=tuple(scopes) if scopes else _scopes(asked),
        projects=tuple(projects) if projects else None,
        user=user,
        expires_at=moment_of("expires", expires),
        dialect=asked,
    )

    async def work(application: "Application") -> "IssuedKey":
        return await application.services.accounts.create_key(application.operator, key=wanted)

    issued = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json({**shapes.key(issued.key), "secret": issued.secret})
        return
    scope_names = ", ".join(sorted(issued.key.scopes))
    screen.aside().print(f"Key {issued.key.id} ({scope_names}). It is shown this once:", style="dim")
    sys.stdout.write(issued.secret + "\n")


@app.command("list")
def list_keys(*, data: Data = None, as_json: Json = False) -> None:
    """List keys, the newest first, revoked ones too."""
    from app.commands import shapes
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[ApiKey]":
        found: list[ApiKey] = []
        after: str | None = None
        while True:
            page = await application.services.accounts.keys(application.operator, page=Slice(first=100, after=after))
            found += [item.node for item in page.items]
            if not page.has_next:
                return found
            after = page.items[-1].cursor

    keys = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.key(key) for key in keys])
        return
    table = screen.table("id", "name", "scopes", "ends in", "last used", "state")
    for key in keys:
        used = "never" if key.last_used_at is None else f"{key.last_used_at:%Y-%m-%d %H:%M}"
        table.add_row(
            key.id, screen.printable(key.name), ", ".join(sorted(key.scopes)), f"…{key.last_four}", used, _state(key)
        )
    screen.out().print(table)


@app.command("revoke")
def revoke(
    *,
    ids: Annotated[list[str], typer.Argument(help="Ids of keys (key_…).", metavar="ID...")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Revoke keys. It counts within a second, in a running server too."""
    from app.commands import shapes
    from app.domain.ids import KeyId

    async def work(application: "Application") -> "list[ApiKey]":
        return [await application.services.accounts.revoke_key(application.operator, key=KeyId(id_)) for id_ in ids]

    revoked = opening.opened(work, data=data)
    if as_json:
        screen.write_json([shapes.key(key) for key in revoked])
    for key in () if as_json else revoked:
        screen.out().print(f"Revoked {key.id} ({screen.printable(key.name)}).")


def _scopes(dialect: "Dialect | None") -> tuple[str, ...]:
    """Buildd's keys either read only or manage their team."""
    from app.domain.keys import Dialect

    return ("read", "write", "admin") if dialect is Dialect.BUILDD else ("read", "write")


def _dialect(name: str | None) -> "Dialect | None":
    from app.domain import errors
    from app.domain.keys import Dialect

    try:
        return Dialect(name.lower()) if name else None
    except ValueError:
        raise errors.invalid("dialect", f"must be of {', '.join(Dialect)}", "unknown") from None


def _state(key: "ApiKey") -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "for good" if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d %H:%M}"
