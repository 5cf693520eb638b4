"""`/memories`: what is drawn from conversations, searched, listed, changed and removed."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

from app.domain.ids import MemoryId
from app.domain.memory import Kind, Memory
from app.rest.call import Call, Reply
from app.rest.dialects.memsync.biography import bio_text
from app.rest.dialects.memsync.bodies import (
    SOURCE,
    Cascade,
    FoundMemory,
    categories_of,
    listed,
    many,
    placed,
    stored,
)
from app.rest.dialects.memsync.shapes import BatchBody, DeleteQuery, ListQuery, PatchBody, SearchBody, StoreBody
from app.rest.dialects.memsync.whose import demand_categories, where_of, writer
from app.rest.moments import seconds_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.distil import SPHERES
from app.services.explore import MAX_OFFSET
from app.services.inputs import (
    Erasure,
    ForgetRequest,
    MemoryPatch,
    Mode,
    NewConversation,
    NewMemory,
    NewMessage,
    Question,
    Repeats,
    Slice,
)
from app.services.results import Hit, Statement

_KINDS = {"semantic": Kind.SEMANTIC, "episodic": Kind.EPISODIC}


async def store(call: Call[StoreBody, Nothing]) -> Reply:
    began, given = perf_counter(), call.body
    thread = given.thread_id or f"thread_{uuid4().hex}"
    messages = tuple(NewMessage(text=each.content, role=each.role) for each in given.messages)
    conversation = NewConversation(messages=messages, time=_time(given.metadata.get("timestamp")))
    statements = await call.services.distil.statements(call.principal, conversation=conversation)
    memories = [_memory(call, each, thread) for each in statements]
    created: list[Memory] = []
    if memories:
        kept = await call.services.remember.add_many(call.principal, memories=memories)
        created = [memory for memory, new in zip(kept.memories, kept.created, strict=True) if new]
    return Reply(
        200,
        {
            "success": True,
            "memories_created": len(created),
            "processing_time": f"{perf_counter() - began:.1f}s",
            "categories_detected": list(dict.fromkeys(name for each in created for name in categories_of(each))),
            "memories": [stored(each) for each in created],
        },
    )


def _memory(call: Call[StoreBody, Nothing], said: Statement, thread: str) -> NewMemory:
    given = call.body
    return NewMemory(
        text=said.text,
        mode=Mode.VERBATIM,
        repeats=Repeats.MERGE,
        user=writer(call, given.user_id),
        agent=given.agent_id,
        session=thread,
        kind=said.kind,
        type=said.type,
        categories=said.spheres,
        metadata={**given.metadata, SOURCE: given.source},
        occurred_at=said.occurred_at,
        valid_from=said.valid_from,
    )


def _time(given: Any) -> datetime | None:
    """When it was said; relative times count from there."""
    with suppress(TypeError, ValueError, OverflowError):
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return None


async def search(call: Call[SearchBody, Nothing]) -> Reply:
    given = call.body
    categories = demand_categories("categories", tuple(given.categories))
    where = where_of(call, given.user_id, agent=given.agent_id, thread=given.thread_id, categories=categories)
    question = Question(query=given.query, where=where, slice=Slice(first=given.limit))
    found = await call.services.recall.search(call.principal, question=question)
    hits = [item.node for item in found.hits.items]
    told = await call.services.explore.labelled(call.principal, memories=[hit.memory for hit in hits])
    memories: list[FoundMemory] = [
        {
            **placed(each),
            "vector_distance": _distance(hit),
            "rerank_score": round(hit.score, 4) if given.rerank else None,
        }
        for each, hit in zip(told, hits, strict=True)
    ]
    if not given.rerank:
        memories.sort(key=lambda memory: memory["vector_distance"])
    bio = await bio_text(call, given.user_id) if given.include_bio else ""
    return Reply(200, {"user_bio": bio, "memories": memories})


def _distance(hit: Hit) -> float:
    """How far it is from the question in meaning; by all that speaks for it where its meaning was not compared."""
    nearness = next((factor.value for factor in hit.factors if factor.signal == "meaning"), hit.score)
    return round(min(max(1.0 - nearness, 0.0), 1.0), 4)


async def listing(call: Call[Nothing, ListQuery]) -> Reply:
    asked = call.query
    size = asked.page_size or asked.limit or 20
    categories = demand_categories("category", (asked.category,) if asked.category else ())
    where = where_of(call, asked.user_id, agent=asked.agent_id, thread=asked.thread_id, categories=categories)
    if asked.type:
        where = replace(where, kinds=(_KINDS[asked.type],))
    offset = min((asked.page - 1) * size, MAX_OFFSET)
    found = await call.services.explore.listed(call.principal, where=where, offset=offset, limit=size)
    return Reply(200, many([listed(each) for each in found.items], total=found.total, page=asked.page, page_size=size))


async def get(call: Call[Nothing, Nothing]) -> Reply:
    id_ = call.path["id"]
    (told,) = await call.services.explore.known(call.principal, ids=[MemoryId(id_)])
    if told is None:
        raise _unknown(id_)
    return Reply(200, listed(told))


async def update(call: Call[PatchBody, Nothing]) -> Reply:
    given = call.body
    if given.category is not None and given.category not in SPHERES:
        message = f"{given.category!r} is not a category"
        raise Wrong(400, "INVALID_CATEGORY", message, valid_categories=list(SPHERES))
    changes = _changes(given)
    memory = await _found(call)
    if not changes:
        raise Wrong(
            400, "VALIDATION_ERROR", "Give at least one of content, metadata, category, memory_type, importance"
        )
    if given.metadata is not None:
        changes["metadata"] = {**memory.metadata, **given.metadata}
    if given.category is not None:
        changes["categories"] = tuple(dict.fromkeys((given.category, *categories_of(memory))))
    patch = MemoryPatch(**changes)
    changed = await call.services.remember.update(call.principal, memory=memory.id, patch=patch)
    reworded = changed.text != memory.text
    vector = await call.services.remember.embedding(call.principal, memory=changed) if reworded else ()
    (told,) = await call.services.explore.labelled(call.principal, memories=[changed])
    body = {**listed(told), "embeddings": vector}
    if given.metadata and SOURCE in given.metadata:
        body["metadata"] = changed.metadata
    return Reply(200, body)


def _changes(given: PatchBody) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "text": given.content,
        "metadata": given.metadata,
        "categories": given.category,
        "kind": _KINDS[given.memory_type] if given.memory_type else None,
        "importance": given.importance,
    }
    return {name: value for name, value in changes.items() if value is not None}


async def delete(call: Call[Nothing, DeleteQuery]) -> Reply:
    memory = await _found(call)
    cascade = await _forget(call, [memory.id])
    return Reply(
        200,
        {
            "success": True,
            "memory_id": memory.id,
            "deleted_at": seconds_z(call.at),
            "cascade_deletions": cascade,
            "backup_id": _backup(memory.id) if call.query.backup else None,
        },
    )


async def batch_delete(call: Call[BatchBody, Nothing]) -> Reply:
    given = call.body
    ids = [MemoryId(id_) for id_ in dict.fromkeys(given.memory_ids)]
    found = await call.services.explore.by_ids(call.principal, ids=ids)
    known = [memory.id for memory in found if memory]
    nothing: Cascade = {"profile_updates": 0, "derived_insights": 0, "embeddings": 0}
    return Reply(
        200,
        {
            "success": True,
            "deleted_count": len(known),
            "deleted": known,
            "not_found": [id_ for id_, memory in zip(ids, found, strict=True) if memory is None],
            "deleted_at": seconds_z(call.at),
            "cascade_deletions": await _forget(call, known) if known else nothing,
            "backup_id": _backup(known[0]) if known and given.backup else None,
        },
    )


async def _forget(call: Call[Any, Any], ids: list[MemoryId]) -> Cascade:
    """What was drawn from them alone goes along."""
    request = ForgetRequest(ids=tuple(ids))
    gone = await call.services.forget.forget(call.principal, request=request, erasure=Erasure.FORGET)
    return {"profile_updates": 0, "derived_insights": max(gone.count - len(ids), 0), "embeddings": len(ids)}


def _backup(memory: MemoryId) -> str:
    """What is forgotten can be brought back, and is known by the first of its ids."""
    return f"backup_{memory.partition('_')[2]}"


async def _found(call: Call[Any, Any]) -> Memory:
    id_ = call.path["id"]
    (found,) = await call.services.explore.by_ids(call.principal, ids=[MemoryId(id_)])
    if found is None:
        raise _unknown(id_)
    return found


def _unknown(id_: str) -> Wrong:
    return Wrong(404, "MEMORY_NOT_FOUND", "Memory not found", memory_id=id_)


async def health(_call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, {"status": "ok"})
