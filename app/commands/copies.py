"""`mnemograph backup` and `mnemograph restore`: the whole store as one file."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import archives, opening, screen
from app.commands.folder import alone, require_folder, require_store, shared, store_file
from app.commands.migrate import require_servers
from app.commands.options import Data, EraseServers, Json
from app.domain.errors import AppError, Conflict, invalid

if TYPE_CHECKING:
    from app.ports.store import StoreReport
    from app.settings import Settings

_SQLITE = b"SQLite format 3\x00"
_GZIP = b"\x1f\x8b"


def backup(
    *,
    path: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    portable: Annotated[
        bool, typer.Option("--portable", help="Write an archive that any store can restore; servers always do.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a consistent copy while others work, and check it before it takes its name.

    A data folder is copied as one SQLite file, at one moment. From servers comes an archive: each organization at
    one moment, in which its writers wait. Either holds all there is, digests of API keys included, and can be read by
    you alone.
    """
    settings = opening.settings_for(data)
    if path.exists():
        raise Conflict(f"{path} exists; a backup overwrites nothing")
    (_archive if portable or settings.store == "neo4j" else _copy_file)(settings, path, as_json=as_json)


def _copy_file(settings: "Settings", path: Path, *, as_json: bool) -> None:
    require_store(settings.data)
    with _staging(path.absolute().parent, "path") as staging:
        copy = store_file(staging)
        with shared(settings.data):
            asyncio.run(_copy(settings, copy))
        copy.chmod(0o600)
        facts = _verified(settings, staging, path)
        size = copy.stat().st_size
        _name(copy, path)
    if as_json:
        screen.write_json({"path": str(path), "bytes": size, "facts": dict(facts.facts)})
    else:
        screen.out().print(f"{path}: {size / 1024 / 1024:,.1f} MiB, checked.")


def _archive(settings: "Settings", path: Path, *, as_json: bool) -> None:
    from app.bootstrap.stores import StoreName, open_copyable

    store = StoreName(settings.store)
    with _staging(path.absolute().parent, "path") as staging:
        copy = staging / "archive"
        with _in_use(settings, store):
            manifest = archives.write(partial(open_copyable, settings, store), copy, store=store, as_json=as_json)
        size = copy.stat().st_size
        _name(copy, path)
        archives.settle(path.absolute().parent)
    if as_json:
        sums = {tenant: archives.document(found) for tenant, found in manifest.sums.items()}
        screen.write_json({"path": str(path), "bytes": size, "organizations": sums})
    else:
        held = archives.summary([*manifest.sums.values()])
        screen.out().print(f"{path}: {size / 1024 / 1024:,.1f} MiB, read again and whole: {held}.")


def _in_use(settings: "Settings", store: str) -> AbstractContextManager[None]:
    """Servers need no folder."""
    if store == "neo4j":
        return nullcontext()
    require_store(settings.data)
    return shared(settings.data)


def restore(
    *,
    path: Annotated[Path, typer.Argument(help="File that `backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--replace", help="Where there is data already, put it aside in the folder.")
    ] = False,
    erase_servers: EraseServers = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a backup back, after checking it. Nothing may have the folder open meanwhile.

    Servers (MNEMOGRAPH_STORE=neo4j) take archives; stopped anywhere, it goes on when it is run again.
    """
    settings = opening.settings_for(data)
    portable = _is_archive(path)
    if settings.store == "neo4j":
        _restore_servers(settings, path, portable=portable, erase=erase_servers, as_json=as_json)
    else:
        _restore_folder(settings, path, portable=portable, replace_it=force, as_json=as_json)


def _restore_folder(settings: "Settings", path: Path, *, portable: bool, replace_it: bool, as_json: bool) -> None:
    require_folder(settings.data)
    with alone(settings.data):
        there = store_file(settings.data).exists()
        if there and not replace_it:
            raise Conflict(f"{settings.data} holds data; --replace puts it aside and restores the backup")
        with _staging(settings.data, "data") as staging:
            if portable:
                _unpack(replace(settings, data=staging), path, as_json=as_json)
            else:
                shutil.copyfile(path, store_file(staging))
            facts = _verified(settings, staging, path)
            aside = _put_aside(settings.data) if there else None
            store_file(staging).replace(store_file(settings.data))
            archives.settle(settings.data)
    if as_json:
        document = {"data": str(settings.data), "facts": dict(facts.facts), "aside": str(aside) if aside else None}
        screen.write_json(document)
        return
    screen.out().print(f"{path} is restored to {settings.data}.")
    if aside:
        screen.out().print(f"What was there is in {aside}.")


def _unpack(settings: "Settings", path: Path, *, as_json: bool) -> None:
    from app.bootstrap.stores import StoreName, open_copyable
    from app.copying.reading import verify

    archives.take(path, verify(path), partial(open_copyable, settings, StoreName.SQLITE), as_json=as_json)


def _restore_servers(settings: "Settings", path: Path, *, portable: bool, erase: bool, as_json: bool) -> None:
    from app.bootstrap.stores import StoreName, open_copyable
    from app.copying.forward import Diverged
    from app.copying.reading import verify

    require_servers(settings)
    if not portable:
        raise invalid(
            "path",
            f"{path} is a copy of a data folder: restore it to one, then `mnemograph migrate --to neo4j`",
            "kind",
        )
    manifest = verify(path)
    opened = partial(open_copyable, settings, StoreName.NEO4J)
    if erase:
        archives.clear(opened)
    try:
        restored = archives.take(path, manifest, opened, as_json=as_json)
    except Diverged as problem:
        raise Diverged(f"{problem.message}; --erase-servers removes all that they hold first") from problem
    if as_json:
        sums = {one.tenant: archives.document(one.sums) for one in restored}
        screen.write_json({"servers": settings.neo4j_url, "organizations": sums})
    else:
        held = archives.summary([one.sums for one in restored])
        screen.out().print(f"{path} is restored to the servers at {settings.neo4j_url}: {held}.")
        screen.out().print("The search index fills by itself; `mnemograph doctor` shows how many it still waits for.")


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


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as exc:
        raise invalid("path", f"{path}: {(exc.strerror or str(exc)).lower()}", "unreadable") from exc
    if head != _SQLITE and not head.startswith(_GZIP):
        raise invalid("path", f"{path} is not a backup of mnemograph", "damaged")
    return head != _SQLITE


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
