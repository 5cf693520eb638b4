"""What a unit of work did to vectors, so that cached matrices can follow it without a reload."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.adapters.sqlite.scope import Scoped
from app.adapters.sqlite.statements import statements
from app.ports.models import Vector

SQL = statements("vectors")

EVERYBODY: Final = "*"
"""Stands for all users of a project, nobody included."""
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Vectors of one user of a project, of memories about nobody, or of the whole project."""

    tenant: str
    project: str
    user: str


@dataclass(frozen=True, slots=True)
class NewVector:
    key: int
    model: str
    vector: Vector


@dataclass(slots=True)
class PartChanges:
    """`version` is the part's version after the change; `added` come after `removed`."""

    added: dict[int, NewVector] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    version: int = 0


class VectorChanges:
    """Collected on the writing thread while the unit runs."""

    def __init__(self) -> None:
        self.parts: dict[Part, PartChanges] = {}

    def add(self, new: NewVector, *, tenant: str, project: str, user: str | None) -> None:
        """A vector where there was none; one that replaces another is removed first."""
        for changes in self._of(tenant, project, user):
            changes.added[new.key] = new

    def remove(self, key: int, *, tenant: str, project: str, user: str | None) -> None:
        for changes in self._of(tenant, project, user):
            changes.removed.add(key)
            changes.added.pop(key, None)

    def number(self, on: Scoped) -> None:
        """Raises the version of every part that changed, inside the transaction."""
        for part, changes in self.parts.items():
            row = on.row(SQL["part_changed"], {"project": part.project, "user": part.user})
            changes.version = row["version"] if row else 0

    def _of(self, tenant: str, project: str, user: str | None) -> Iterator[PartChanges]:
        for who in (user or NOBODY, EVERYBODY):
            yield self.parts.setdefault(Part(tenant, project, who), PartChanges())
