"""Summaries: what many memories say in a few of their own sentences, each with where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryOrder, Window
from app.domain.work import EventKind
from app.ports.models import Embedding, TokenCounter
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, Store
from app.services.changes import memory_event
from app.services.inputs import SummaryRequest
from app.services.references import filter_of
from app.services.vectors import Vectors
from app.understanding.summary import Sentence, bags_of, picked, sentences_of

MAX_MEMORIES = 500
MAX_SENTENCES = 50
MAX_TOKENS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySentence:
    """A sentence as it was written, and the memory that it stands in."""

    text: str
    memory: MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """`read` memories in a few sentences. `memory` is the summary as it was stored; None for a trial."""

    text: str
    sentences: tuple[SummarySentence, ...]
    read: int
    memory: Memory | None


class Summarize:
    def __init__(self, *, store: Store, vectors: Vectors, tokens: TokenCounter, clock: Clock, ids: IdFactory) -> None:
        self._store, self._vectors, self._tokens = store, vectors, tokens
        self._clock, self._ids = clock, ids

    async def preview(self, principal: Principal, *, request: SummaryRequest) -> Summary:
        """The summary that `summarize` would store."""
        require(principal, Permission.MEMORY_READ)
        return (await self._summed_up(principal, request))[0]

    async def summarize(self, principal: Principal, *, request: SummaryRequest) -> Summary:
        """Stores the summary as a memory of type summary, linked with each memory that it quotes.

        Raises Invalid where there is nothing to sum up, or where it is about more than one user or project.
        """
        require(principal, Permission.MEMORY_WRITE)
        summary, memories = await self._summed_up(principal, request)
        memory = self._memory(summary, memories)
        vectors = await self._vectors.of([memory.text])
        now = memory.created_at
        async with self._store.write(principal) as uow:
            await uow.memories.put_many([memory])
            if vectors:
                await uow.memories.embed_many({memory.id: vectors[0]})
            quoted = dict.fromkeys(sentence.memory for sentence in summary.sentences)
            await uow.memories.link_many(
                [
                    MemoryLink(source=memory.id, target=id_, type=LinkType.SUMMARY_OF, confidence=1.0, created_at=now)
                    for id_ in quoted
                ]
            )
            uow.emit(memory_event(EventKind.MEMORY_CREATED, memory))
        return Summary(text=summary.text, sentences=summary.sentences, read=summary.read, memory=memory)

    async def _summed_up(self, principal: Principal, request: SummaryRequest) -> tuple[Summary, list[Memory]]:
        _check(request)
        async with self._store.read(principal) as reader:
            memories = await _memories(reader, principal, request)
        sentences = sentences_of([(memory.id, memory.text) for memory in memories])
        if not sentences:
            raise errors.invalid("ids" if request.ids else "filter", "finds nothing that could be summed up", "blank")
        vectors = _table(await self._vectors.of([sentence.text for sentence in sentences]), sentences)
        chosen = picked(
            sentences, vectors, most=request.max_sentences, budget=request.max_tokens, tokens=self._tokens.count
        )
        if not chosen:
            raise errors.invalid("max_tokens", "is too small for a single sentence", "out_of_range")
        told = tuple(SummarySentence(text=sentence.text, memory=sentence.memory) for sentence in chosen)
        text = " ".join(_ended(sentence.text) for sentence in told)
        return Summary(text=text, sentences=told, read=len(memories), memory=None), memories

    def _memory(self, summary: Summary, memories: Sequence[Memory]) -> Memory:
        now = self._clock.now()
        projects = {memory.project for memory in memories}
        users = {memory.user for memory in memories if memory.user}
        if len(projects) > 1 or len(users) > 1:
            what = "project" if len(projects) > 1 else "user"
            raise errors.invalid("filter", f"is about more than one {what}: a summary has one", "ambiguous")
        return Memory(
            id=MemoryId(self._ids.new("memory")),
            project=memories[0].project,
            user=next(iter(users), None),
            text=summary.text,
            type="summary",
            importance=max(memory.importance for memory in memories),
            metadata={"sourceMemoryIds": list(dict.fromkeys(sentence.memory for sentence in summary.sentences))},
            created_at=now,
            updated_at=now,
        )


def _check(request: SummaryRequest) -> None:
    if bool(request.ids) == (request.where is not None):
        raise errors.invalid("ids", "give exactly one of ids and filter", "required")
    limits = (
        ("ids", len(request.ids), 0, MAX_MEMORIES),
        ("max_sentences", request.max_sentences, 1, MAX_SENTENCES),
        ("max_tokens", request.max_tokens, 1, MAX_TOKENS),
    )
    for field, value, least, most in limits:
        if not least <= value <= most:
            raise errors.invalid(field, f"must be between {least} and {most:,}", "out_of_range")


async def _memories(reader: Reader, principal: Principal, request: SummaryRequest) -> list[Memory]:
    """In the order of time. Those of a filter are the newest, without summaries."""
    if request.where is None:
        found = await reader.memories.get_many(list(dict.fromkeys(request.ids)))
        for id_, memory in zip(dict.fromkeys(request.ids), found, strict=True):
            if memory is None or memory.deleted_at is not None:
                raise errors.NotFound(f"there is no memory {id_}")
        memories = [memory for memory in found if memory is not None]
    else:
        where = await filter_of(reader, principal, request.where)
        window = Window(limit=MAX_MEMORIES)
        page = await reader.memories.page(window, where=where, order=MemoryOrder.CREATED_AT, descending=True)
        memories = [row.item for row in page.rows if row.item.type != "summary" and row.item.skip_reason is None]
    return sorted(memories, key=lambda memory: (memory.occurred_at or memory.created_at, memory.id))


def _table(embeddings: Sequence[Embedding] | None, sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    if embeddings is None:
        return bags_of(sentences)
    return np.stack([embedding.vector for embedding in embeddings])


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?…" else f"{sentence}."
