"""Texts that a project refuses to store twice, and edits that are read again."""

from dataclasses import replace

import pytest

from app.domain import errors
from app.domain.memory import Memory, Status
from app.domain.query import Window
from app.services.inputs import MemoryPatch, Mode, NewMemory, Repeats, Rereading
from app.services.remember import Remember
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords
from tests.services.conftest import Bench

ALL = Window(limit=9)


def done(memory: Memory) -> Memory:
    return replace(memory, status=Status.COMPLETED, version=memory.version + 1)


@pytest.fixture
def remember(bench: Bench) -> Remember:
    return Remember(store=bench.store, vectors=Vectors(BagOfWords()), clock=bench.clock, ids=bench.ids)


def tea(user: str | None = None, text: str = "Likes tea.") -> NewMemory:
    return NewMemory(text=text, user=user, mode=Mode.VERBATIM, repeats=Repeats.REFUSE)


async def test_the_same_text_is_refused_whoever_it_is_about(bench: Bench, remember: Remember) -> None:
    await remember.add(bench.operator, memory=tea("ada"))
    for user in ("ada", "ben", None):
        with pytest.raises(errors.Conflict):
            await remember.add(bench.operator, memory=tea(user, "  Likes tea. "))
    other = await remember.add(bench.operator, memory=tea("ada", "likes tea"))
    assert other.created == (True,)


async def test_of_many_none_is_stored_when_one_is_refused(bench: Bench, remember: Remember) -> None:
    await remember.add(bench.operator, memory=tea())
    with pytest.raises(errors.Conflict):
        await remember.add_many(bench.operator, memories=[tea(text="Likes rain."), tea("ada")])
    assert (await remember.add(bench.operator, memory=tea(text="Likes rain."))).created == (True,)


async def test_an_edit_is_read_again_where_its_words_changed_or_in_any_case(bench: Bench, remember: Remember) -> None:
    memory = (await remember.add(bench.operator, memory=tea())).memories[0]
    same = MemoryPatch(text=memory.text, importance=0.9)
    memory_read = done(memory)
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many([memory_read])
    kept = await remember.update(bench.operator, memory=memory.id, patch=same)
    assert (kept.status, kept.version) == (Status.COMPLETED, memory_read.version + 1)
    again = await remember.update(
        bench.operator, memory=memory.id, patch=same, rereading=Rereading.ALWAYS, mode=Mode.VERBATIM
    )
    assert again.status is Status.PENDING
    async with bench.store.read(bench.operator) as reader:
        rows = (await reader.jobs.page(ALL, project=None, states=(), parked=None)).rows
    assert [job.item.arguments["verbatim"] for job in rows] == [[memory.id], [memory.id]]
