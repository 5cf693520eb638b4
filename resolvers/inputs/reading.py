"""How an input of the schema becomes one of the use cases: field by field, by name."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET

from app.domain.errors import invalid

T = TypeVar("T")


def optional(description: str) -> Any:
    """An input field that may be left out."""
    return strawberry.field(default=UNSET, description=description)


def given(value: T | None) -> T | None:
    """The value of an argument that may be left out, None where it was."""
    return None if value is UNSET else value


def filled(target: type[T], source: object) -> T:
    """`target` from the input's fields of the same names; what is absent or null keeps its default."""
    return target(**{name: value for name, value in _values(target, source) if value is not None})


def patched(target: type[T], source: object, *, emptied: dict[str, Any], needed: frozenset[str]) -> T:
    """`target` where absent fields keep and null ones empty what they stand for.

    `emptied` tells what an empty field is where that is not None. Raises Invalid for a null in `needed`.
    """
    values = dict(_values(target, source))
    for name in sorted(needed & {name for name, value in values.items() if value is None}):
        raise invalid(name, "must not be null", "required")
    return target(**{name: emptied.get(name) if value is None else value for name, value in values.items()})


def _values(target: type[Any], source: object) -> Iterator[tuple[str, Any]]:
    for each in fields(target):
        value = getattr(source, each.name, UNSET)
        if value is not UNSET:
            yield each.name, _plain(value)


def _plain(value: Any) -> Any:
    """Lists as the tuples that frozen inputs hold, nested inputs as what they stand for."""
    if isinstance(value, list):
        return tuple(_plain(each) for each in value)
    return value.value() if isinstance(value, Reads) else value


class Reads:
    """An input that stands for one of the use cases' values."""

    def value(self) -> Any:
        raise NotImplementedError
