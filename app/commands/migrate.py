"""`mnemograph migrate`: everything moves between the data folder and the servers."""

import asyncio
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import archives, opening, screen
from app.commands.ending import IN_PART
from app.commands.folder import alone, require_folder, require_store, shared
from app.commands.options import Data, EraseServers, Json

if TYPE_CHECKING:
    from app.copying.forward import Copied
    from app.settings import Settings


class Goal(StrEnum):
    NEO4J = "neo4j"
    SQLITE = "sqlite"


def migrate(
    *,
    to: Annotated[Goal, typer.Option("--to", help="neo4j: from the data folder to the servers; sqlite: back.")],
    erase_servers: EraseServers = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Copy everything to the other store: ids, keys, history, vectors, events, jobs; nothing is made anew.

    The source is only read. Stopped anywhere, it goes on when it is run again; when the source went on meanwhile,
    running it again brings the rest. Numbers and digests of both sides are compared in the end.
    """
    settings = opening.settings_for(data)
    require_servers(settings)
    if to is Goal.SQLITE and erase_servers:
        raise typer.BadParameter("only with --to neo4j", param_hint="--erase-servers")
    with _held(settings, to):
        copied = asyncio.run(_migrate(settings, to, erase=erase_servers, as_json=as_json))
    (_tell_programs if as_json else _tell)(copied, to, settings)
    if any(one.ahead > one.revision for one in copied):
        raise typer.Exit(IN_PART)


def require_servers(settings: "Settings") -> None:
    """Raises Invalid when the settings cannot let us in at Neo4j."""
    from app.domain.errors import invalid

    if not settings.neo4j_password and not settings.allow_insecure_stores:
        raise invalid("MNEMOGRAPH_NEO4J_PASSWORD", "is needed to reach the servers", "required")


def _held(settings: "Settings", to: Goal) -> AbstractContextManager[None]:
    """As a source the folder may be in use; as a target it is ours alone."""
    if to is Goal.NEO4J:
        require_store(settings.data)
        return shared(settings.data)
    require_folder(settings.data)
    return alone(settings.data)


async def _migrate(settings: "Settings", to: Goal, *, erase: bool, as_json: bool) -> "list[Copied]":
    from app.bootstrap.stores import StoreName, open_copyable
    from app.copying.forward import Diverged, clear

    goal = StoreName(to)
    origin = StoreName.SQLITE if goal is StoreName.NEO4J else StoreName.NEO4J
    async with open_copyable(settings, origin) as source, open_copyable(settings, goal) as target:
        if erase:
            await clear(target)
        try:
            return await archives.bring(source, target, what="copying", as_json=as_json)
        except Diverged as problem:
            raise Diverged(f"{problem.message}; {_WAY_OUT[to]}") from problem


_WAY_OUT = {
    Goal.NEO4J: "--erase-servers removes all that they hold first",
    Goal.SQLITE: "name an empty folder with --data",
}


def _tell(copied: "list[Copied]", to: Goal, settings: "Settings") -> None:
    where = f"the servers at {settings.neo4j_url}" if to is Goal.NEO4J else str(settings.data)
    written = sum(one.written for one in copied)
    out = screen.out()
    out.print(f"{where} and the source hold the same, by number and digest: {_held_by(copied)}.")
    out.print(f"{screen.count(written, 'record')} written in this run.", style="dim")
    if behind := [one for one in copied if one.ahead > one.revision]:
        for one in behind:
            out.print(
                f"{one.tenant} went on meanwhile, from revision {one.revision:,} to {one.ahead:,}.", style="yellow"
            )
        out.print("Stop whatever writes to the source, then run this again: it brings the rest.")
    elif to is Goal.NEO4J:
        out.print("Now start with MNEMOGRAPH_STORE=neo4j. The search index fills by itself from then on;")
        out.print("`mnemograph doctor` shows how many memories it still waits for. The data folder is as it was.")
    else:
        out.print("Now start with MNEMOGRAPH_STORE=sqlite. The servers are as they were.")


def _held_by(copied: "list[Copied]") -> str:
    return archives.summary([one.sums for one in copied])


def _tell_programs(copied: "list[Copied]", to: Goal, settings: "Settings") -> None:
    tenants = [
        {
            "organization": one.tenant,
            "written": one.written,
            "revision": one.revision,
            "ahead": one.ahead,
            "records": archives.document(one.sums),
        }
        for one in copied
    ]
    screen.write_json({"to": to.value, "data": str(settings.data), "organizations": tenants})
