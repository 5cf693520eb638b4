"""Keyset windows over any statement that has `{after}` in its conditions, `{page}` at its end, its sort value as `sort`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.server import NOTHING, Found, Parameters
from app.domain.query import Page, Position, Row, Window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A statement that lists, how to take its rows, and what it is sorted by: two expressions in one direction.

    `lead` is what stands before these two in the index that serves the list, and is the same in all its rows: with
    it in the order, the rows come sorted. The statement has to name that index, for others hold the ids as well.
    All of it is constants of this package.
    """

    statement: str
    take: Callable[[Found], T]
    value: str
    id: str
    descending: bool = False
    lead: str = ""


async def paged(block: Block, listing: Listing[T], window: Window, parameters: Parameters = NOTHING) -> Page[T]:
    """One page; a row beyond it tells whether there is more."""
    values = {**parameters, "limit": window.limit + 1, "skip": window.skip}
    if window.position:
        values |= {"at_value": window.position.value, "at_id": window.position.id}
    found = await block.rows(filled(listing, window), values)
    kept = found[: window.limit]
    if window.backward:
        kept.reverse()
    rows = [Row(listing.take(row), Position(row["sort"], row["id"])) for row in kept]
    return Page(rows, more=len(found) > window.limit)


_DIRECTION: Final[Mapping[bool, tuple[str, str]]] = {False: (">", "ASC"), True: ("<", "DESC")}


def filled(listing: Listing[T], window: Window) -> str:
    """An index over tenant, value and id serves a page when each is asked for, and named in the order.

    A CASE, since an OR would be split into two look-ups without an order.
    """
    value, id_ = listing.value, listing.id
    compare, direction = _DIRECTION[listing.descending is not window.backward]
    after = f"AND {value} IS NOT NULL AND {id_} IS NOT NULL"
    if window.position and value == id_:
        after = f"AND {value} {compare} $at_value"
    elif window.position:
        after = (
            f"AND {value} {compare}= $at_value AND {id_} IS NOT NULL"
            f" AND CASE {value} WHEN $at_value THEN {id_} {compare} $at_id ELSE true END"
        )
    lead = listing.lead or f"{id_.partition('.')[0]}.tenant"
    order = ", ".join(f"{part} {direction}" for part in dict.fromkeys((*lead.split(", "), value, id_)))
    page = f"ORDER BY {order} SKIP $skip LIMIT $limit"
    return listing.statement.replace("{after}", after).replace("{page}", page)
