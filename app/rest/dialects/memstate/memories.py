"""Storing, reading, listing, deleting and finding memories."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from app.domain.errors import NotFound
from app.domain.ids import MemoryId
from app.domain.memory import Memory, MemoryVersion
from app.rest.call import Call, Reply
from app.rest.dialects.memstate import rendering as shown
from app.rest.dialects.memstate.answers import Found, Result
from app.rest.dialects.memstate.rendering import keypath_of, prefix_of, project_named
from app.rest.dialects.memstate.shapes import Browse, Delete, History, InProject, Remember, Search, Store
from app.rest.handles import digits_of, edition_id, edition_of
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Address, NewDocument, NewValue, Question, Slice, Where
from app.services.recall import MAX_QUERY
from app.services.references import EVERY_PROJECT
from app.services.results import Listing, Storing

_PAGE = 100
_OLDER = 0.5
"""What of a memory's score its earlier versions have."""


async def remember(call: Call[Remember, Nothing]) -> Reply:
    """With a keypath the text is stored as it is before the answer; its job is over with that."""
    asked = call.body
    content = _required(asked.content, "content")
    project = await call.services.projects.used(call.principal, slug=_required(asked.project_id, "project_id").lower())
    if asked.keypath:
        value = _value(content, asked.keypath, project=project.id, source=asked.source)
        stored = await call.services.keypaths.store(call.principal, value=value)
        job = digits_of("job", stored.memory.id, stored.memory.version)
    else:
        document = NewDocument(text=content, project=project.id, context=asked.context, origin=asked.source)
        job = digits_of("job", (await call.services.filing.take(call.principal, document=document)).job.id)
    return Reply(
        202,
        {
            "job_id": job,
            "status": "pending",
            "message": "Ingestion job enqueued successfully",
            "project_id": project.slug,
        },
    )


async def store(call: Call[Store, Nothing]) -> Reply:
    asked = call.body
    content, keypath = _required(asked.content, "content"), _required(asked.keypath, "keypath")
    project = None
    if asked.project_id:
        project = (await call.services.projects.used(call.principal, slug=asked.project_id.lower())).id
    value = _value(content, keypath, project=project, source=asked.source, category=asked.category, topics=asked.topics)
    stored = await call.services.keypaths.store(call.principal, value=value)
    memory, path = stored.memory, shown.shown(stored.memory.keypath)
    told: dict[str, Any] = {"memory_id": edition_id(memory.id, memory.version), "action": "created"}
    message = f"Memory stored at '{path}'"
    if stored.how is Storing.SUPERSEDED:
        told |= {"action": "superseded", "superseded_id": edition_id(memory.id, memory.version - 1)}
        message = f"Memory at '{path}' updated (v{memory.version})"
    return Reply(200, {**told, "version": memory.version, "message": message})


async def get(call: Call[Nothing, Nothing]) -> Reply:
    found = await shown.edition(call, *_named(call.path["id"]))
    return Reply(200, shown.fulls(call, [found])[0])


async def get_at(call: Call[Nothing, InProject]) -> Reply:
    keypath = keypath_of(call.path["keypath"])
    project = await _scope(call, call.query.project_id)
    memory = await call.services.trees.at(call.principal, project=project, keypath=keypath) if project else None
    if memory is None:
        raise NotFound
    return Reply(200, shown.fulls(call, await shown.editions(call, [memory]))[0])


async def browse(call: Call[Browse, Nothing]) -> Reply:
    asked = call.body
    if asked.keypath_prefix is None:
        raise Wrong(400, "invalid", "keypath_prefix is required")
    prefix = prefix_of(asked.keypath_prefix)
    project = await _scope(call, asked.project_id)
    memories: Sequence[Memory] = ()
    total = 0
    if project:
        found = await call.services.trees.below(call.principal, project=project, prefix=prefix, limit=asked.limit)
        memories, total = found.items, found.total
    told = {"memories": await shown.compacts(call, memories), "total_found": total}
    return Reply(200, {**told, "keypath_prefix": asked.keypath_prefix})


async def history(call: Call[History, Nothing]) -> Reply:
    versions = await _versions(call)
    numbers = [(version.memory.id, version.version) for version in reversed(versions)]
    found = await call.services.chronicle.editions(call.principal, numbers=numbers)
    editions = [edition for edition in found if edition]
    told = shown.chain(editions)
    return Reply(200, {"versions": told, "total_versions": len(told)})


async def delete(call: Call[Delete, Nothing]) -> Reply:
    asked = call.body
    keypath = keypath_of(asked.keypath)
    project = await project_named(call, _required(asked.project_id, "project_id"))
    deleted: list[str] = []
    if project:
        address = Address(keypath=keypath, project=project.id)
        told = await call.services.keypaths.forget(call.principal, address=address, subtree=asked.recursive)
        deleted = [shown.shown(path) for path in told.keypaths]
    where = f"at keypath '{shown.shown(keypath)}'"
    message = f"Soft-deleted {len(deleted)} memory(ies) {where}" if deleted else f"No memory found {where}"
    return Reply(200, {"deleted_keypaths": deleted, "deleted_count": len(deleted), "message": message})


async def search(call: Call[Search, Nothing]) -> Reply:
    asked = call.body
    if asked.query is None:
        raise Wrong(400, "invalid", "query is required")
    project = await _scope(call, asked.project_id)
    prefix = prefix_of(asked.keypath_prefix)
    scored: list[tuple[Memory, float, bool]] = []
    if project:
        found = await (_asked if asked.query.strip() else _browsed)(call, project, prefix)
        scored = [(memory, score, True) for memory, score in found]
        if asked.include_superseded:
            scored += [each async for each in _older(call, found)]
            scored.sort(key=lambda each: -each[1])
    scored = scored[: asked.limit]
    named = await shown.slugs(call, [memory.project for memory, _, _ in scored])
    results = [
        _result({**shown.found(memory, named[memory.project]), "is_latest": latest}, score)
        for memory, score, latest in scored
    ]
    return Reply(200, {"results": results, "total_found": len(results), "query": asked.query})


async def _asked(call: Call[Search, Nothing], project: str, prefix: str | None) -> list[tuple[Memory, float]]:
    where = Where(project=project, keypath=prefix, categories=call.body.categories)
    text = (call.body.query or "").strip()[:MAX_QUERY]
    question = Question(query=text, where=where, slice=Slice(first=call.body.limit))
    found = await call.services.recall.search(call.principal, question=question)
    return [(item.node.memory, item.node.score) for item in found.hits.items]


async def _browsed(call: Call[Search, Nothing], project: str, prefix: str | None) -> list[tuple[Memory, float]]:
    found = await call.services.trees.below(call.principal, project=project, prefix=prefix)
    wanted = call.body.categories
    fitting = [memory for memory in found.items if not wanted or shown.category_of(memory) in wanted]
    return [(memory, 0.0) for memory in fitting[: call.body.limit]]


async def _older(
    call: Call[Search, Nothing], found: Sequence[tuple[Memory, float]]
) -> AsyncIterator[tuple[Memory, float, bool]]:
    """The earlier versions of what was found, without tombstones."""
    for memory, score in found:
        page = await call.services.explore.versions(call.principal, memory=memory.id, page=Slice(first=_PAGE))
        for item in page.items:
            then = item.node.memory
            if then.version < memory.version and then.deleted_at is None:
                yield then, score * _OLDER, False


async def _versions(call: Call[History, Nothing]) -> list[MemoryVersion]:
    """Newest first."""
    asked = call.body
    if asked.memory_id:
        memory, version = _named(asked.memory_id)
        await shown.edition(call, memory, version)
        return await _all(call, memory)
    if not asked.keypath or not asked.project_id:
        raise Wrong(400, "invalid", "memory_id, or keypath and project_id, are required")
    project = await project_named(call, asked.project_id)
    if project is None:
        return []
    return await _all(call, Address(keypath=keypath_of(asked.keypath), project=project.id))


async def _all(call: Call[Any, Any], what: MemoryId | Address) -> list[MemoryVersion]:
    found: list[MemoryVersion] = []
    after: str | None = None
    while True:
        page = await _page(call, what, Slice(first=_PAGE, after=after))
        found += [item.node for item in page.items]
        if not page.has_next:
            return found
        after = page.items[-1].cursor


async def _page(call: Call[Any, Any], what: MemoryId | Address, page: Slice) -> Listing[MemoryVersion]:
    if isinstance(what, Address):
        return await call.services.keypaths.history(call.principal, address=what, page=page)
    return await call.services.explore.versions(call.principal, memory=what, page=page)


async def _scope(call: Call[Any, Any], project: str | None) -> str | None:
    """Without a project all of them; None for one that nobody has used yet."""
    if not project:
        return EVERY_PROJECT
    found = await project_named(call, project)
    return found.id if found else None


def _named(text: str) -> tuple[MemoryId, int | None]:
    found = edition_of(text)
    if found is None:
        raise NotFound
    return found


def _required(value: str | None, name: str) -> str:
    if not value:
        raise Wrong(400, "invalid", f"{name} is required")
    return value


def _value(
    content: str,
    keypath: str,
    *,
    project: str | None,
    source: str | None,
    category: str | None = None,
    topics: tuple[str, ...] = (),
) -> NewValue:
    """All labels are said: a new version keeps none of the one before it."""
    return NewValue(
        keypath=keypath_of(keypath),
        value=content,
        project=project,
        categories=(category or "note",),
        tags=topics,
        metadata={"source": source} if source else {},
    )


def _result(memory: Found, score: float) -> Result:
    return {
        "memory": memory,
        "score": score,
        "id": memory["id"],
        "content": memory["content"],
        "summary": memory["summary"],
        "keypath": memory["keypath"],
        "category": memory["category"],
        "project_id": memory["project_id"],
        "version": memory["version"],
        "created_at": memory["created_at"],
    }
