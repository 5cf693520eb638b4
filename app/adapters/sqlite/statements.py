"""Named statements: SQL lives in `statements/*.sql`, under header lines `-- name --`.

Where a file says `{visible m}`, the fragment of that name from `fragments.sql` is put in for the table
alias m. What remains in braces is put in by the caller, from constants in code; values always travel
as parameters.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_HEADER = re.compile(r"^-- (\w+) --$", re.MULTILINE)
_USE = re.compile(r"\{(\w+) (\w+)\}")


@cache
def statements(name: str) -> Mapping[str, str]:
    """The statements of one file by name."""
    return {name: _filled(body) for name, body in _sections(_here() / "statements" / f"{name}.sql").items()}


def files() -> Iterator[str]:
    """The names of all statement files."""
    for entry in (_here() / "statements").iterdir():
        yield entry.name.removesuffix(".sql")


def fragment(name: str, alias: str) -> str:
    return _filled(_fragments()[name].replace("{a}", alias).replace(" a}", f" {alias}}}"))


@cache
def _fragments() -> Mapping[str, str]:
    return _sections(_here() / "fragments.sql")


def _filled(body: str) -> str:
    return _USE.sub(lambda use: fragment(use[1], use[2]), body)


def _sections(file: Traversable) -> dict[str, str]:
    pieces = _HEADER.split(file.read_text(encoding="utf-8"))[1:]
    return {name: _bare(body) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def _bare(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip()


def _here() -> Traversable:
    return resources.files(__package__)
