"""Compose: ranked memories in a template, within a token budget that is never exceeded."""

import asyncio
from collections.abc import Sequence

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import LinkType, Memory
from app.domain.principal import Principal
from app.domain.text import unstorable
from app.ports.models import TokenCounter
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.fitting import cost, fit
from app.services.inputs import Grouping, PromptFormat, PromptRequest, Question, Slice
from app.services.prompts import layout_of
from app.services.recall import Recall
from app.services.results import Citation, Hit, Prompt

MAX_BUDGET = 200_000
MAX_MEMORIES = 100
MAX_TEMPLATE = 20_000
_KIN = (LinkType.DERIVED_FROM, LinkType.DETAIL_OF)
FAR = 0.25
"""The part of the best score below which a memory does not help a prompt."""


class Compose:
    def __init__(self, *, recall: Recall, store: Store, tokens: TokenCounter, clock: Clock) -> None:
        self._recall, self._store, self._tokens, self._clock = recall, store, tokens, clock

    async def prompt(self, principal: Principal, *, request: PromptRequest) -> Prompt:
        """Raises Invalid when the template alone takes more than the budget."""
        _check(request)
        question = Question(query=request.query, where=request.where, slice=Slice(first=request.limit))
        found = await self._recall.search(principal, question=question)
        hits = await self._distinct(principal, _telling([item.node for item in found.hits.items]))
        groups = await self._groups(principal, hits, request.grouping)
        layout = layout_of(request, self._clock.now())
        chosen = await asyncio.to_thread(fit, layout, hits, groups, budget=request.budget, tokens=self._tokens)
        text, messages = layout.render(chosen)
        return Prompt(
            text=text,
            messages=messages,
            tokens=cost(layout, chosen, self._tokens),
            budget=request.budget,
            citations=tuple(Citation(marker=e.marker, memory=e.hit.memory, score=e.hit.score) for e in chosen),
            omitted=len(hits) - len(chosen),
        )

    async def _distinct(self, principal: Principal, hits: Sequence[Hit]) -> list[Hit]:
        """Of a text and the facts derived from it, whichever ranks first."""
        async with self._store.read(principal) as reader:
            links = await reader.memories.links([hit.memory.id for hit in hits])
        kept: dict[MemoryId, Hit] = {}
        for hit, edges in zip(hits, links, strict=True):
            kin = {end for e in edges if e.type in _KIN for end in (e.source, e.target)} - {hit.memory.id}
            if not kin & kept.keys():
                kept[hit.memory.id] = hit
        return list(kept.values())

    async def _groups(self, principal: Principal, hits: Sequence[Hit], grouping: Grouping) -> list[str]:
        memories = [hit.memory for hit in hits]
        match grouping:
            case Grouping.NONE:
                return [""] * len(hits)
            case Grouping.TYPE:
                return [(memory.type or "other").capitalize() for memory in memories]
            case Grouping.DAY:
                return [(memory.occurred_at or memory.created_at).date().isoformat() for memory in memories]
            case Grouping.SESSION:
                return await self._session_names(principal, memories)
            case Grouping.ENTITY:
                return await self._entity_names(principal, memories)

    async def _session_names(self, principal: Principal, memories: Sequence[Memory]) -> list[str]:
        ids = list(dict.fromkeys(memory.session for memory in memories if memory.session))
        async with self._store.read(principal) as reader:
            sessions = await reader.sessions.get_many(ids)
        names = {session.id: f"Session {session.external_id}" for session in sessions if session}
        return [names.get(memory.session, "Other") if memory.session else "Other" for memory in memories]

    async def _entity_names(self, principal: Principal, memories: Sequence[Memory]) -> list[str]:
        async with self._store.read(principal) as reader:
            mentions = await reader.memories.mentions([memory.id for memory in memories])
            first = [found[0].entity if found else None for found in mentions]
            ids = list(dict.fromkeys(id_ for id_ in first if id_))
            entities = await reader.entities.get_many(ids)
        names = {entity.id: entity.name for entity in entities if entity}
        return [names.get(id_, "Other") if id_ else "Other" for id_ in first]


def _telling(hits: Sequence[Hit]) -> list[Hit]:
    """Without greetings and the like, and without what is far from the best."""
    best = max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.memory.skip_reason is None and hit.score >= best * FAR]


def _check(request: PromptRequest) -> None:
    if not 1 <= request.budget <= MAX_BUDGET:
        raise errors.invalid("budget", f"must be between 1 and {MAX_BUDGET:,} tokens", "out_of_range")
    if not 1 <= request.limit <= MAX_MEMORIES:
        raise errors.invalid("limit", f"must be between 1 and {MAX_MEMORIES}", "out_of_range")
    for field, text in (("template", request.template), ("instructions", request.instructions)):
        if text is None:
            continue
        if problem := unstorable(text):
            raise errors.invalid(field, problem, "malformed_text")
        if len(text) > MAX_TEMPLATE:
            raise errors.invalid(field, f"has {len(text):,} characters; the limit is {MAX_TEMPLATE:,}", "too_long")
    if request.template is not None and "{memories}" not in request.template:
        raise errors.invalid("template", "must contain {memories}", "required")
    if request.template is not None and request.format is PromptFormat.MESSAGES and "{query}" in request.template:
        raise errors.invalid("template", "must not contain {query}: it is the last message", "misplaced")
