"""Its memories: stored, changed, listed, searched, and put into a prompt."""

from collections.abc import Sequence
from typing import Any

from app.domain.errors import (
    NotFound,
)
from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.rest.call import Call, Reply
from app.rest.dialects.buildd.shapes import (
    TYPES,
    BatchQuery,
    BulkIds,
    ContextQuery,
    ListQuery,
    Note,
    NotePatch,
    SearchQuery,
    compact,
    full,
    title_of,
    type_of,
)
from app.rest.handles import team_of
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Erasure, ForgetRequest, MemoryPatch, Mode, NewMemory, Repeats, Where
from app.services.references import EVERY_PROJECT

_TYPES_TOLD = "discovery, decision, gotcha, pattern, architecture, summary"
_BULK = 50
_CONTEXT_MEMORIES, _CONTEXT_SIZE, _CONTEXT_LINE = 200, 16_000, 200


async def create(call: Call[Note, Nothing]) -> Reply:
    note = call.body
    if note.type not in TYPES:
        raise Wrong(400, "invalid", f"type must be one of: {_TYPES_TOLD}")
    if not note.title:
        raise Wrong(400, "invalid", "title is required")
    if not note.content:
        raise Wrong(400, "invalid", "content is required")
    stored = await call.services.remember.add(
        call.principal,
        memory=NewMemory(
            text=note.content,
            title=note.title,
            type=note.type,
            tags=note.tags,
            files=note.files,
            metadata=_labels({}, project=note.project, source=note.source),
            mode=Mode.VERBATIM,
            repeats=Repeats.KEEP,
        ),
    )
    return Reply(201, {"memory": full(stored.memories[0], team_of(call.principal.tenant))})


async def get(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, {"memory": full(await _found(call), team_of(call.principal.tenant))})


async def update(call: Call[NotePatch, Nothing]) -> Reply:
    memory, patch = await _found(call), call.body
    given = patch.model_fields_set
    labels = {name: getattr(patch, name) for name in ("project", "source") if name in given}
    changes: dict[str, Any] = {"metadata": _labels(memory.metadata, **labels)} if labels else {}
    changes |= {"title": patch.title} if patch.title else {}
    changes |= {"text": patch.content} if patch.content else {}
    changes |= {name: getattr(patch, name) for name in ("tags", "files") if name in given}
    changed = await call.services.remember.update(
        call.principal, memory=memory.id, patch=MemoryPatch(**changes), mode=Mode.VERBATIM
    )
    return Reply(200, {"memory": full(changed, team_of(call.principal.tenant))})


async def delete(call: Call[Nothing, Nothing]) -> Reply:
    memory = await _found(call)
    await call.services.forget.forget(call.principal, request=ForgetRequest(ids=(memory.id,)), erasure=Erasure.FORGET)
    return Reply(200, {"deleted": True, "success": True})


async def bulk_delete(call: Call[BulkIds, Nothing]) -> Reply:
    if not 1 <= len(call.body.ids) <= _BULK:
        raise Wrong(400, "invalid", f"Provide 1-{_BULK} ids")
    named = [MemoryId(id_) for id_ in dict.fromkeys(call.body.ids)]
    ids = tuple(memory.id for memory in await call.services.explore.by_ids(call.principal, ids=named) if memory)
    if ids:
        await call.services.forget.forget(call.principal, request=ForgetRequest(ids=ids), erasure=Erasure.FORGET)
    return Reply(200, {"deleted": len(ids), "ids": list(ids)})


async def search(call: Call[Nothing, SearchQuery]) -> Reply:
    asked = call.query
    where = _where(asked.project, type_=asked.type, contains=asked.query, files=asked.files)
    found = await call.services.explore.counted(call.principal, where=where, offset=asked.offset, limit=asked.limit)
    results = [compact(memory) for memory in found.items]
    return Reply(200, {"results": results, "total": found.total, "limit": asked.limit, "offset": asked.offset})


async def listed(call: Call[Nothing, ListQuery]) -> Reply:
    asked = call.query
    type_ = asked.type if asked.type in TYPES else None
    where = _where(asked.project, type_=type_, contains=asked.search)
    found = await call.services.explore.counted(call.principal, where=where, offset=asked.offset, limit=asked.limit)
    team = team_of(call.principal.tenant)
    return Reply(200, {"memories": [full(memory, team) for memory in found.items], "total": found.total})


async def batch(call: Call[Nothing, BatchQuery]) -> Reply:
    ids = call.query.ids
    if ids is None:
        raise Wrong(400, "invalid", "ids parameter required")
    if not 1 <= len(ids) <= 20:
        raise Wrong(400, "invalid", "Provide 1-20 ids")
    found = await call.services.explore.by_ids(call.principal, ids=[MemoryId(id_) for id_ in ids])
    team = team_of(call.principal.tenant)
    return Reply(200, {"memories": [full(memory, team) for memory in found if memory]})


async def context(call: Call[Nothing, ContextQuery]) -> Reply:
    where = _where(call.query.project)
    found = await call.services.explore.counted(call.principal, where=where, limit=_CONTEXT_MEMORIES)
    return Reply(200, {"markdown": _markdown(found.items), "count": found.total})


async def _found(call: Call[Any, Any]) -> Memory:
    found = (await call.services.explore.by_ids(call.principal, ids=[MemoryId(call.path["id"])]))[0]
    if found is None:
        raise NotFound
    return found


def _where(project: str | None, *, type_: str | None = None, contains: str = "", files: Sequence[str] = ()) -> Where:
    return Where(
        project=EVERY_PROJECT,
        types=(type_,) if type_ else (),
        contains=contains or None,
        files=tuple(files),
        metadata={"project": project} if project else None,
    )


def _labels(metadata: dict[str, Any], **labels: str | None) -> dict[str, Any]:
    """An empty label is none."""
    merged = {**metadata, **labels}
    return {name: value for name, value in merged.items() if name not in labels or value}


def _markdown(memories: Sequence[Memory]) -> str:
    text = "# Team Memories\n\n"
    for type_ in TYPES:
        lines = [_line(memory) for memory in memories if type_of(memory) == type_]
        if lines:
            text += f"## {type_.capitalize()}s\n" + "\n".join(lines) + "\n\n"
    return text if len(text) <= _CONTEXT_SIZE else text[:_CONTEXT_SIZE] + "\n\n...(truncated)"


def _line(memory: Memory) -> str:
    project = f" [{label}]" if (label := memory.metadata.get("project")) else ""
    content = memory.text if len(memory.text) <= _CONTEXT_LINE else memory.text[:_CONTEXT_LINE] + "..."
    files = f" (files: {', '.join(memory.files[:3])})" if memory.files else ""
    return f"- **{title_of(memory)}**{project}: {content}{files}"
