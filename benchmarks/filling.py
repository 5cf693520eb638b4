"""A store with many memories, written through its own port before a server opens it.

The vectors are random ones: what a search costs does not depend on what they mean.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

import numpy as np

from app.adapters.runtime import OrderedIds, SystemClock
from app.bootstrap import Application, build
from app.domain.graph import Entity, EntityType, Mention, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.people import User
from app.logs import configure_logs
from app.ports.models import Embedding, Vector
from app.ports.store import UnitOfWork
from app.services.inputs import NewKey
from app.settings import Settings
from benchmarks import texts

_TOGETHER: Final = 500
_TOKEN_WIDTH: Final = 64
TYPES: Final = ("fact", "preference", "event", "task", "opinion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """`users` times `each` memories; the number of the first user, where a store grows."""

    users: int
    each: int
    first: int = 0


def user_name(number: int) -> str:
    return f"user-{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An API key for the store, and how many seconds writing took, and indexing after that."""

    key: str
    writing: float
    indexing: float


def fill(settings: Settings, filling: Filling) -> Filled:
    """Writes the memories; on the servers, until the index has them all."""
    configure_logs(level="warning", format="auto")
    return asyncio.run(_fill(settings, filling))


async def _fill(settings: Settings, filling: Filling) -> Filled:
    async with writing(settings, seed=5 + filling.first) as (writer, application):
        began = time.perf_counter()
        for number in range(filling.first, filling.first + filling.users):
            await writer.write_user(number, filling.each)
        written = time.perf_counter()
        if application.indexing is not None:
            await application.indexing.indexer.drain()
        indexed = time.perf_counter()
        key = await admin_key(application)
        return Filled(key=key, writing=written - began, indexing=indexed - written)


@asynccontextmanager
async def writing(settings: Settings, *, seed: int = 5) -> AsyncIterator[tuple["Writing", Application]]:
    async with build(settings) as application:
        async with application.services.store.read(application.operator) as reader:
            project = await reader.projects.by_slug("default")
        assert project is not None
        yield Writing(application, project.id, seed=seed), application


async def admin_key(application: Application) -> str:
    made = NewKey(name="benchmark", scopes=("admin",))
    return (await application.services.accounts.create_key(application.operator, key=made)).secret


class Writing:
    """Writes through the store's port, in units of work of some hundreds of memories."""

    def __init__(self, application: Application, project: ProjectId, *, seed: int) -> None:
        self._store, self._operator, self.project = application.services.store, application.operator, project
        self._model, self._dimension = application.embedder.model, application.embedder.dimension
        self._clock = SystemClock()
        self._ids = OrderedIds(self._clock)
        self._chance = random.Random(seed)
        self._rng = np.random.default_rng(seed)
        self._texts = texts.sentences(seed)

    def unit(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._store.write(self._operator)

    def new_id(self, noun: str) -> str:
        return self._ids.new(noun)

    async def write_user(self, number: int, count: int) -> None:
        """A user with memories, and an entity for each person and place that they name."""
        now = self._clock.now()
        id_ = UserId(self._ids.new("user"))
        user = User(id=id_, project=self.project, external_id=user_name(number), name=None, created_at=now)
        people = {name: self.entity(id_, name, EntityType.PERSON) for name in texts.PEOPLE}
        places = {name: self.entity(id_, name, EntityType.PLACE) for name in texts.PLACES}
        known = people | places
        async with self.unit() as uow:
            await uow.users.put(user)
            await uow.entities.put_many(list(known.values()))
        for start in range(0, count, _TOGETHER):
            memories = [self._memory(user.id, text) for text in islice(self._texts, min(_TOGETHER, count - start))]
            async with self.unit() as uow:
                await self._write(uow, memories, known)

    async def _write(self, uow: UnitOfWork, memories: Sequence[Memory], known: dict[str, Entity]) -> None:
        await uow.memories.put_many(memories)
        embeddings = {memory.id: self._embedding(len(memory.text.split())) for memory in memories}
        await uow.memories.embed_many(embeddings)
        await uow.memories.mention_many({memory.id: _mentions(memory, known) for memory in memories})

    def _embedding(self, words: int) -> Embedding:
        """Of a text of so many words; with the two marks that enclose it, and a token for each."""
        vector = self._unit_vectors(1, self._dimension)[0]
        tokens = np.round(self._unit_vectors(words + 2, _TOKEN_WIDTH) * 127).astype(np.int8)
        return Embedding(self._model, vector, tokens)

    def _unit_vectors(self, count: int, width: int) -> Vector:
        vectors = self._rng.standard_normal((count, width), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def entity(self, user: UserId | None, name: str, kind: EntityType) -> Entity:
        now = self._clock.now()
        return Entity(
            id=EntityId(self._ids.new("entity")),
            project=self.project,
            user=user,
            name=name,
            type=kind,
            created_at=now,
            updated_at=now,
        )

    def _memory(self, user: UserId, text: str) -> Memory:
        now = self._clock.now()
        return Memory(
            id=MemoryId(self._ids.new("memory")),
            project=self.project,
            user=user,
            text=text,
            type=self._chance.choice(TYPES),
            importance=self._chance.randrange(1, 10) / 10,
            occurred_at=now - timedelta(minutes=self._chance.randrange(1_000_000)),
            created_at=now,
            updated_at=now,
        )


def _mentions(memory: Memory, known: dict[str, Entity]) -> list[Mention]:
    """The names stand in the sentence as words of their own."""
    words = memory.text.rstrip(".").split(" ")
    return [
        Mention(
            memory=memory.id,
            entity=known[word].id,
            salience=0.5,
            spans=(Span(memory.text.find(word), memory.text.find(word) + len(word)),),
        )
        for word in dict.fromkeys(words)
        if word in known
    ]
