"""Finding memories, and what is made of those that were found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.domain.query import TimeRange
from app.domain.text import unstorable
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import Citation, MemoryBody
from app.rest.dialects.memorysync.memories import every
from app.rest.dialects.memorysync.rendering import (
    bodies,
    body,
    is_summary,
    label,
    memory_type,
    overlap,
    tier_of,
    tier_range,
)
from app.rest.dialects.memorysync.scope import Scope, memory_ids, scope_of
from app.rest.dialects.memorysync.shapes import Compose, Query, QueryFilters, Routed, Synthesize
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.compose import MAX_BUDGET
from app.services.inputs import EntityWhere, PromptFormat, PromptRequest, Question, Slice, Where
from app.services.intents import Intent, intent_of
from app.services.recall import MAX_QUERY
from app.services.references import NOBODY
from app.services.results import Hit, Prompt

_MOST = 100
_ROUTES = {
    Intent.FACTUAL: "canonical",
    Intent.ANALYTICAL: "structured",
    Intent.HYBRID: "hybrid",
    Intent.CONVERSATIONAL: "hybrid",
}
_PLACEHOLDER = re.compile(r"\{\{(?:memories|context)\}\}|\{(?:memories|context)\}")
_OTHERS = re.compile(r"\{(query|date)\}")
_ANSWERS = 3


def asked_text(query: str) -> str:
    """Cut, never refused for its length. Raises Wrong where nothing is asked."""
    text = query.strip()[:MAX_QUERY].strip()
    if not text or unstorable(text):
        raise Wrong(400, "VALIDATION_ERROR", "query must not be empty")
    return text


async def hits_of(
    call: Call[Any, Any], scope: Scope, query: str, filters: QueryFilters, k: int
) -> tuple[list[Hit], bool]:
    """The best `k` that fit, and whether a source of the search did not answer."""
    where = _where(filters, scope, call)
    sifted = not filters.include_summaries or filters.memory_type is not None
    question = Question(query=query, where=where, slice=Slice(first=_MOST if sifted else k))
    found = await call.services.recall.search(scope.principal, question=question)
    hits = [item.node for item in found.hits.items if _fits(item.node.memory, filters)]
    return hits[:k], bool(found.degraded)


def _where(filters: QueryFilters, scope: Scope, call: Call[Any, Any]) -> Where:
    sources = (*filters.sources, *((filters.source,) if filters.source else ()))
    wanted: dict[str, Any] = dict(filters.metadata_filter or {}) | ({"source": list(sources)} if sources else {})
    asked = TimeRange(after=filters.since, before=_just_after(filters))
    return Where(
        project=scope.project,
        tags=filters.tags,
        sessions=(filters.session_id,) if filters.session_id else (),
        metadata=wanted or None,
        recorded=overlap(asked, tier_range(filters.tier, call.services.now())),
    )


def _just_after(filters: QueryFilters) -> datetime | None:
    """`until` is inclusive."""
    if filters.until is None:
        return None
    try:
        return filters.until + timedelta(microseconds=1)
    except OverflowError:
        return None


def _fits(memory: Memory, filters: QueryFilters) -> bool:
    if not filters.include_summaries and is_summary(memory):
        return False
    return filters.memory_type is None or filters.memory_type in (memory_type(memory), memory.type)


async def scored(call: Call[Any, Any], scope: Scope, hits: Sequence[Hit]) -> list[MemoryBody]:
    told = await call.services.explore.labelled(call.principal, memories=[hit.memory for hit in hits])
    at = call.services.now()
    return [
        {**body(each, scope, at), "score": round(max(0.0, min(1.0, hit.score)), 6)}
        for hit, each in zip(hits, told, strict=True)
        if each.number
    ]


async def query(call: Call[Query, Nothing]) -> Reply:
    began, asked = perf_counter(), call.body
    text = asked_text(asked.query)
    scope = await scope_of(call, end_user=asked.end_user_id)
    hits, degraded = await hits_of(call, scope, text, asked.filters, asked.k)
    memories = await scored(call, scope, hits)
    return Reply(
        200,
        {
            "memories": memories,
            "context": None,
            "latency_ms": _since(began),
            "session_id": asked.session_id,
            "query_intent": intent_of(text),
            "sla_met": True,
            "degraded": degraded,
        },
    )


async def routed(call: Call[Routed, Nothing]) -> Reply:
    began, asked = perf_counter(), call.body
    text = asked_text(asked.query)
    scope = await scope_of(call, end_user=asked.end_user_id)
    hits, _ = await hits_of(call, scope, text, asked.filters, asked.k)
    memories = await scored(call, scope, hits)
    intent = Intent(asked.force_intent) if asked.force_intent else intent_of(text)
    named = asked.route if asked.route in _ROUTES.values() else None
    route = (named or _ROUTES[intent]) if memories else "refused"
    answer = _answer(memories, 1 if route == "canonical" else _ANSWERS)
    reasons = [f"The words ask for something {intent}.", f"{len(memories)} memories speak to it.", f"Route: {route}."]
    return Reply(
        200,
        {
            "query_id": str(uuid5(NAMESPACE_URL, call.request_id)),
            "query": text,
            "intent": intent,
            "route": route,
            "forced": bool(asked.force_intent or named),
            "refused": not memories,
            "refusal_reason": None if memories else "no_relevant_memories",
            "answer": answer or None,
            "confidence": memories[0]["score"] if memories else 0.0,
            "memories": memories,
            "sources": [{"memory_id": one["id"], "score": one["score"]} for one in memories],
            "reasoning": reasons if asked.include_reasoning else None,
            "latency_ms": _since(began),
        },
    )


def _answer(memories: Sequence[Mapping[str, Any]], most: int) -> str:
    """In the words of the memories themselves."""
    return " ".join(dict.fromkeys(memory["text"] for memory in memories[:most]))


async def synthesize(call: Call[Synthesize, Nothing]) -> Reply:
    asked = call.body
    if asked.query is None and asked.memory_ids is None and asked.max_memories is None:
        raise Invalid(FieldError("query", "give a query, memory_ids or max_memories", "required"))
    scope = await scope_of(call, end_user=asked.end_user_id)
    memories = await _material(call, scope)
    citations: list[Citation] = [
        {"memory_id": one["id"], "text": one["text"], "score": one.get("score", one["importance"])} for one in memories
    ]
    return Reply(
        200,
        {
            "query": asked.query,
            "answer": _answer(memories, len(memories)),
            "citations": citations,
            "memories_used": len(citations),
            "confidence": max((one["score"] for one in citations), default=0.0),
        },
    )


async def _material(call: Call[Synthesize, Nothing], scope: Scope) -> list[MemoryBody]:
    """The memories named, of these those that answer the query; or the best, or the newest."""
    asked, most = call.body, call.body.max_memories or 10
    if asked.query is not None:
        hits, _ = await hits_of(
            call, scope, asked_text(asked.query), QueryFilters(), _MOST if asked.memory_ids else most
        )
        told = await scored(call, scope, hits)
        return [one for one in told if asked.memory_ids is None or one["id"] in asked.memory_ids][:most]
    if asked.memory_ids is not None:
        ids = [id_ for id_ in await memory_ids(call, list(asked.memory_ids)[:_MOST]) if id_]
        memories = [one for one in await call.services.explore.by_ids(scope.principal, ids=ids) if one]
        if not memories:
            raise NotFound
    else:
        page = await call.services.explore.counted(scope.principal, where=Where(project=scope.project), limit=most)
        memories = list(page.items)
    return await bodies(call, scope, memories[:most])


async def compose(call: Call[Compose, Nothing]) -> Reply:
    asked = call.body
    scope = await scope_of(call, end_user=asked.end_user_id)
    bare = _PLACEHOLDER.sub(" ", asked.prompt_template).strip()
    template, placed = _PLACEHOLDER.subn("\x00", asked.prompt_template)
    template = _OTHERS.sub("{\u200b\\1}", template).replace("\x00", "{memories}")
    request = PromptRequest(
        query=asked_text(bare or "memories"),
        budget=asked.max_tokens,
        where=Where(project=scope.project),
        format=PromptFormat.TEXT,
        template=template if placed else f"{template}\n\n{{memories}}",
        limit=asked.recall_k,
    )
    prompt, cut = await _fitting(call, scope, request)
    return Reply(
        200,
        {
            "composed_prompt": prompt.text.replace("{\u200b", "{"),
            "memories_used": len(prompt.citations),
            "token_count": prompt.tokens,
            "truncated": cut or prompt.omitted > 0,
        },
    )


async def _fitting(call: Call[Compose, Nothing], scope: Scope, request: PromptRequest) -> tuple[Prompt, bool]:
    """The prompt; where the template alone is too long, the template alone."""
    try:
        return await call.services.compose.prompt(scope.principal, request=request), False
    except Invalid as wrong:
        if [error.field for error in wrong.fields] != ["budget"]:
            raise
    bare = replace(request, budget=MAX_BUDGET, where=Where(project=scope.project, ids=(MemoryId(NOBODY),)))
    return await call.services.compose.prompt(scope.principal, request=bare), True


async def stats(call: Call[Nothing, Nothing]) -> Reply:
    scope = await scope_of(call)
    at = call.services.now()
    memories = await every(call, scope, Where(project=scope.project))
    links = 0
    for start in range(0, len(memories), 500):
        ids = [memory.id for memory in memories[start : start + 500]]
        links += len((await call.services.explore.surroundings(scope.principal, ids=ids)).links)
    return Reply(
        200,
        {
            "total_memories": len(memories),
            "by_type": _counted(memory_type(memory) for memory in memories),
            "by_tier": _counted(tier_of(memory, at) for memory in memories),
            "by_source": _counted(label(memory, "source") or "unknown" for memory in memories),
            "entities": await _entities(call, scope),
            "relations": links,
            "last_updated": micros_offset(max(m.updated_at for m in memories)) if memories else None,
        },
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


async def _entities(call: Call[Any, Any], scope: Scope) -> int:
    number, after = 0, None
    while True:
        where = EntityWhere(project=scope.project)
        page = await call.services.explore.entities(scope.principal, where=where, page=Slice(first=100, after=after))
        number += len(page.items)
        if not page.has_next:
            return number
        after = page.items[-1].cursor


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1_000, 3)
