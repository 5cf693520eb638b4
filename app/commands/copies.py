"""`mnemograph backup` and `mnemograph restore`: the whole store as one file."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.folder import alone, require_folder, require_store, shared, store_file
from app.commands.options import Data, Json
from app.domain.errors import AppError, Conflict, invalid

if TYPE_CHECKING:
    from app.ports.store import StoreReport
    from app.settings import Settings

_MAGIC = b"SQLite format 3\x00"


def backup(
    *,
    path: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a consistent copy while others work, and check it before it takes its name."""
    settings = opening.settings_for(data)
    require_store(settings.data)
    if path.exists():
        raise Conflict(f"{path} exists; a backup overwrites nothing")
    with _staging(path.absolute().parent, "path") as staging:
        copy = store_file(staging)
        with shared(settings.data):
            asyncio.run(_copy(settings, copy))
        facts = _verified(settings, staging, path)
        size = copy.stat().st_size
        _name(copy, path)
    if as_json:
        screen.write_json({"path": str(path), "bytes": size, "facts": dict(facts.facts)})
    else:
        screen.out().print(f"{path}: {size / 1024 / 1024:,.1f} MiB, checked.")


def restore(
    *,
    path: Annotated[Path, typer.Argument(help="File that `backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--replace", help="Where there is data already, put it aside in the folder.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a backup back, after checking it. Nothing may have the folder open meanwhile."""
    settings = opening.settings_for(data)
    _require_backup(path)
    require_folder(settings.data)
    with alone(settings.data):
        there = store_file(settings.data).exists()
        if there and not force:
            raise Conflict(f"{settings.data} holds data; --replace puts it aside and restores the backup")
        with _staging(settings.data, "data") as staging:
            shutil.copyfile(path, store_file(staging))
            facts = _verified(settings, staging, path)
            aside = _put_aside(settings.data) if there else None
            store_file(staging).replace(store_file(settings.data))
            _settle(settings.data)
    if as_json:
        document = {"data": str(settings.data), "facts": dict(facts.facts), "aside": str(aside) if aside else None}
        screen.write_json(document)
        return
    screen.out().print(f"{path} is restored to {settings.data}.")
    if aside:
        screen.out().print(f"What was there is in {aside}.")


def _name(copy: Path, path: Path) -> None:
    """Gives the finished copy its name, which nothing else may have taken meanwhile."""
    try:
        os.link(copy, path)
    except FileExistsError:
        raise Conflict(f"{path} exists; a backup overwrites nothing") from None
    except OSError:  # a file system without links
        copy.rename(path)


async def _copy(settings: "Settings", copy: Path) -> None:
    async with opening.built(settings) as application:
        await application.keeper.backup(str(copy))


def _verified(settings: "Settings", staging: Path, path: Path) -> "StoreReport":
    """Opens the copy as a store of its own. Raises Invalid (field "path") when something is wrong with it."""
    try:
        found = asyncio.run(_check(replace(settings, data=staging)))
    except AppError as exc:
        raise invalid("path", f"{path} cannot be used: {exc.message}", "damaged") from exc
    if found.problems:
        raise invalid("path", f"{path} is damaged: {'; '.join(found.problems)}", "damaged")
    return found


async def _check(settings: "Settings") -> "StoreReport":
    async with opening.built(settings) as application:
        return await application.keeper.check()


def _require_backup(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as exc:
        raise invalid("path", f"{path}: {(exc.strerror or str(exc)).lower()}", "unreadable") from exc
    if head != _MAGIC:
        raise invalid("path", f"{path} is not a backup of mnemograph", "damaged")


@contextmanager
def _staging(parent: Path, field: str) -> Iterator[Path]:
    """A folder on the same disk as the goal, so that the last step is a rename."""
    try:
        staging = Path(tempfile.mkdtemp(dir=parent, prefix=".mnemograph-"))
    except OSError as exc:
        raise invalid(field, f"{parent} cannot be written: {(exc.strerror or str(exc)).lower()}") from exc
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_aside(data: Path) -> Path:
    """Moves the store's files into a folder beside them; the folder itself stays, it may be a mount."""
    aside = data / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir()
    main = store_file(data)
    for file in (*data.glob(f"{main.name}-*"), main):
        file.replace(aside / file.name)
    return aside


def _settle(data: Path) -> None:
    """Makes the renames last through a power cut."""
    handle = os.open(data, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
