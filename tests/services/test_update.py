"""An update that meets another one: who expects a version is told, who expects none goes on top."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

import pytest

from app.domain import errors
from app.domain.memory import Memory
from app.ports.models import Embedding, Passage
from app.services.inputs import MemoryPatch, NewMemory
from app.services.remember import Remember
from app.services.vectors import Vectors
from tests.builders import an_embedding
from tests.services.conftest import Bench


class Interrupting:
    """An embedder during whose work something else happens."""

    model, dimension = "small", 3

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [an_embedding() for _ in texts]

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        if self.meanwhile is not None:
            await self.meanwhile()
        return [an_embedding() for _ in passages]

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        return an_embedding()


@pytest.fixture
def embedder() -> Interrupting:
    return Interrupting()


@pytest.fixture
def remember(bench: Bench, embedder: Interrupting) -> Remember:
    return Remember(store=bench.store, vectors=Vectors(embedder), clock=bench.clock, ids=bench.ids)


async def a_note(remember: Remember, bench: Bench) -> Memory:
    (note,) = (await remember.add(bench.operator, memory=NewMemory(text="Tea is in the pot."))).memories
    return note


def tagging(bench: Bench, note: Memory, *, times: int) -> Callable[[], Awaitable[None]]:
    """So many times another writer is faster, with a tag more."""
    left = list(range(times))

    async def tag() -> None:
        if left:
            number = left.pop()
            async with bench.store.write(bench.operator) as uow:
                current = (await uow.memories.get_many([note.id]))[0]
                assert current
                tags = (*current.tags, f"t{number}")
                await uow.memories.put_many([replace(current, tags=tags, version=current.version + 1)])

    return tag


async def test_what_was_written_meanwhile_stays(bench: Bench, remember: Remember, embedder: Interrupting) -> None:
    note = await a_note(remember, bench)
    embedder.meanwhile = tagging(bench, note, times=2)
    changed = await remember.update(bench.operator, memory=note.id, patch=MemoryPatch(text="Tea is in the cup."))
    assert (changed.text, changed.tags, changed.version) == ("Tea is in the cup.", ("t1", "t0"), note.version + 3)


async def test_who_expects_a_version_is_told(bench: Bench, remember: Remember, embedder: Interrupting) -> None:
    note = await a_note(remember, bench)
    embedder.meanwhile = tagging(bench, note, times=1)
    with pytest.raises(errors.Conflict):
        await remember.update(
            bench.operator, memory=note.id, patch=MemoryPatch(text="In the cup."), expected_version=note.version
        )


async def test_others_who_never_stop_win_in_the_end(bench: Bench, remember: Remember, embedder: Interrupting) -> None:
    note = await a_note(remember, bench)
    embedder.meanwhile = tagging(bench, note, times=99)
    with pytest.raises(errors.Conflict):
        await remember.update(bench.operator, memory=note.id, patch=MemoryPatch(text="In the cup."))
