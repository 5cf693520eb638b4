"""What add, get, search and list of each dialect ask of the services, and nothing else: no keys, no shapes, no words."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from app.domain.ids import MemoryId
from app.domain.keys import Dialect
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.services.bundle import Services
from app.services.inputs import (
    Mode,
    NewConversation,
    NewMemory,
    NewMessage,
    NewValue,
    Question,
    Repeats,
    Slice,
    Where,
)
from app.services.references import EVERY_PROJECT

ADA: Final = "ada"
PROJECT: Final = "bench"
SIZE: Final = 10
LISTED: Final = 100


class Calls(Protocol):
    """`id` is ours, or a number where the dialect has numbers."""

    def __init__(self, services: Services, principal: Principal) -> None: ...

    async def add(self, text: str) -> Sequence[Memory]: ...

    async def get(self, id: str) -> Sequence[Memory]: ...

    async def search(self, query: str) -> Sequence[Memory]: ...

    async def listed(self) -> Sequence[Memory]: ...


class _Calls:
    def __init__(self, services: Services, principal: Principal) -> None:
        self._services, self._principal = services, principal
        self._explore, self._recall, self._remember = services.explore, services.recall, services.remember


class _Buildd(_Calls):
    async def add(self, text: str) -> Sequence[Memory]:
        memory = NewMemory(text=text, title="Note", type="discovery", mode=Mode.VERBATIM, repeats=Repeats.KEEP)
        return (await self._remember.add(self._principal, memory=memory)).memories

    async def get(self, id: str) -> Sequence[Memory]:
        found = await self._explore.by_ids(self._principal, ids=[MemoryId(id)])
        return [memory for memory in found if memory]

    async def search(self, query: str) -> Sequence[Memory]:
        where = Where(project=EVERY_PROJECT, contains=query)
        return (await self._explore.counted(self._principal, where=where, limit=SIZE)).items

    async def listed(self) -> Sequence[Memory]:
        where = Where(project=EVERY_PROJECT)
        return (await self._explore.counted(self._principal, where=where, limit=LISTED)).items


class _Memsolus(_Calls):
    async def add(self, text: str) -> Sequence[Memory]:
        memory = NewMemory(text=text, mode=Mode.VERBATIM, repeats=Repeats.REFUSE)
        stored = await self._remember.add(self._principal, memory=memory)
        told = await self._explore.labelled(self._principal, memories=stored.memories)
        return [each.memory for each in told]

    async def get(self, id: str) -> Sequence[Memory]:
        return [(await self._recall.opened(self._principal, memory=MemoryId(id))).told.memory]

    async def search(self, query: str) -> Sequence[Memory]:
        hits = await self._recall.counted(self._principal, question=Question(query=query), limit=SIZE)
        told = await self._explore.labelled(self._principal, memories=[hit.memory for hit in hits.items])
        return [each.memory for each in told]

    async def listed(self) -> Sequence[Memory]:
        found = await self._explore.listed(self._principal, where=Where(), limit=LISTED)
        return [each.memory for each in found.items]


class _MemorySync(_Calls):
    async def add(self, text: str) -> Sequence[Memory]:
        scope = await self._services.scopes.of(self._principal, project=None, user=ADA)
        await self._services.sift.talk([text])
        memory = NewMemory(
            text=text, project=scope.project.id, user=ADA, mode=Mode.VERBATIM, repeats=Repeats.KEEP, metadata={}
        )
        stored = await self._remember.add(self._principal, memory=memory)
        told = await self._explore.labelled(self._principal, memories=stored.memories)
        return [each.memory for each in told]

    async def get(self, id: str) -> Sequence[Memory]:
        _, told = await self._services.scopes.numbered(self._principal, project=None, user=ADA, number=int(id))
        return [told.memory] if told else []

    async def search(self, query: str) -> Sequence[Memory]:
        scope = await self._services.scopes.of(self._principal, project=None, user=ADA)
        question = Question(query=query, where=Where(project=scope.project.id), slice=Slice(first=SIZE))
        found = await self._recall.search(scope.principal, question=question)
        memories = [item.node.memory for item in found.hits.items]
        return [each.memory for each in await self._explore.labelled(self._principal, memories=memories)]

    async def listed(self) -> Sequence[Memory]:
        scope = await self._services.scopes.of(self._principal, project=None, user=ADA)
        found = await self._explore.listed(scope.principal, where=Where(project=scope.project.id), limit=LISTED)
        return [each.memory for each in found.items]


class _Memstate(_Calls):
    """A text stands at a keypath of its own."""

    async def add(self, text: str) -> Sequence[Memory]:
        project = await self._services.projects.used(self._principal, slug=PROJECT)
        value = NewValue(keypath=keypath_of(text), value=text, project=project.id, categories=("note",))
        return [(await self._services.keypaths.store(self._principal, value=value)).memory]

    async def get(self, id: str) -> Sequence[Memory]:
        found = await self._services.chronicle.editions(self._principal, numbers=[(MemoryId(id), 1)])
        return [edition.version.memory for edition in found if edition]

    async def search(self, query: str) -> Sequence[Memory]:
        project = await self._explore.project(self._principal, ref=PROJECT)
        where = Where(project=project.id if project else None)
        question = Question(query=query, where=where, slice=Slice(first=SIZE))
        found = await self._recall.search(self._principal, question=question)
        memories = [item.node.memory for item in found.hits.items]
        await self._explore.projects_by_ids(self._principal, ids=[memory.project for memory in memories[:1]])
        return memories

    async def listed(self) -> Sequence[Memory]:
        project = await self._explore.project(self._principal, ref=PROJECT)
        below = await self._services.trees.below(
            self._principal, project=project.id if project else EVERY_PROJECT, limit=LISTED
        )
        numbers = [(memory.id, memory.version) for memory in below.items]
        found = await self._services.chronicle.editions(self._principal, numbers=numbers)
        return [edition.version.memory for edition in found if edition]


class _MemSync(_Calls):
    async def add(self, text: str) -> Sequence[Memory]:
        conversation = NewConversation(messages=(NewMessage(text=text, role="user"),))
        said = await self._services.distil.statements(self._principal, conversation=conversation)
        memories = [
            NewMemory(text=each.text, user=ADA, kind=each.kind, mode=Mode.VERBATIM, repeats=Repeats.MERGE)
            for each in said
        ]
        return (await self._remember.add_many(self._principal, memories=memories)).memories if memories else ()

    async def get(self, id: str) -> Sequence[Memory]:
        return [told.memory for told in await self._explore.known(self._principal, ids=[MemoryId(id)]) if told]

    async def search(self, query: str) -> Sequence[Memory]:
        question = Question(query=query, where=Where(users=(ADA,)), slice=Slice(first=SIZE))
        found = await self._recall.search(self._principal, question=question)
        memories = [item.node.memory for item in found.hits.items]
        return [each.memory for each in await self._explore.labelled(self._principal, memories=memories)]

    async def listed(self) -> Sequence[Memory]:
        found = await self._explore.listed(self._principal, where=Where(users=(ADA,)), limit=LISTED)
        return [each.memory for each in found.items]


CALLS: Final[Mapping[Dialect, type[Calls]]] = {
    Dialect.BUILDD: _Buildd,
    Dialect.MEMSOLUS: _Memsolus,
    Dialect.MEMORYSYNC: _MemorySync,
    Dialect.MEMSTATE: _Memstate,
    Dialect.MEMSYNC: _MemSync,
}


def keypath_of(text: str) -> str:
    """Where a text stands, for those that keep values at keypaths."""
    return f"notes.n{hashlib.sha256(text.encode()).hexdigest()[:16]}"
