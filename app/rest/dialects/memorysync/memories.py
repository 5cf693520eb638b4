"""Adding, reading, changing and forgetting memories."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import MemoryId
from app.domain.memory import LinkType, Memory, MemoryVersion
from app.domain.people import SourceKind
from app.domain.query import MemoryOrder, TimeRange
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import BulkResult, Revision, Skipped, Updated
from app.rest.dialects.memorysync.rendering import (
    bodies,
    body,
    kept_metadata,
    label,
    overlap,
    own_metadata,
    tier_range,
)
from app.rest.dialects.memorysync.scope import Scope, memory_ids, project_asked, scope_of, scoped_memory
from app.rest.dialects.memorysync.shapes import (
    EDITABLE,
    Add,
    BatchUpdate,
    BulkAdd,
    Edit,
    Forget,
    ForgetFilters,
    HistoryQuery,
    Item,
    Labels,
    NewRelation,
    memory_number,
)
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.drafts import metadata as checked_metadata
from app.services.inputs import (
    Erasure,
    ForgetRequest,
    MemoryPatch,
    Mode,
    NewLink,
    NewMemory,
    NewSource,
    Repeats,
    Slice,
    Sort,
    Where,
)

RELATION_TYPES = tuple(type_ for type_ in LinkType if type_ is not LinkType.SUPERSEDES)
_TALK, _KNOWN, _AGAIN = "no_high_value_content", "duplicate", "already_ingested"
_PAGE = 1_000


# --- adding ---------------------------------------------------------------------------------


def draft_of(item: Item, scope: Scope, repeats: Repeats, at: datetime) -> NewMemory:
    metadata = kept_metadata(item.metadata or {}, source=item.source, event_type=item.event_type)
    session = item.session_id.strip() if item.session_id else None
    if session:
        metadata = {"session_id": session, **metadata}
    return NewMemory(
        text=item.text,
        mode=Mode.VERBATIM,
        repeats=repeats,
        project=scope.project,
        user=scope.user,
        session=session or None,
        source=_reference(item.client_ref),
        position=0 if item.client_ref else None,
        tags=item.tags or (),
        importance=item.importance,
        expires_at=at + timedelta(minutes=item.ttl_minutes) if item.ttl_minutes else None,
        metadata=metadata,
    )


def _reference(client_ref: str | None) -> NewSource | None:
    """The first place of a source that is called so: what stands there already is not stored again."""
    return NewSource(kind=SourceKind.MANUAL, uri=f"client-ref:{client_ref}") if client_ref else None


async def add(call: Call[Add, Nothing]) -> Reply:
    item = call.body
    scope = await scope_of(call, end_user=item.end_user_id)
    (reason,) = await call.services.sift.talk([item.text])
    if reason is not None:
        return Reply(200, skipped(_TALK))
    repeats = Repeats.JOIN if item.deduplicate else Repeats.KEEP
    with_limits(item.metadata)
    stored = await call.services.remember.add(
        call.principal, memory=draft_of(item, scope, repeats, call.services.now())
    )
    if not stored.created[0]:
        numbered = await call.services.numbers.of(call.principal, memories=stored.memories)
        return Reply(200, skipped(_AGAIN if item.client_ref else _KNOWN, numbered.memories.values()))
    (told,) = await bodies(call, scope, stored.memories)
    return Reply(201, told)


def skipped(reason: str, ids: Iterable[int] = ()) -> Skipped:
    return {
        "status": "skipped",
        "reason": reason,
        "memory_ids": list(ids),
        "candidates_extracted": 0,
        "candidates_stored": 0,
    }


def with_limits(metadata: Mapping[str, Any] | None) -> None:
    """Raises Wrong where metadata is too large, which has a status of its own."""
    try:
        checked_metadata(dict(metadata or {}))
    except Invalid as wrong:
        if any(error.code == "too_long" for error in wrong.fields):
            raise Wrong(413, "PAYLOAD_TOO_LARGE", wrong.message) from None
        raise


@dataclass(slots=True)
class _Batch:
    """The items of a bulk add on their way."""

    results: dict[int, BulkResult]
    drafts: dict[int, NewMemory]
    again: dict[int, int]

    def settle(self, index: int, status: str, ids: Iterable[int] = (), reason: str | None = None) -> None:
        self.results[index] = {"index": index, "status": status, "memory_ids": list(ids), "reason": reason}


async def bulk_add(call: Call[BulkAdd, Nothing]) -> Reply:
    results = await bulk_results(call)
    counts = {status: sum(one["status"] == status for one in results) for status in ("created", "skipped", "rejected")}
    return Reply(207, {"total": len(results), **counts, "results": results})


async def bulk_results(call: Call[BulkAdd, Any]) -> list[BulkResult]:
    """What became of each item, in order."""
    batch = _Batch({}, {}, {})
    await _read_items(call, batch)
    await _store_items(call, batch)
    return [batch.results[index] for index in range(len(call.body.items))]


async def _read_items(call: Call[BulkAdd, Nothing], batch: _Batch) -> None:
    items: dict[int, Item] = {}
    for index, given in enumerate(call.body.items):
        try:
            items[index] = Item.model_validate(given)
        except ValidationError as wrong:
            batch.settle(index, "rejected", reason=_told(wrong))
    reasons = dict(zip(items, await call.services.sift.talk([item.text for item in items.values()]), strict=True))
    scopes: dict[str | None, Scope] = {}
    seen: dict[tuple[str, str], int] = {}
    repeats = Repeats.JOIN if call.body.deduplicate else Repeats.KEEP
    at = call.services.now()
    for index, item in items.items():
        named = item.end_user_id or call.body.end_user_id
        if named not in scopes:
            scopes[named] = await scope_of(call, end_user=named, item_first=True)
        if reasons[index] is not None:
            batch.settle(index, "skipped", reason=_TALK)
        elif item.client_ref and (scopes[named].user, item.client_ref) in seen:
            batch.again[index] = seen[scopes[named].user, item.client_ref]
        else:
            if item.client_ref:
                seen[scopes[named].user, item.client_ref] = index
            batch.drafts[index] = draft_of(item, scopes[named], repeats, at)


async def _store_items(call: Call[BulkAdd, Nothing], batch: _Batch) -> None:
    while batch.drafts:
        try:
            stored = await call.services.remember.add_many(call.principal, memories=list(batch.drafts.values()))
        except Invalid as wrong:
            _reject(batch, wrong)
            continue
        numbered = await call.services.numbers.of(call.principal, memories=stored.memories)
        for index, memory, created in zip(batch.drafts, stored.memories, stored.created, strict=True):
            known = _AGAIN if batch.drafts[index].source else _KNOWN
            ids = [numbered.memories[memory.id]]
            batch.settle(index, "created" if created else "skipped", ids, None if created else known)
        break
    for index, first in batch.again.items():
        earlier = batch.results[first]
        batch.settle(index, "skipped", earlier["memory_ids"], _AGAIN if earlier["memory_ids"] else earlier["reason"])


def _reject(batch: _Batch, wrong: Invalid) -> None:
    """Takes the items out that were refused. Raised again where it is about none of them."""
    order = list(batch.drafts)
    refused: dict[int, list[str]] = {}
    for error in wrong.fields:
        noun, _, rest = error.field.partition(".")
        place, _, field = rest.partition(".")
        if noun != "memories" or not place.isdigit():
            raise wrong
        refused.setdefault(order[int(place)], []).append(f"{field}: {error.message}")
    if not refused:
        raise wrong
    for index, reasons in refused.items():
        del batch.drafts[index]
        batch.settle(index, "rejected", reason="; ".join(reasons))


def _told(wrong: ValidationError) -> str:
    found = wrong.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'item'}: {each['msg']}" for each in found[:10])


# --- reading --------------------------------------------------------------------------------


async def found(call: Call[Any, Any], scope: Scope, number: Any) -> Memory:
    """The memory of this number that the scope sees. Raises NotFound."""
    asked = memory_number(number)
    (id_,) = await memory_ids(call, [asked if isinstance(asked, int) else 0])
    (memory,) = await call.services.explore.by_ids(scope.principal, ids=[id_]) if id_ else (None,)
    if memory is None:
        raise NotFound
    return memory


async def get(call: Call[Nothing, Nothing]) -> Reply:
    asked = memory_number(call.path["id"])
    scope, told = await scoped_memory(call, asked if isinstance(asked, int) else 0)
    if told is None:
        raise NotFound
    return Reply(200, body(told, scope, call.services.now()))


async def export(call: Call[Nothing, Nothing]) -> Reply:
    scope = await scope_of(call)
    told = await bodies(call, scope, await every(call, scope, Where(project=scope.project)))
    return Reply(200, {"user_id": scope.number, "memories": told, "generated_at": micros_offset(call.services.now())})


async def every(call: Call[Any, Any], scope: Scope, where: Where) -> list[Memory]:
    """All that the filter means, oldest first."""
    memories: list[Memory] = []
    sort = Sort(by=MemoryOrder.CREATED_AT, descending=False)
    while True:
        page = await call.services.explore.counted(
            scope.principal, where=where, sort=sort, offset=len(memories), limit=_PAGE
        )
        memories += page.items
        if len(page.items) < _PAGE:
            return memories


async def history(call: Call[Nothing, HistoryQuery]) -> Reply:
    scope = await scope_of(call)
    memory = await found(call, scope, call.path["id"])
    numbered = await call.services.numbers.of(call.principal, memories=[memory])
    revisions = _revisions(await _versions(call, scope, memory.id))
    shown = revisions[call.query.offset : call.query.offset + call.query.limit]
    told = {"memory_id": numbered.memories[memory.id], "total": len(revisions), "revisions": shown}
    return Reply(200, {**told, "tracked_fields": EDITABLE})


async def _versions(call: Call[Any, Any], scope: Scope, memory: MemoryId) -> list[MemoryVersion]:
    """Oldest first."""
    versions: list[MemoryVersion] = []
    after: str | None = None
    while True:
        page = await call.services.explore.versions(scope.principal, memory=memory, page=Slice(first=100, after=after))
        versions += [item.node for item in page.items]
        if not page.has_next:
            return versions[::-1]
        after = page.items[-1].cursor


def _revisions(versions: Sequence[MemoryVersion]) -> list[Revision]:
    """Only what a user would call a change; extraction leaves versions of its own."""
    first = versions[0]
    revisions = [_revision(0, "created", {}, first)]
    for before, after in pairwise(versions):
        diff = _diff(before.memory, after.memory)
        event = _event(before.memory, after.memory) or ("updated" if diff else None)
        if event:
            revisions.append(_revision(len(revisions), event, diff, after))
    return revisions


def _event(before: Memory, after: Memory) -> str | None:
    if bool(before.deleted_at) != bool(after.deleted_at):
        return "soft_deleted" if after.deleted_at else "restored"
    return "superseded" if after.valid_to and not before.valid_to else None


def _diff(before: Memory, after: Memory) -> dict[str, Any]:
    old, new = _tracked(before), _tracked(after)
    return {name: {"old": old[name], "new": new[name]} for name in EDITABLE if old[name] != new[name]}


def _tracked(memory: Memory) -> dict[str, Any]:
    return {
        "tags": list(memory.tags),
        "importance": memory.importance,
        "metadata": own_metadata(memory),
        "source": label(memory, "source"),
        "event_type": label(memory, "event_type"),
    }


def _revision(number: int, event: str, diff: Mapping[str, Any], version: MemoryVersion) -> Revision:
    return {
        "revision": number,
        "event": event,
        "changed_fields": list(diff),
        "diff": diff,
        "actor": version.actor,
        "created_at": micros_offset(version.recorded_at),
    }


# --- changing -------------------------------------------------------------------------------


def _patch(memory: Memory, edit: Labels) -> MemoryPatch:
    changes: dict[str, Any] = {}
    if edit.tags is not None:
        changes["tags"] = edit.tags
    if edit.importance is not None:
        changes["importance"] = edit.importance
    if (edit.metadata, edit.source, edit.event_type) != (None, None, None):
        with_limits(edit.metadata)
        changes["metadata"] = kept_metadata(
            own_metadata(memory) if edit.metadata is None else edit.metadata,
            source=edit.source or label(memory, "source"),
            event_type=edit.event_type or label(memory, "event_type"),
        )
    return MemoryPatch(**changes)


def _demand_edit(edit: Labels, field: str) -> None:
    if all(getattr(edit, name) is None for name in EDITABLE):
        raise Invalid(FieldError(field, f"at least one of {', '.join(EDITABLE)} is needed", "required"))


async def update(call: Call[Edit, Nothing]) -> Reply:
    _demand_edit(call.body, "body")
    scope = await scope_of(call, end_user=call.body.end_user_id)
    memory = await found(call, scope, call.path["id"])
    (changed,) = await call.services.remember.label_many(
        scope.principal, patches=[(memory.id, _patch(memory, call.body))]
    )
    if changed is None:
        raise NotFound
    (told,) = await bodies(call, scope, [changed])
    return Reply(200, told)


async def batch_update(call: Call[BatchUpdate, Nothing]) -> Reply:
    edits = call.body.items
    for index, edit in enumerate(edits):
        _demand_edit(edit, f"items.{index}")
    if len({edit.memory_id for edit in edits}) < len(edits):
        raise Invalid(FieldError("items", "must not name the same memory_id twice", "duplicate"))
    scope = await scope_of(call, end_user=call.body.end_user_id)
    ids = await memory_ids(call, [edit.memory_id for edit in edits])
    memories = await call.services.explore.by_ids(scope.principal, ids=[id_ or MemoryId("") for id_ in ids])
    before = {memory.id: memory for memory in memories if memory}
    patches = [(memory.id, _patch(memory, edit)) for memory, edit in zip(memories, edits, strict=True) if memory]
    written = await call.services.remember.label_many(scope.principal, patches=patches) if patches else []
    after = {memory.id: memory for memory in written if memory}
    results: list[Updated] = []
    for index, (id_, edit) in enumerate(zip(ids, edits, strict=True)):
        known = id_ is not None and id_ in after
        fields = list(_diff(before[id_], after[id_])) if known and id_ else []
        status = "updated" if known else "not_found"
        results.append({"index": index, "memory_id": edit.memory_id, "status": status, "changed_fields": fields})
    updated = sum(one["status"] == "updated" for one in results)
    counts = {"total": len(results), "updated": updated, "not_found": len(results) - updated}
    return Reply(207, {**counts, "results": results})


async def relate(call: Call[NewRelation, Nothing]) -> Reply:
    asked = call.body
    scope = await scope_of(call, end_user=asked.end_user_id)
    link_type, label = await _relation_type(call, asked.relationship_type)
    source = await found(call, scope, call.path["id"])
    if str(memory_number(call.path["id"])) == str(asked.to_memory_id):
        raise Invalid(FieldError("to_memory_id", "must be another memory", "self_loop"))
    target = await found(call, scope, asked.to_memory_id)
    link = NewLink(source=source.id, target=target.id, type=link_type, label=label, confidence=asked.confidence)
    (stored,) = await call.services.remember.link(scope.principal, links=[link])
    numbered = await call.services.numbers.of(call.principal, memories=[source, target])
    (number,) = await call.services.numbers.links(scope.principal, links=[stored])
    return Reply(
        201,
        {
            "id": number,
            "from_memory_id": numbered.memories[source.id],
            "to_memory_id": numbered.memories[target.id],
            "relationship_type": stored.label or stored.type,
            "confidence": stored.confidence,
            "metadata": {},
            "created_at": micros_offset(stored.created_at),
        },
    )


async def _relation_type(call: Call[NewRelation, Nothing], name: str) -> tuple[LinkType, str | None]:
    """One of the ten, or one of the project's own."""
    if name in RELATION_TYPES:
        return LinkType(name), None
    own = (await call.services.ontologies.get(call.principal, project=await project_asked(call))).relation_types
    if name not in own:
        known = ", ".join((*RELATION_TYPES, *own))
        raise Invalid(FieldError("relationship_type", f"must be one of {known}", "unknown"))
    return LinkType.REFERENCES, name


# --- forgetting -----------------------------------------------------------------------------


async def forget(call: Call[Forget, Nothing]) -> Reply:
    asked = call.body
    if (asked.memory_ids is None) == (asked.filters is None):
        raise Invalid(FieldError("memory_ids", "give either memory_ids or filters", "required"))
    if asked.memory_ids is not None and not asked.memory_ids:
        raise Invalid(FieldError("memory_ids", "must not be empty", "blank"))
    if asked.filters is not None and asked.filters == ForgetFilters():
        raise Invalid(FieldError("filters", "must set at least one criterion", "blank"))
    scope = await scope_of(call, end_user=asked.end_user_id)
    memories = await _doomed(call, scope)
    numbered = await call.services.numbers.of(call.principal, memories=memories)
    if not (asked.filters is not None and asked.dry_run):
        for start in range(0, len(memories), _PAGE):
            ids = tuple(memory.id for memory in memories[start : start + _PAGE])
            await call.services.forget.forget(scope.principal, request=ForgetRequest(ids=ids), erasure=Erasure.FORGET)
    return Reply(200, [numbered.memories[memory.id] for memory in memories])


async def _doomed(call: Call[Forget, Nothing], scope: Scope) -> list[Memory]:
    """What is named, as far as it is about this end user: what is about nobody is everybody's."""
    if scope.owner is None:
        return []
    if call.body.memory_ids is not None:
        numbers = list(dict.fromkeys(call.body.memory_ids))[:_PAGE]
        ids = [id_ for id_ in await memory_ids(call, numbers) if id_]
        named = await call.services.explore.by_ids(scope.principal, ids=ids)
        return [memory for memory in named if memory and memory.user == scope.owner]
    filters = call.body.filters or ForgetFilters()
    memories = await every(call, scope, _where(filters, scope, call.services.now()))
    return [memory for memory in memories if set(filters.tags) <= set(memory.tags)]


def _where(filters: ForgetFilters, scope: Scope, at: datetime) -> Where:
    labels = {name: value for name, value in (("source", filters.source), ("event_type", filters.event_type)) if value}
    return Where(
        project=scope.project,
        users=(scope.owner or scope.user,),
        tags=filters.tags[:1],
        metadata=labels or None,
        recorded=overlap(TimeRange(after=filters.after, before=filters.before), tier_range(filters.tier, at)),
    )
