"""A data folder with many memories, written through the store's own port before a server opens it.

The vectors are random ones: what a search costs does not depend on what they mean.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import numpy as np

from app.adapters.runtime import OrderedIds, SystemClock
from app.bootstrap import Application, build
from app.domain.graph import Entity, EntityType, Mention, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.people import User
from app.logs import configure_logs
from app.ports.models import Embedding
from app.ports.store import UnitOfWork
from app.services.inputs import NewKey
from app.settings import Settings
from benchmarks import texts

_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Filling:
    """`users` times `each` memories."""

    users: int
    each: int


def user_name(number: int) -> str:
    return f"user-{number}"


def fill(data: Path, filling: Filling) -> str:
    """Writes the memories; an API key for the folder."""
    configure_logs(level="warning", format="auto")
    return asyncio.run(_fill(data, filling))


async def _fill(data: Path, filling: Filling) -> str:
    async with build(Settings(data=data)) as application:
        services, operator = application.services, application.operator
        issued = await services.accounts.create_key(operator, key=NewKey(name="benchmark", scopes=("admin",)))
        async with services.store.read(operator) as reader:
            project = await reader.projects.by_slug("default")
        assert project is not None
        writing = _Writing(application, project.id)
        for number in range(filling.users):
            await writing.write_user(number, filling.each)
        return issued.secret


class _Writing:
    def __init__(self, application: Application, project: ProjectId) -> None:
        self._store, self._operator, self._project = application.services.store, application.operator, project
        self._model, self._dimension = application.embedder.model, application.embedder.dimension
        self._clock = SystemClock()
        self._ids = OrderedIds(self._clock)
        self._rng = np.random.default_rng(5)
        self._texts = texts.sentences(5)

    async def write_user(self, number: int, count: int) -> None:
        """A user with memories, and an entity for each person and place that they name."""
        now = self._clock.now()
        user = User(
            id=UserId(self._ids.new("user")),
            project=self._project,
            external_id=user_name(number),
            name=None,
            created_at=now,
        )
        people = {name: self._entity(user.id, name, EntityType.PERSON, now) for name in texts.PEOPLE}
        places = {name: self._entity(user.id, name, EntityType.PLACE, now) for name in texts.PLACES}
        known = people | places
        async with self._store.write(self._operator) as uow:
            await uow.users.put(user)
            await uow.entities.put_many(list(known.values()))
        for start in range(0, count, _TOGETHER):
            memories = [self._memory(user.id, text) for text in islice(self._texts, min(_TOGETHER, count - start))]
            async with self._store.write(self._operator) as uow:
                await self._write(uow, memories, known)

    async def _write(self, uow: UnitOfWork, memories: Sequence[Memory], known: dict[str, Entity]) -> None:
        await uow.memories.put_many(memories)
        vectors = self._rng.standard_normal((len(memories), self._dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        embeddings = [Embedding(self._model, vector) for vector in vectors]
        await uow.memories.embed_many({m.id: vector for m, vector in zip(memories, embeddings, strict=True)})
        for memory in memories:
            await uow.memories.mention_many({memory.id: _mentions(memory, known)})

    def _entity(self, user: UserId, name: str, kind: EntityType, now: datetime) -> Entity:
        return Entity(
            id=EntityId(self._ids.new("entity")),
            project=self._project,
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
            project=self._project,
            user=user,
            text=text,
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
