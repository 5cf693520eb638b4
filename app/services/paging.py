"""Lists in pages: a slice becomes a window, a page becomes a listing, cursors are bound to their list.

A cursor is opaque and carries a digest over the tenant, the list with its filter and order, and the
position: a cursor of another tenant or list, or an altered one, is refused.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from functools import partial

from app.domain import errors
from app.domain.principal import Principal
from app.domain.query import MAX_PAGE, Page, Position, Row, T, Window
from app.services.inputs import Slice
from app.services.results import Item, Listing

DEFAULT_PAGE = 20


class Binding:
    """What a list's cursors are bound to: `parts` are everything that decides which rows stand where."""

    def __init__(self, principal: Principal, name: str, *parts: object) -> None:
        sight = (principal.tenant, principal.visible, principal.end_user)
        self._seed = repr((sight, name, parts)).encode()

    def cursor(self, position: Position) -> str:
        payload = json.dumps([self._digest(position), position.value, position.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")

    def position(self, field: str, cursor: str) -> Position:
        """Raises Invalid when the cursor is not one of this list."""
        try:
            digest, value, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            position = Position(value, id_)
            genuine = isinstance(id_, str) and isinstance(value, str | int | float) and digest == self._digest(position)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            genuine = False
        if not genuine:
            raise errors.invalid(field, "is not a cursor of this list", "bad_cursor")
        return position

    def _digest(self, position: Position) -> str:
        body = self._seed + repr((position.value, position.id)).encode()
        return hashlib.blake2b(body, digest_size=9).hexdigest()


def size_of(page: Slice) -> int:
    """How many rows a slice asks for. Raises Invalid outside 0..100, or when both ends are asked for."""
    if page.first is not None and page.last is not None:
        raise errors.invalid("last", "cannot be combined with first")
    field, size = ("last", page.last) if page.last is not None else ("first", page.first)
    if size is None:
        return DEFAULT_PAGE
    if not 0 <= size <= MAX_PAGE:
        raise errors.invalid(field, f"must be between 0 and {MAX_PAGE}", "out_of_range")
    return size


def window_of(page: Slice, binding: Binding) -> Window:
    """Raises Invalid on a size out of range and on a foreign cursor."""
    size = size_of(page)
    backward = page.last is not None
    field, cursor = ("before", page.before) if backward else ("after", page.after)
    unused = ("after", page.after) if backward else ("before", page.before)
    if unused[1] is not None:
        raise errors.invalid(unused[0], f"goes with {'first' if backward else 'last'}")
    position = binding.position(field, cursor) if cursor is not None else None
    return Window(limit=max(size, 1), position=position, backward=backward)


def cut(rows: Sequence[Row[T]], window: Window) -> Page[T]:
    """A page of a list that is at hand as a whole. A row that is gone since is looked for by its value, as a place."""
    places = {row.position.id: place for place, row in enumerate(rows)}
    start, stop = 0, len(rows)
    if window.position is not None:
        at = places.get(window.position.id)
        lost = at is None
        place = min(int(window.position.value), len(rows)) if at is None else at
        start, stop = (0, place) if window.backward else (place if lost else place + 1, len(rows))
    if window.backward:
        return Page(rows=rows[max(start, stop - window.limit) : stop], more=stop - start > window.limit)
    return Page(rows=rows[start : start + window.limit], more=stop - start > window.limit)


def listing(rows: Page[T], page: Slice, binding: Binding) -> Listing[T]:
    """`has_next` and `has_previous` as Relay means them; `first: 0` gives no items but a true `has_next`."""
    window = window_of(page, binding)
    empty = size_of(page) == 0
    items = () if empty else tuple(Item(row.item, partial(binding.cursor, row.position)) for row in rows.rows)
    more = rows.more or (empty and bool(rows.rows))
    elsewhere = window.position is not None
    return Listing(
        items=items,
        has_next=elsewhere if window.backward else more,
        has_previous=more if window.backward else elsewhere,
    )
