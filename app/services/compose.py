"""Compose: ranked memories in a template, within a token budget that is never exceeded."""

import asyncio
from collections.abc import Sequence

from app.domain import errors
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.text import unstorable
from app.ports.models import TokenCounter
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.inputs import Grouping, PromptFormat, PromptRequest, Question, Slice
from app.services.prompts import Entry, Layout, layout_of, line_of
from app.services.recall import Recall
from app.services.results import Citation, Hit, Prompt

MAX_BUDGET = 200_000
MAX_MEMORIES = 100
MAX_TEMPLATE = 20_000


class Compose:
    def __init__(self, *, recall: Recall, store: Store, tokens: TokenCounter, clock: Clock) -> None:
        self._recall, self._store, self._tokens, self._clock = recall, store, tokens, clock

    async def prompt(self, principal: Principal, *, request: PromptRequest) -> Prompt:
        """Raises Invalid when the template alone takes more than the budget."""
        _check(request)
        question = Question(query=request.query, where=request.where, slice=Slice(first=request.limit))
        found = await self._recall.search(principal, question=question)
        hits = [item.node for item in found.hits.items]
        groups = await self._groups(principal, hits, request.grouping)
        layout = layout_of(request, self._clock.now())
        chosen = await asyncio.to_thread(self._fit, layout, hits, groups, request.budget)
        text, messages = layout.render(chosen)
        return Prompt(
            text=text,
            messages=messages,
            tokens=self._cost(layout, chosen),
            budget=request.budget,
            citations=tuple(Citation(marker=e.marker, memory=e.hit.memory, score=e.hit.score) for e in chosen),
            omitted=len(hits) - len(chosen),
        )

    def _fit(self, layout: Layout, hits: Sequence[Hit], groups: Sequence[str], budget: int) -> list[Entry]:
        """As many of the best as fit: each is tried in turn, one that is too long makes room for shorter ones.

        Lines are counted one by one first; the whole is counted at the end and decides.
        """
        spent = self._cost(layout, [])
        if spent > budget:
            raise errors.invalid("budget", f"the prompt without any memory takes {spent} tokens", "too_small")
        chosen: list[Entry] = []
        for hit, group in zip(hits, groups, strict=True):
            entry = Entry(marker=f"[{len(chosen) + 1}]", hit=hit, group=group)
            cost = self._tokens.count(f"{line_of(entry)}\n")
            if spent + cost <= budget:
                chosen.append(entry)
                spent += cost
        while self._cost(layout, chosen) > budget:
            chosen.pop()
        return chosen

    def _cost(self, layout: Layout, entries: Sequence[Entry]) -> int:
        text, messages = layout.render(entries)
        if not messages:
            return self._tokens.count(text)
        return sum(layout.frame + self._tokens.count(message.content) for message in messages)

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
