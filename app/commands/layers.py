"""`mnemograph promote` and `mnemograph demote`: what stays, and what ends by itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Expires, Json, moment_of

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.memory import Memory

Id = Annotated[str, typer.Argument(help="Id of the memory (mem_…).")]


def promote(*, memory: Id, expires: Expires = None, data: Data = None, as_json: Json = False) -> None:
    """Keep working memory: from the layer TASK to RAW. With --expires it ends all the same, but then."""
    from app.domain.ids import MemoryId

    until = moment_of("expires", expires)

    async def work(application: "Application") -> "Memory":
        curate = application.services.curate
        return await curate.promote(application.operator, memory=MemoryId(memory), expires_at=until)

    _tell(opening.opened(work, data=data), as_json=as_json)


def demote(*, memory: Id, expires: Expires = None, data: Data = None, as_json: Json = False) -> None:
    """Let a memory end by itself: from the layer RAW to TASK, until --expires or for MNEMOGRAPH_TASK_HOURS."""
    from app.domain.ids import MemoryId

    until = moment_of("expires", expires)

    async def work(application: "Application") -> "Memory":
        curate = application.services.curate
        return await curate.demote(application.operator, memory=MemoryId(memory), expires_at=until)

    _tell(opening.opened(work, data=data), as_json=as_json)


def _tell(memory: "Memory", *, as_json: bool) -> None:
    until = memory.expires_at.isoformat() if memory.expires_at else None
    if as_json:
        screen.write_json({"memory": memory.id, "layer": memory.layer.value, "expires_at": until})
    else:
        screen.out().print(
            f"{memory.id} is in the layer {memory.layer.value}, {f'until {until}' if until else 'for good'}."
        )
