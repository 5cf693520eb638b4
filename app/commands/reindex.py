"""`mnemograph reindex`: a new search index is filled beside the one that answers, and takes over."""

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.gauge import Gauge, gauge
from app.commands.options import Data, Json

if TYPE_CHECKING:
    from app.indexing.rebuild import Progress, Rebuild, Rebuilt
    from app.settings import Settings

_ITSELF = "The embedded store is its own search index: there is nothing to rebuild."
_STAGES = {"fill": "filling", "compare": "comparing"}


def reindex(
    *,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Afterwards remove the index that answered before.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Build the search index anew from the record, with searches and writes going on all the while.

    Needed after a change of the embedding model. Stopped anywhere, it goes on when it is run again.
    """
    settings = opening.settings_for(data)
    if settings.store == "sqlite":
        _tell_that_there_is_none(as_json=as_json)
        return
    done, dropped = asyncio.run(_reindex(settings, drop_old=drop_old, as_json=as_json))
    (_tell_programs if as_json else _tell)(done, dropped)


async def _reindex(settings: "Settings", *, drop_old: bool, as_json: bool) -> "tuple[Rebuilt, list[str]]":
    from app.domain.errors import Invalid

    async with opening.built(settings) as application:
        if application.indexing is None:
            raise Invalid(message=_ITSELF)
        rebuild = application.indexing.rebuild
        done = await _followed(rebuild, gauge(as_json=as_json))
        return done, await rebuild.retire() if drop_old else []


async def _followed(rebuild: "Rebuild", shown: Gauge) -> "Rebuilt":
    with ExitStack() as open_gauges:
        return await rebuild.run(told=_Stages(shown, open_gauges).told)


class _Stages:
    """One gauge after the other, as stages come."""

    def __init__(self, shown: Gauge, open_gauges: ExitStack) -> None:
        self._shown, self._open = shown, open_gauges
        self._stage = ""

    def told(self, progress: "Progress") -> None:
        if progress.stage != self._stage:
            self._stage = progress.stage
            self._open.close()
            self._open.enter_context(self._shown.open(_STAGES[progress.stage], total=progress.total))
        self._shown.show(progress.compared)


def _tell(done: "Rebuilt", dropped: list[str]) -> None:
    out = screen.out()
    out.print(f"The search index is new: {screen.count(done.memories, 'memory')}, answering as {done.generation}.")
    if done.embedded:
        out.print(f"{screen.count(done.embedded, 'memory')} got a vector of the present model.")
    if done.refused:
        out.print(f"{screen.count(done.refused, 'memory')} could not be taken; the log says which and why.")
    out.print(f"{done.found} of {done.asked} samples were found in it before it took over.")
    for name in dropped:
        out.print(f"{name} is removed.")


def _tell_programs(done: "Rebuilt", dropped: list[str]) -> None:
    screen.write_json(
        {
            "generation": done.generation,
            "memories": done.memories,
            "embedded": done.embedded,
            "refused": done.refused,
            "samples": {"asked": done.asked, "found": done.found},
            "dropped": dropped,
        }
    )


def _tell_that_there_is_none(*, as_json: bool) -> None:
    if as_json:
        screen.write_json({"generation": None})
    else:
        screen.out().print(_ITSELF)
