"""Keypaths: addresses of memories in a tree, as `a.b.c`.

Names stand between dots. A dot inside a name is written `%2E`, and a percent sign before `25` or `2E` is written
`%25`, so that a dot always separates and one address has one spelling. Upper and lower case differ.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain import errors
from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.text import unstorable

MAX_KEYPATH: Final = 1_000
MAX_LEVELS: Final = 32
MAX_NAME: Final = 512

_WRITTEN: Final = re.compile(r"%(25|2[Ee])")
_MISTAKABLE: Final = re.compile(r"%(?=25|2[Ee])")
_SHUT_OUT: Final = frozenset({"Cc", "Zs", "Zl", "Zp"})
"""Categories of characters that no name has: control characters and white space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address: a keypath of a project, in what is about one user or (None) about nobody."""

    project: ProjectId
    user: UserId | None
    keypath: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What lies below a keypath (None: below the root), cut `depth` levels (1..32) further down where that is given."""

    project: ProjectId
    user: UserId | None
    prefix: str | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twig:
    """A keypath of a branch: the live memory there, if any, and how many live below it."""

    path: str
    memory: MemoryId | None
    below: int


def keypath_of(text: str, *, field: str = "keypath") -> str:
    """The one spelling of a keypath, in NFC. Raises Invalid where it is none."""
    if problem := unstorable(text):
        raise errors.invalid(field, problem, "malformed_text")
    names = names_of(unicodedata.normalize("NFC", text))
    if len(names) > MAX_LEVELS:
        raise errors.invalid(field, f"has {len(names)} levels; the limit is {MAX_LEVELS}", "too_long")
    path = path_of(names)
    if len(path) > MAX_KEYPATH:
        raise errors.invalid(field, f"has {len(path):,} characters; the limit is {MAX_KEYPATH:,}", "too_long")
    if not all(map(_is_name, names)):
        raise errors.invalid(
            field, f"must be names of 1 to {MAX_NAME} characters without spaces, joined by dots; a dot inside is %2E"
        )
    return path


def names_of(path: str) -> tuple[str, ...]:
    """The names along a keypath, as they read."""
    return tuple(_WRITTEN.sub(lambda found: "%" if found[1] == "25" else ".", part) for part in path.split("."))


def path_of(names: Sequence[str]) -> str:
    """The keypath along which these names stand."""
    return ".".join(_MISTAKABLE.sub("%25", name).replace(".", "%2E") for name in names)


def levels_of(path: str | None) -> int:
    """How many names a keypath has; the root has none."""
    return 0 if path is None else path.count(".") + 1


def _is_name(name: str) -> bool:
    categories = {unicodedata.category(character) for character in name}
    return 0 < len(name) <= MAX_NAME and not categories & _SHUT_OUT and categories != {"Cf"}
