"""What has happened to a memory, drawn from its versions and from what was said of it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from app.domain.memory import Layer, Memory, MemoryVersion, Status
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus.bodies import HistoryEvent
from app.rest.dialects.memsolus.envelope import cut, many
from app.rest.dialects.memsolus.shapes import PageQuery
from app.rest.dialects.memsolus.workspace import found
from app.rest.handles import uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.services.inputs import Slice
from app.services.results import Listing

T = TypeVar("T")

_PAGES, _PAGE = 10, 100


async def history(call: Call[Nothing, PageQuery]) -> Reply:
    """Oldest first; of the last thousand versions."""
    memory, asked = await found(call), call.query
    explore, curate, principal = call.services.explore, call.services.curate, call.principal
    versions = await _all(lambda page: explore.versions(principal, memory=memory.id, page=page))
    said = await _all(lambda page: curate.feedback(principal, memory=memory.id, page=page))
    told = [*_edits(list(reversed(versions))), *((each.at, f"feedback {each.number}", _FEEDBACK) for each in said)]
    id_ = uuid_of(memory.id)
    events = [_event(id_, *each) for each in sorted(told, key=lambda each: each[0])]
    shown = cut(events, page=asked.page, page_size=asked.page_size)
    return Reply(200, many(shown, total=len(events), page=asked.page, page_size=asked.page_size))


_Happened = tuple[str, str | None, str | None]
"""An event, the text before and the text after."""
_FEEDBACK: _Happened = ("FEEDBACK_SUBMITTED", None, None)


def _edits(versions: Sequence[MemoryVersion]) -> Iterator[tuple[datetime, str, _Happened]]:
    """What extraction noted of a memory is no event."""
    before: Memory | None = None
    for each in versions:
        now = each.memory
        if happened := _happened(before, now):
            at = each.recorded_at if before else now.created_at  # the two differ by a moment
            yield at, f"version {each.version}", happened
        before = now


def _happened(before: Memory | None, now: Memory) -> _Happened | None:
    if before is None:
        return ("CREATED", None, now.text)
    if (before.layer, now.layer) == (Layer.TASK, Layer.RAW):
        return ("PROMOTED", None, None)
    if now.status is Status.PENDING or _own(before) != _own(now):
        return ("UPDATED", before.text, now.text)
    return None


def _own(memory: Memory) -> tuple[Any, ...]:
    """What only its author changes."""
    return (memory.text, memory.title, memory.importance, memory.metadata, memory.tags, memory.files)


def _event(memory: str, at: datetime, name: str, happened: _Happened) -> HistoryEvent:
    event, old, new = happened
    return {
        "id": str(uuid5(UUID(memory), name)),
        "memory_id": memory,
        "event": event,
        "old_content": old,
        "new_content": new,
        "created_at": millis_z(at),
    }


async def _all(listing: Callable[[Slice], Awaitable[Listing[T]]]) -> list[T]:
    items: list[T] = []
    after: str | None = None
    for _ in range(_PAGES):
        page = await listing(Slice(first=_PAGE, after=after))
        items += [item.node for item in page.items]
        if not page.has_next:
            break
        after = page.items[-1].cursor
    return items
