"""Archives of the whole record, and what is told of copies, for the commands that make and take them."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import screen
from app.commands.gauge import gauge

if TYPE_CHECKING:
    from app.copying.forward import Copied
    from app.copying.reading import Manifest
    from app.copying.sums import Sums
    from app.ports.copying import Copyable, Goal, Origin

Opening = Callable[[], AbstractAsyncContextManager["Copyable"]]

_TOLD = {"memory": "memory", "version": "version", "entity": "entity", "relation": "relation", "event": "event"}
"""Kinds that people are told of, in this order."""


def write(opened: Opening, path: Path, *, store: str, as_json: bool) -> "Manifest":
    """Writes an archive into a new file that only its owner can read, and reads it again to see that it is whole."""
    from app.commands.schema import installed
    from app.copying import archive, reading

    made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    header = archive.Header(store=store, program=installed(), made_at=made_at)
    path.touch(mode=0o600)

    async def work() -> None:
        async with opened() as origin:
            shown = gauge(as_json=as_json)
            total = await _size(origin)
            with shown.open("archiving", total=total):
                await archive.write(origin, path, header=header, tell=lambda done: shown.show(min(done, total)))

    asyncio.run(work())
    settle(path)
    return reading.verify(path)


def take(path: Path, manifest: "Manifest", opened: Opening, *, as_json: bool) -> "list[Copied]":
    """Brings a store to what a verified archive holds."""
    from app.copying import reading

    async def work() -> "list[Copied]":
        with reading.opened(path, manifest) as origin:
            async with opened() as goal:
                return await bring(origin, goal, what="restoring", as_json=as_json)

    return asyncio.run(work())


def clear(opened: Opening) -> None:
    """Removes all that a store holds."""
    from app.copying import forward

    async def work() -> None:
        async with opened() as goal:
            await forward.clear(goal)

    asyncio.run(work())


async def bring(origin: "Origin", goal: "Goal", *, what: str, as_json: bool) -> "list[Copied]":
    """Copies, shows how far it is, and compares."""
    from app.copying import forward

    shown = gauge(as_json=as_json)
    total = 2 * await _size(origin)
    with shown.open(f"{what} and comparing", total=total):
        return await forward.bring(origin, goal, tell=lambda done: shown.show(min(done, total)))


async def _size(origin: "Origin") -> int:
    return sum([await origin.size(tenant) for tenant in await origin.tenants()])


def settle(path: Path) -> None:
    """Makes a file, or the names in a folder, last through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def summary(sums: "Sequence[Sums]") -> str:
    """`2 memories, 3 versions, …`."""
    from app.ports.copying import RecordKind

    counts = {kind: sum(one[RecordKind(kind)].number for one in sums) for kind in _TOLD}
    return ", ".join(screen.count(number, _TOLD[kind]) for kind, number in counts.items())


def document(sums: "Sums") -> dict[str, object]:
    """For programs: number and digest of each kind."""
    return {kind.value: {"number": found.number, "digest": found.digest} for kind, found in sums.items()}
