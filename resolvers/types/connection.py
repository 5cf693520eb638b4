"""Relay's connections, read from a `Listing` of the use cases."""

from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import strawberry

from app.domain.errors import invalid
from app.domain.query import MAX_PAGE
from app.services.inputs import Slice
from app.services.results import Item, Listing
from resolvers.fields import part
from resolvers.inputs.reading import given

T = TypeVar("T")

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description="How many from the front, 0 to 100; 20 when neither first nor last is given."),
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A cursor of this same list: only what comes after it.")
]
Last: TypeAlias = Annotated[int | None, strawberry.argument(description="How many from the end, 0 to 100.")]
Before: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A cursor of this same list: only what comes before it.")
]


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Slice:
    return Slice(first=given(first), after=given(after), last=given(last), before=given(before))


def _nodes(listing: Listing[Any]) -> list[Any]:
    return [item.node for item in listing.items]


def _cursor(listing: Listing[Any], place: int) -> str | None:
    items: list[Item[Any]] = list(listing.items)
    return items[place].cursor if items else None


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next: bool = strawberry.field(name="hasNextPage", description="Whether more follows after this page.")
    has_previous: bool = strawberry.field(
        name="hasPreviousPage", description="Whether something comes before this page."
    )
    start_cursor = part(str | None, lambda listing: _cursor(listing, 0), "Cursor of the first edge; null when empty.")
    end_cursor = part(str | None, lambda listing: _cursor(listing, -1), "Cursor of the last edge; null when empty.")


@strawberry.type(description="A place in a list, with what stands there.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(
        description="Opaque; holds for this list, its filter, its order and this caller only."
    )
    node: T = strawberry.field(description="What stands there.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    items: list[Edge[T]] = strawberry.field(name="edges", description="The page in order, each with its cursor.")
    nodes = part(list[T], _nodes, "The page in order, for those who need no cursors.")
    page_info = part(PageInfo, lambda listing: listing, "Where the page stands in the list.")


def within(limit: int) -> int:
    """How many of a list that has no cursors. Raises Invalid outside 1 to 100."""
    if 1 <= limit <= MAX_PAGE:
        return limit
    raise invalid("first", f"must be 1 to {MAX_PAGE}")
