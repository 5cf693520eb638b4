"""The portable archive: gzip over JSON lines, the same body whichever store it came from.

The first line is the header. Then each tenant: its name, its records by kind and key, and its sums. The
last line says how many tenants there were and holds the SHA-256 of all lines between. An archive that
was cut short has no last line; one that was damaged fails gzip's check, a sum or the digest.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from app.copying.sums import Sum, Sums, Tally, size_of
from app.ports.copying import Contents, Origin, RecordKind

FORMAT: Final = 2
LATER: Final = {RecordKind.CLUSTER: 2, RecordKind.MEMBERSHIP: 2, RecordKind.SPENDING: 2}
"""Kinds that the first format had not yet, and which one brought them: archives from before hold none of them."""
MAGIC: Final = b"\x1f\x8b"
HEADER, TENANT, SUMS, END = "mnemograph", "tenant", "sums", "end"
_LEVEL: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where an archive comes from. Programs read formats up to the one they write."""

    format: int = FORMAT
    store: str
    program: str
    made_at: str


class _Body:
    def __init__(self, file: gzip.GzipFile) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def write(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._digest.update(line)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


async def write(origin: Origin, path: Path, *, header: Header, tell: Callable[[int], None]) -> dict[str, Sums]:
    """Writes all tenants into a file that is there and empty; the sums of each. Syncing and naming it is the caller's."""
    written: dict[str, Sums] = {}
    with _packed(path) as file:
        file.write(line_of(HEADER, asdict(header)) + b"\n")
        body = _Body(file)
        done = 0
        for tenant in await origin.tenants():
            body.write(line_of(TENANT, tenant))
            async with origin.still(tenant) as contents:
                sums, done = await _write_tenant(contents, body, done, tell)
            body.write(line_of(SUMS, {kind.value: [found.number, found.digest] for kind, found in sums.items()}))
            written[tenant] = sums
        file.write(line_of(END, {"tenants": len(written), "sha256": body.digest}) + b"\n")
    return written


async def _write_tenant(contents: Contents, body: _Body, done: int, tell: Callable[[int], None]) -> tuple[Sums, int]:
    sums: dict[RecordKind, Sum] = {}
    for kind in RecordKind:
        tally = Tally()
        async for page in contents.pages(kind):
            for record in page:
                body.write(tally.add(kind, record))
                done += size_of(kind, record)
            tell(done)
        sums[kind] = tally.sum
    return sums, done


@contextmanager
def _packed(path: Path) -> Iterator[gzip.GzipFile]:
    """Without name and time, so that equal contents make equal bytes."""
    with (
        path.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=_LEVEL, mtime=0) as packed,
    ):
        yield packed


def line_of(tag: str, value: Any) -> bytes:
    return orjson.dumps([tag, value], option=orjson.OPT_SORT_KEYS)
