"""`mnemograph export`: memories as JSON lines that an import reads."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.inputs import Where
    from app.services.transfer import Detail


def export(
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, whole or not at all; stdout when not given.")
    ] = None,
    project: Project = None,
    user: User = None,
    history: Annotated[bool, typer.Option("--history", help="With the versions of each memory.")] = False,
    forgotten: Annotated[bool, typer.Option("--forgotten", help="Also what is forgotten and not erased.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the memories of a project as JSON lines: people by your own ids, entities by name, with links."""
    from app.domain.query import Life
    from app.services.inputs import Where
    from app.services.transfer import Detail

    where = Where(project=project, users=(user,) if user else (), life=Life.ANY if forgotten else Life.LIVE)
    detail = Detail.HISTORY if history else Detail.CURRENT

    async def work(application: "Application") -> int:
        with _sink(output) as file:
            return await _write(application, file, where, detail)

    number = opening.opened(work, data=data)
    if as_json and output is not None:
        screen.write_json({"exported": number, "output": str(output)})
    else:
        screen.aside().print(f"{screen.count(number, 'memory')} exported.", style="dim")
    if not number:
        raise typer.Exit(NOTHING)


async def _write(application: "Application", file: IO[str], where: "Where", detail: "Detail") -> int:
    from app.commands import shapes

    number = 0
    async for record in opening.transfer_of(application).dump(application.operator, where=where, detail=detail):
        file.write(json.dumps(shapes.memory(record), ensure_ascii=False) + "\n")
        number += 1
    return number


@contextmanager
def _sink(output: Path | None) -> Iterator[IO[str]]:
    """Stdout, or a file that takes its name only when it is complete."""
    from app.domain.errors import invalid

    if output is None:
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as exc:
        raise invalid("output", f"{output} cannot be written: {(exc.strerror or str(exc)).lower()}") from exc
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(output)
    finally:
        Path(name).unlink(missing_ok=True)
