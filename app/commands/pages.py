"""A page of a list, as commands show it: `--first` so many, `--cursor` for what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer

from app.commands import screen

if TYPE_CHECKING:
    from app.services.results import Listing

T_co = TypeVar("T_co", covariant=True)

First = Annotated[int, typer.Option("--first", "-n", help="How many, 1 to 100.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Go on where a page of this list ended.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T_co]):
    """Its rows; `cursor` is where the next page begins, None on the last one."""

    nodes: Sequence[T_co]
    cursor: str | None

    def tell_more(self) -> None:
        """Says on stderr how to go on, where there is more."""
        if self.cursor is not None:
            screen.aside().print(f"More with --cursor {self.cursor}", style="dim")


def page_of(listing: "Listing[T_co]") -> Page[T_co]:
    cursor = listing.items[-1].cursor if listing.items and listing.has_next else None
    return Page(nodes=[item.node for item in listing.items], cursor=cursor)
