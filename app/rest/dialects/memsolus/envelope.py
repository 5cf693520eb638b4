"""Bodies for both kinds of clients: those that read the object itself, and those that unwrap `data` and `meta`."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from typing_extensions import TypedDict

T = TypeVar("T")


class Meta(TypedDict):
    current_page: int
    per_page: int
    total: int
    last_page: int


class Paged(TypedDict):
    """A list has its rows under `data` besides."""

    total: int
    page: int
    page_size: int
    meta: Meta


def one(body: Mapping[str, Any]) -> dict[str, Any]:
    """The object, and a copy of it under `data`."""
    return {"data": body, **body}


def many(items: Sequence[Any], *, total: int, page: int, page_size: int) -> dict[str, Any]:
    last = max(1, -(-total // page_size))
    meta = {"current_page": page, "per_page": page_size, "total": total, "last_page": last}
    return {"data": items, "total": total, "page": page, "page_size": page_size, "meta": meta}


def cut(items: Sequence[T], *, page: int, page_size: int) -> Sequence[T]:
    """A page of what is there whole."""
    return items[(page - 1) * page_size : page * page_size]
