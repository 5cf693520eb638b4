"""What was said of a memory: kept one by one, added up, read with what ranking reads."""

from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import Feedback, Usage
from app.domain.query import MemoryFilter, Window
from tests.builders import a_memory, a_principal
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ONE, TWO = MemoryId("mem_1"), MemoryId("mem_2")


@pytest.fixture
async def rated(store: WholeStore, clock: FixedClock) -> WholeStore:
    """One memory with three pieces of feedback, one a minute, and one without."""
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
    for value, reason in ((1.0, None), (-0.5, "outdated"), (1.0, "yes")):
        clock.advance(timedelta(minutes=1))
        async with store.write(US) as uow:
            await uow.memories.give_feedback(ONE, value=value, reason=reason)
    return store


async def test_feedback_is_listed_newest_first_a_page_at_a_time(rated: WholeStore, clock: FixedClock) -> None:
    now = clock.now()
    async with rated.read(US) as reader:
        first = await reader.memories.feedback(ONE, Window(limit=2))
        rest = await reader.memories.feedback(ONE, Window(limit=2, position=first.rows[-1].position))
        assert (await reader.memories.feedback(TWO, Window(limit=2))).rows == []
    assert [row.item for row in (*first.rows, *rest.rows)] == [
        Feedback(number=3, value=1.0, reason="yes", actor="tester", at=now),
        Feedback(number=2, value=-0.5, reason="outdated", actor="tester", at=now - timedelta(minutes=1)),
        Feedback(number=1, value=1.0, reason=None, actor="tester", at=now - timedelta(minutes=2)),
    ]
    assert (first.more, rest.more) == (True, False)


async def test_usage_holds_the_sum(rated: WholeStore, clock: FixedClock) -> None:
    async with rated.write(US) as uow:
        await uow.memories.note_access([ONE], at=clock.now())
        given = await uow.memories.give_feedback(ONE, value=-1.0, reason=None)
        assert given == Usage(access_count=1, last_accessed_at=clock.now(), feedback=0.5)
    async with rated.read(US) as reader:
        assert await reader.memories.usage([ONE, TWO]) == [given, Usage()]


async def test_ranking_reads_the_sum_with_the_rest(rated: WholeStore) -> None:
    async with rated.read(US) as reader:
        seen = await reader.memories.glimpses([ONE, TWO], reach=0, where=MemoryFilter())
    assert {glimpse.id: glimpse.feedback for glimpse in seen} == {ONE: 1.5, TWO: 0.0}


async def test_an_edit_leaves_feedback_and_an_erase_takes_it(rated: WholeStore) -> None:
    async with rated.write(US) as uow:
        await uow.memories.put_many([a_memory(text="Another text", version=2)])
        assert [usage.feedback for usage in await uow.memories.usage([ONE])] == [1.5]
    async with rated.write(US) as uow:
        await uow.memories.erase([ONE])
    async with rated.write(US) as uow:
        await uow.memories.put_many([a_memory()])
    async with rated.read(US) as reader:
        assert (await reader.memories.feedback(ONE, Window(limit=9))).rows == []
        assert await reader.memories.usage([ONE]) == [Usage()]


async def test_nothing_can_be_said_of_what_is_not_there(store: WholeStore) -> None:
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.memories.give_feedback(ONE, value=1.0, reason=None)
