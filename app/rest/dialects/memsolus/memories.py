"""`/v1/memories`: what is stored, listed, searched, changed and removed."""

import hmac
from collections.abc import Sequence
from typing import Any

from app.domain import errors
from app.domain.memory import MAX_TEXT, Layer, Memory
from app.domain.query import Facet
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus import bodies
from app.rest.dialects.memsolus.bodies import ListedMemory, feedback_object, memory_object, pool_of
from app.rest.dialects.memsolus.envelope import many, one
from app.rest.dialects.memsolus.filters import listed_where
from app.rest.dialects.memsolus.shapes import (
    FeedbackBody,
    ListQuery,
    MemoryBody,
    NewMemoryBody,
    SearchBody,
    WhoseQuery,
)
from app.rest.dialects.memsolus.shared import with_memsync
from app.rest.dialects.memsolus.terms import SIGNALS, importance_of, relevance_of
from app.rest.dialects.memsolus.workspace import demand_known, found, home, memory_id, no_memory
from app.rest.handles import uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import (
    EntityWhere,
    Erasure,
    ForgetRequest,
    MemoryPatch,
    Mode,
    NewFeedback,
    NewMemory,
    Question,
    Repeats,
    Rereading,
    SearchMode,
    Where,
)
from app.services.results import Labelled


async def create(call: Call[NewMemoryBody, Nothing]) -> Reply:
    given = call.body
    _demand_length(given.memory)
    if given.expires_at is not None and given.layer != Layer.TASK:
        raise errors.invalid("expires_at", "goes with layer TASK only")
    metadata = given.metadata or {}
    memory = NewMemory(
        text=given.memory,
        mode=Mode.VERBATIM,
        repeats=Repeats.REFUSE,
        user=given.user_id,
        agent=given.agent_id,
        session=given.session_id,
        importance=importance_of(given.priority),
        categories=tuple(given.categories),
        layer=Layer(given.layer),
        expires_at=given.expires_at,
        metadata=metadata | ({"pool_id": given.pool_id} if given.pool_id else {}),
    )
    try:
        stored = await call.services.remember.add(call.principal, memory=memory)
    except errors.Conflict:
        message = "A memory with identical content already exists in this workspace"
        raise Wrong(409, "DUPLICATE_MEMORY", message) from None
    return Reply(201, one(await _object(call, stored.memories[0])))


async def listed(call: Call[Nothing, ListQuery]) -> Reply:
    return await _listed(call, call.query, call.query.search)


async def searched(call: Call[SearchBody, Nothing]) -> Reply:
    return await _listed(call, call.body, call.body.query or call.body.search)


async def _listed(call: Call[Any, Any], asked: ListQuery, search: str) -> Reply:
    if asked.workspace_id:
        await home(call, asked.workspace_id)
    where, offset = listed_where(asked), asked.offset
    told: Sequence[Labelled] = ()
    relevance: Sequence[str | None] = ()
    total = 0
    if where is not None and search.strip():
        question = Question(query=search, mode=SearchMode(asked.mode.upper()), where=where)
        hits = await call.services.recall.counted(
            call.principal, question=question, offset=offset, limit=asked.page_size
        )
        memories, total = [hit.memory for hit in hits.items], hits.total
        told = await call.services.explore.labelled(call.principal, memories=memories)
        relevance = [relevance_of(hit.score) for hit in hits.items]
    elif where is not None:
        rows = await call.services.explore.listed(call.principal, where=where, offset=offset, limit=asked.page_size)
        told, total, relevance = rows.items, rows.total, [None] * len(rows.items)
    items: list[ListedMemory] = [
        {**memory_object(each), "source": "db", "relevance": fit} for each, fit in zip(told, relevance, strict=True)
    ]
    body = many(items, total=total, page=asked.page, page_size=asked.page_size)
    return Reply(200, with_memsync(body, told) if call.undecided else body)


async def get(call: Call[Nothing, Nothing]) -> Reply:
    try:
        opened = await call.services.recall.opened(call.principal, memory=memory_id(call))
    except errors.NotFound:
        raise no_memory() from None
    feedback = feedback_object(opened.feedback) if opened.feedback else None
    workspace = {"id": uuid_of(opened.project.id), "name": opened.project.name}
    return Reply(200, one({**memory_object(opened.told), "workspace": workspace, "feedback": feedback}))


async def update(call: Call[MemoryBody, Nothing]) -> Reply:
    given = call.body
    _demand_length(given.memory)
    changes: dict[str, Any] = {"text": given.memory}
    importance = importance_of(given.priority)
    memory = await found(call)
    if importance is not None:
        changes["importance"] = importance
    if given.categories is not None:
        changes["categories"] = tuple(given.categories)
    if given.metadata is not None:
        pool = pool_of(memory)
        changes["metadata"] = ({"pool_id": pool} if pool else {}) | given.metadata
    changed = await call.services.remember.update(
        call.principal,
        memory=memory.id,
        patch=MemoryPatch(**changes),
        rereading=Rereading.ALWAYS,
        mode=Mode.VERBATIM,
    )
    return Reply(200, one(await _object(call, changed)))


async def delete(call: Call[Nothing, Nothing]) -> Reply:
    memory = await found(call)
    await call.services.forget.forget(call.principal, request=ForgetRequest(ids=(memory.id,)), erasure=Erasure.FORGET)
    return Reply(204)


async def delete_all(call: Call[Nothing, WhoseQuery]) -> Reply:
    """Accounts have no passwords of their own here: the key confirms itself."""
    if not hmac.compare_digest(call.headers.get("x-confirm-password", "").encode(), _key(call).encode()):
        message = "Confirm with the password of the key's owner in X-Confirm-Password; here that is the key itself"
        raise Wrong(400, "PASSWORD_CONFIRMATION_REQUIRED", message)
    asked = call.query
    if asked.user_id or asked.agent_id:
        where = Where(
            users=(asked.user_id,) if asked.user_id else (), agents=(asked.agent_id,) if asked.agent_id else ()
        )
        request = ForgetRequest(where=where)
    else:
        request = ForgetRequest(project=(await home(call)).id)
    await call.services.forget.forget(call.principal, request=request, erasure=Erasure.FORGET)
    return Reply(204)


async def promote(call: Call[Nothing, Nothing]) -> Reply:
    id_ = await demand_known(call)
    try:
        await call.services.curate.promote(call.principal, memory=id_)
    except errors.NotFound:
        raise no_memory() from None
    except errors.Gone:
        raise Wrong(410, "MEMORY_EXPIRED", "The memory has expired") from None
    except errors.Conflict:
        raise Wrong(409, "MEMORY_NOT_PROMOTABLE", "Only memories of the layer TASK can be promoted") from None
    return Reply(202, one({"message": "Memory promotion in progress"}))


async def feedback(call: Call[FeedbackBody, Nothing]) -> Reply:
    given = call.body
    memory = await found(call)
    parts = (bodies.QUERY + "_".join(given.query_hash.split()) if given.query_hash else "", given.comment or "")
    reason = " ".join(part for part in parts if part.strip())
    said = NewFeedback(memory=memory.id, value=SIGNALS[given.signal], reason=reason or None)
    await call.services.curate.give_feedback(call.principal, feedback=said)
    return Reply(204)


async def entities(call: Call[Nothing, Nothing]) -> Reply:
    """A bare array; wrapped for the one client that wraps every answer, which says who it is by these two headers."""
    crowd = await call.services.explore.crowd(call.principal, where=Where())
    rows = [
        {"type": type_, "id": id_, "count": count}
        for type_, counted in (("user", crowd.users), ("agent", crowd.agents))
        for id_, count in counted
    ]
    wraps = call.headers.get("content-type") == "application/json" and call.headers.get("user-agent") == "node"
    return Reply(200, {"data": rows} if wraps else rows)


async def categories(call: Call[Nothing, Nothing]) -> Reply:
    counted = await call.services.explore.tally(call.principal, where=Where(), by=Facet.CATEGORY)
    return Reply(200, one({"categories": sorted({each.value for each in counted})}))


async def profile(call: Call[Nothing, Nothing]) -> Reply:
    """Of whom nothing is known there is none."""
    own = await home(call, call.path["workspace"])
    user = await call.services.explore.user(call.principal, project=own.id, external_id=call.path["user"])
    known = await call.services.profiles.profile(call.principal, user=user.id) if user else None
    if user is None or known is None or not known.current:
        return Reply(200, one({"profile": None}))
    bio = await call.services.profiles.bio(call.principal, user=user.id)
    where = Where(project=own.id, users=(user.id,))
    topics = await call.services.explore.tally(call.principal, where=where, by=Facet.CATEGORY)
    things = EntityWhere(project=own.id, user=user.id)
    entities = await call.services.explore.counted_entities(call.principal, where=things, limit=0)
    body: bodies.ProfileObject = {
        "userId": user.external_id,
        "workspaceId": uuid_of(own.id),
        "summary": bio.text,
        "topics": [each.value for each in sorted(topics, key=lambda each: -each.memories)],
        "entityCount": entities.total,
        "extractedAt": millis_z(known.updated_at or user.created_at),
    }
    return Reply(200, one({"profile": body}))


async def pools(_call: Call[Nothing, Nothing]) -> Reply:
    """Pools are off."""
    return Reply(200, many([], total=0, page=1, page_size=10))


async def _object(call: Call[Any, Any], memory: Memory) -> bodies.MemoryObject:
    (told,) = await call.services.explore.labelled(call.principal, memories=[memory])
    return memory_object(told)


def _demand_length(text: str) -> None:
    if len(text.strip()) > MAX_TEXT:
        raise Wrong(422, "CONTENT_TOO_LONG", f"memory has more than {MAX_TEXT:,} characters")


def _key(call: Call[Any, Any]) -> str:
    given = call.headers.get("x-api-key") or call.headers.get("authorization", "").partition(" ")[2]
    return given.strip()
