"""What is different between two states of a memory."""

import difflib
from dataclasses import dataclass
from typing import Any, Final

from app.domain.memory import Memory

FIELDS: Final = (
    *("text", "title", "summary", "kind", "type", "categories", "tags", "files", "importance", "layer", "expires_at"),
    *("status", "skip_reason", "metadata", "occurred_at", "valid_from", "valid_to", "deleted_at"),
)
"""What can change of a memory, but for its version and the time of its change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field, and its values before and after."""

    field: str
    before: Any
    after: Any


def changes(before: Memory, after: Memory) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of FIELDS."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return tuple(FieldChange(field=name, before=old, after=new) for name, old, new in pairs if old != new)


def text_diff(before: str, after: str) -> str:
    """The lines of both texts: gone ones behind "- ", new ones behind "+ ", others behind two spaces; empty when equal."""
    if before == after:
        return ""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))
