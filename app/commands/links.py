"""`mnemograph link` and `mnemograph unlink`: what one memory is to another."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json
from app.domain.memory import LinkType

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.memory import MemoryLink

Source = Annotated[str, typer.Argument(help="Id of the memory that it starts from (mem_…).")]
Target = Annotated[str, typer.Argument(help="Id of the memory that it leads to.")]
Type = Annotated[LinkType, typer.Option("--type", help="What the source is to the target.", case_sensitive=False)]
Label = Annotated[
    str | None,
    typer.Option("--label", help="One of the project's own relation types, for the type references."),
]


def link(
    *,
    source: Source,
    target: Target,
    type_: Type,
    confidence: Annotated[float, typer.Option("--confidence", help="How sure it is, 0 to 1.")] = 1.0,
    label: Label = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Link a memory to another: SOURCE supports, extends, contradicts … TARGET. Linking twice links once."""
    from app.commands import shapes
    from app.domain.ids import MemoryId
    from app.services.inputs import NewLink

    new = NewLink(source=MemoryId(source), target=MemoryId(target), type=type_, confidence=confidence, label=label)

    async def work(application: "Application") -> "list[MemoryLink]":
        return await application.services.remember.link(application.operator, links=[new])

    (made,) = opening.opened(work, data=data)
    if as_json:
        screen.write_json(shapes.link(made))
    else:
        screen.out().print(f"{made.source} {_said(made.type, made.label)} {made.target}.")


def unlink(
    *, source: Source, target: Target, type_: Type, label: Label = None, data: Data = None, as_json: Json = False
) -> None:
    """Remove a link between two memories."""
    from app.domain.ids import MemoryId

    async def work(application: "Application") -> bool:
        return await application.services.remember.unlink(
            application.operator, source=MemoryId(source), target=MemoryId(target), link_type=type_, label=label
        )

    removed = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"removed": removed})
    elif removed:
        screen.out().print(f"{source} {_said(type_, label)} {target} no more.")
    else:
        screen.aside().print("There is no such link.")
    if not removed:
        raise typer.Exit(NOTHING)


def _said(type_: LinkType, label: str | None) -> str:
    return screen.printable(label) if label else type_.value
