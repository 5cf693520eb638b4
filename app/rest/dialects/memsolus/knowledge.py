"""`/v1/knowledge`: what is known, compiled by user and category."""

from collections.abc import Sequence
from datetime import UTC, datetime

from typing_extensions import TypedDict

from app.domain import errors
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus.envelope import Paged, many, one
from app.rest.dialects.memsolus.shapes import KnowledgeQuery
from app.rest.dialects.memsolus.workspace import home
from app.rest.handles import uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services import knowledge
from app.services.knowledge import KnowledgeEntry

_MERGED = 1_000
NO_USER = "default"
"""Whom memories are about that name no user."""


class EntryObject(TypedDict):
    id: str
    user_id: str
    category: str
    content: str
    version: int
    source_memory_ids: Sequence[str]
    created_at: str
    updated_at: str


class OneEntry(EntryObject):
    data: EntryObject


class EntryList(Paged):
    data: Sequence[EntryObject]


class MergedObject(TypedDict):
    content: str
    user_id: str | None
    userId: str | None
    entries: Sequence[EntryObject]
    mergedAt: str
    merged_at: str


class Merged(MergedObject):
    data: MergedObject


async def listed(call: Call[Nothing, KnowledgeQuery]) -> Reply:
    asked = call.query
    own = await home(call)
    query = knowledge.KnowledgeQuery(
        project=own.id,
        user=knowledge.UNNAMED if asked.user_id == NO_USER else asked.user_id,
        category=asked.category,
        contains=asked.search.strip() or None,
    )
    whole = asked.merged or asked.merge
    offset, limit = (0, _MERGED) if whole else (asked.offset, asked.page_size)
    found = await call.services.knowledge.entries(call.principal, query=query, offset=offset, limit=limit)
    entries = [entry_object(entry) for entry in found.items]
    if not whole:
        return Reply(200, many(entries, total=found.total, page=asked.page, page_size=asked.page_size))
    at = millis_z(max((entry.updated_at for entry in found.items), default=datetime.now(UTC)))
    body: MergedObject = {
        "content": knowledge.merged(found.items),
        "user_id": asked.user_id,
        "userId": asked.user_id,
        "entries": entries,
        "mergedAt": at,
        "merged_at": at,
    }
    return Reply(200, one(body))


async def get(call: Call[Nothing, Nothing]) -> Reply:
    own = await home(call)
    try:
        entry = await call.services.knowledge.entry(call.principal, project=own.id, entry=call.path["id"].lower())
    except errors.NotFound:
        raise Wrong(404, "KNOWLEDGE_NOT_FOUND", "There is no such knowledge") from None
    return Reply(200, one(entry_object(entry)))


def entry_object(entry: KnowledgeEntry) -> EntryObject:
    return {
        "id": entry.id,
        "user_id": entry.user or NO_USER,
        "category": entry.category,
        "content": entry.content,
        "version": entry.version,
        "source_memory_ids": [uuid_of(id_) for id_ in entry.sources],
        "created_at": millis_z(entry.created_at),
        "updated_at": millis_z(entry.updated_at),
    }
