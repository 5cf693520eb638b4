"""Reading an archive: first all of it, to know that it is whole, then record by record, as a source of copies."""

import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from app.copying.archive import END, FORMAT, HEADER, LATER, SUMS, TENANT, Header
from app.copying.sums import Sum, Sums, Tally
from app.domain.errors import invalid
from app.domain.ids import OrganizationId
from app.ports.copying import EDGES, SHAPES, Contents, Flat, Key, RecordKind, key_of

_LONGEST: Final = 256 << 20
_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a whole archive holds."""

    header: Header
    sums: dict[OrganizationId, Sums]
    revisions: dict[OrganizationId, int]

    @property
    def size(self) -> int:
        return sum(sum_.number for sums in self.sums.values() for sum_ in sums.values())


def verify(path: Path) -> Manifest:
    """Reads the whole file. Raises Invalid (field "path") unless all of it is as it was written."""
    sums: dict[OrganizationId, Sums] = {}
    revisions: dict[OrganizationId, int] = {}
    with _damage_told(path), _opened(path) as lines:
        header = _header(lines)
        while lines.tag == TENANT:
            tenant = OrganizationId(lines.value)
            if sums and tenant <= max(sums):
                raise ValueError("its tenants are out of order")
            lines.step()
            sums[tenant], revisions[tenant] = _verified(lines, header.format)
        if lines.tag != END or lines.value != {"tenants": len(sums), "sha256": lines.digest.hexdigest()}:
            raise ValueError("it disagrees with its own digest")
        lines.demand_end()
    return Manifest(header=header, sums=sums, revisions=revisions)


@contextmanager
def opened(path: Path, manifest: Manifest) -> Iterator["Archive"]:
    """A verified archive as a source of copies."""
    with _opened(path) as lines:
        yield Archive(lines, manifest)


class Archive:
    """An origin that is read once, in its own order: tenant by tenant, kind by kind."""

    def __init__(self, lines: "_Lines", manifest: Manifest) -> None:
        self._lines, self._manifest = lines, manifest

    async def tenants(self) -> list[OrganizationId]:
        return list(self._manifest.sums)

    async def size(self, tenant: OrganizationId) -> int:
        return sum(sum_.number for sum_ in self._manifest.sums[tenant].values())

    async def revision(self, tenant: OrganizationId) -> int:
        return self._manifest.revisions[tenant]

    @asynccontextmanager
    async def still(self, tenant: OrganizationId) -> AsyncIterator[Contents]:
        while (self._lines.tag, self._lines.value) != (TENANT, tenant):
            self._lines.step()
        self._lines.step()
        yield _Section(self._lines)


class _Section:
    def __init__(self, lines: "_Lines") -> None:
        self._lines = lines

    async def pages(self, kind: RecordKind) -> AsyncIterator[Sequence[Flat]]:
        page: list[Flat] = []
        while self._lines.tag == kind:
            page.append(self._lines.value)
            if len(page) == _PAGE:
                yield page
                page = []
            self._lines.step()
        if page:
            yield page


class _Lines:
    """The lines of an archive in order; `tag` and `value` are the present one's."""

    def __init__(self, file: gzip.GzipFile, path: Path) -> None:
        self._file, self._path = file, path
        self._raw = b""
        self.digest = hashlib.sha256()
        self.tag: str = HEADER
        self.value: Any = None
        self.step()

    def step(self) -> None:
        """Goes on to the next line."""
        if self.tag != HEADER:
            self.digest.update(self._raw)
        with _damage_told(self._path):
            line = self._file.readline(_LONGEST)
            if not line.endswith(b"\n"):
                raise ValueError("it was cut short")
            self._raw = line[:-1]
            self.tag, self.value = orjson.loads(line)

    def demand_end(self) -> None:
        """Reading to the end is what makes gzip compare its own check sum."""
        if self._file.read(1):
            raise ValueError("something follows its end")


@contextmanager
def _opened(path: Path) -> Iterator[_Lines]:
    with gzip.open(path, "rb") as file:
        yield _Lines(file, path)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Whatever reading stumbles over leaves as Invalid."""
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError, TypeError, LookupError, AttributeError) as problem:
        said = (problem.strerror if isinstance(problem, OSError) else None) or str(problem)
        raise invalid("path", f"{path} is damaged: {said.lower()}", "damaged") from problem


def _header(lines: _Lines) -> Header:
    value = lines.value
    if lines.tag != HEADER:
        raise ValueError("it is not an archive of mnemograph")
    if value["format"] > FORMAT:
        raise invalid(
            "path",
            f"has format {value['format']}, written by a newer mnemograph; this one knows formats up to {FORMAT}",
        )
    header = Header(**value)
    lines.step()
    return header


def _verified(lines: _Lines, written: int) -> tuple[Sums, int]:
    """The sums of one tenant, found to be what an archive of the format `written` says, and its revision."""
    sums: dict[RecordKind, Sum] = {}
    revision = 0
    for kind in RecordKind:
        tally = Tally()
        last: Key | None = None
        while lines.tag == kind:
            record = lines.value
            _demand_shape(kind, record)
            key = key_of(kind, record)
            if last is not None and key <= last:
                raise ValueError(f"its records of {kind} are out of order")
            last = key
            tally.add(kind, record)
            revision = record["revision"] if kind is RecordKind.LEDGER else revision
            lines.step()
        sums[kind] = tally.sum
    told = {kind.value: [sum_.number, sum_.digest] for kind, sum_ in sums.items() if LATER.get(kind, 1) <= written}
    if lines.tag != SUMS or lines.value != told:
        raise ValueError("its records disagree with their sums")
    lines.step()
    return sums, revision


def _demand_shape(kind: RecordKind, record: Flat) -> None:
    names = SHAPES[kind].keys()
    fits = record.keys() == names
    if kind in EDGES:
        fits = record.keys() == {"of", "edges"} and all(edge.keys() == names for edge in record["edges"])
    if not fits:
        raise ValueError(f"a record of {kind} has other fields")
