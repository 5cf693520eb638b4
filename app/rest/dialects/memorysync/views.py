"""What many memories come to: summaries, clusters, and what stands out among them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.errors import Invalid, NotFound
from app.domain.ids import MemoryId
from app.domain.principal import Principal
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import EntityView, Pattern, Theme
from app.rest.dialects.memorysync.memories import skipped
from app.rest.dialects.memorysync.rendering import bodies, is_summary
from app.rest.dialects.memorysync.scope import memory_ids, project_asked, scope_of
from app.rest.dialects.memorysync.shapes import ClusterQuery, IntelligenceQuery, Summarize
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Slice, SummaryRequest, Where
from app.services.understand import InsightKind

_MOST = 500
_ALL_SENTENCES, _ALL_TOKENS = 50, 10_000
_SHORT_TERM = 30
_THEMES = (InsightKind.THEME, InsightKind.GROWING)


async def summarize(call: Call[Summarize, Nothing]) -> Reply:
    asked = call.body
    scope = await scope_of(call, end_user=asked.end_user_id)
    ids = [id_ for id_ in await memory_ids(call, list(dict.fromkeys(asked.memory_ids))[:_MOST]) if id_]
    memories = [memory for memory in await call.services.explore.by_ids(scope.principal, ids=ids) if memory]
    if not memories:
        raise NotFound
    request = SummaryRequest(ids=tuple(memory.id for memory in memories))
    if asked.lossless:
        request = replace(request, max_sentences=_ALL_SENTENCES, max_tokens=_ALL_TOKENS)
    try:
        summary = await call.services.summarize.summarize(scope.principal, request=request)
    except Invalid as wrong:
        if [error.code for error in wrong.fields] == ["blank"]:
            return Reply(200, skipped("no_high_value_content"))
        raise
    if summary.memory is None:
        raise NotFound
    (told,) = await bodies(call, scope, [summary.memory])
    numbers = (await call.services.numbers.of(call.principal, memories=memories)).memories
    quoted = _known((sentence.memory for sentence in summary.sentences), numbers)
    return Reply(200, {**told, "metadata": {**told["metadata"], "source_memory_ids": quoted}})


async def clusters(call: Call[Nothing, ClusterQuery]) -> Reply:
    scope = await scope_of(call)
    found = await call.services.clusters.page(
        scope.principal, project=scope.project, user=scope.owner, page=Slice(first=call.query.limit)
    )
    told: list[Mapping[str, Any]] = []
    placed = 0
    for item in found.items:
        where = Where(project=scope.project, clusters=(item.node.id,))
        members = await call.services.explore.counted(scope.principal, where=where, limit=_MOST)
        numbers = (await call.services.numbers.of(call.principal, memories=members.items)).memories
        placed += members.total
        told.append(
            {
                "id": item.node.id,
                "label": item.node.name,
                "size": members.total,
                "memory_ids": [numbers[memory.id] for memory in members.items if memory.id in numbers],
                "keywords": item.node.keywords,
                "cohesion": round(item.node.cohesion, 4),
                "updated_at": micros_offset(item.node.updated_at),
            }
        )
    total = await call.services.explore.count_memories(scope.principal, where=Where(project=scope.project))
    return Reply(200, {"clusters": told, "total": len(told), "unclustered": max(0, total - placed)})


async def intelligence(call: Call[Nothing, IntelligenceQuery]) -> Reply:
    """Of the end user, of the project or of every project; never more than is asked for."""
    if call.query.scope == "user":
        scope = await scope_of(call)
        return await _report(
            call, scope.principal, project=scope.project, user=scope.user, where=Where(project=scope.project)
        )
    if call.principal.end_user is not None:
        raise Wrong(403, "FORBIDDEN", "This key is of one end user")
    project = await project_asked(call)
    return await _report(call, call.principal, project=project, user=None, where=Where(project=project))


async def _report(
    call: Call[Nothing, IntelligenceQuery], principal: Principal, *, project: str | None, user: str | None, where: Where
) -> Reply:
    limit = call.query.limit
    found = await call.services.understand.intelligence(principal, project=project, user=user)
    newest = await call.services.explore.counted(principal, where=where, limit=_MOST)
    numbers = (await call.services.numbers.of(call.principal, memories=newest.items)).memories
    since = call.services.now() - timedelta(days=_SHORT_TERM)
    recent = {memory.id for memory in newest.items if memory.created_at >= since and not is_summary(memory)}
    themes = [_theme(one.label, one.weight, one.memories, numbers) for one in found.insights if one.kind in _THEMES]
    short = [one for one in found.insights if one.kind in _THEMES and recent & set(one.memories)]
    patterns: list[Pattern] = [
        {"description": one.why or one.label, "support": len(one.memories), "memory_ids": _known(one.memories, numbers)}
        for one in found.insights
        if one.kind not in _THEMES
    ]
    return Reply(
        200,
        {
            "scope": call.query.scope,
            "generated_at": micros_offset(found.at),
            "total_memories": newest.total,
            "themes": themes[:limit],
            "entities": (await _entities(call, principal, list(numbers), numbers))[:limit],
            "patterns": patterns[:limit],
            "horizons": {
                "short_term": {
                    "window_days": _SHORT_TERM,
                    "memory_count": len(recent),
                    "themes": [one.label for one in short][:limit],
                },
                "long_term": {"memory_count": newest.total, "themes": [theme["label"] for theme in themes][:limit]},
            },
        },
    )


async def _entities(
    call: Call[Any, Any], principal: Principal, ids: Sequence[MemoryId], numbers: Mapping[MemoryId, int]
) -> list[EntityView]:
    """The ones named most come first."""
    seen = await call.services.explore.surroundings(principal, ids=ids)
    named = Counter(mention.entity for mention in seen.mentions)
    entities: list[EntityView] = [
        {
            "name": entity.name,
            "type": entity.type.lower(),
            "mentions": named[entity.id],
            "memory_ids": _known((m.memory for m in seen.mentions if m.entity == entity.id), numbers),
        }
        for entity in seen.entities
    ]
    return sorted(entities, key=lambda entity: (-entity["mentions"], entity["name"]))


def _theme(label: str, weight: float, memories: Iterable[MemoryId], numbers: Mapping[MemoryId, int]) -> Theme:
    return {"label": label, "weight": round(weight, 4), "memory_ids": _known(memories, numbers)}


def _known(memories: Iterable[MemoryId], numbers: Mapping[MemoryId, int]) -> list[int]:
    return [numbers[id_] for id_ in dict.fromkeys(memories) if id_ in numbers]
