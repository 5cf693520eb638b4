"""Notes: kept word for word, by place and by number."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain import errors
from app.domain.ids import ProjectId, UserId
from app.domain.notes import Shelf
from tests.builders import NOON, PROJECT, a_memory, a_note, a_principal, a_user
from tests.contracts.conftest import WholeStore

US = a_principal()
ADA = UserId("usr_1")


async def test_they_come_back_as_they_were_kept_in_the_order_they_came(store: WholeStore) -> None:
    turn = a_note(
        shelf=Shelf.TRANSCRIPT, space="s1", name="", body={"content": " a\n", "payload": {"n": [1, None, 2.5]}}
    )
    async with store.write(US) as uow:
        kept = await uow.notes.add_many([turn, a_note(), replace(turn, source="app"), replace(turn, space="s2")])
    assert [replace(note, number=0) for note in kept] == [
        turn,
        a_note(),
        replace(turn, source="app"),
        replace(turn, space="s2"),
    ]
    one, state, two, other = kept
    async with store.read(US) as reader:
        find = reader.notes.find
        turns = partial(find, project=PROJECT, user=ADA, shelf=Shelf.TRANSCRIPT)
        assert await turns() == [one, two, other]
        assert await turns(space="s1") == [one, two]
        assert await turns(space="s1", source="app") == [two]
        assert await find(project=PROJECT, user=ADA, shelf=Shelf.STATE, space='["memories"]', name="diet") == [state]
        assert await find(project=PROJECT, user=ADA, shelf=Shelf.STATE, name="other") == []
        assert await find(project=ProjectId("prj_2"), user=ADA, shelf=Shelf.STATE) == []
        assert await reader.notes.by_numbers([two.number, 999, one.number]) == [two, None, one]


async def test_a_change_keeps_number_and_place(store: WholeStore) -> None:
    async with store.write(US) as uow:
        (note,) = await uow.notes.add_many([a_note()])
    changed = replace(note, body={"value": {}}, updated_at=NOON + timedelta(hours=1))
    async with store.write(US) as uow:
        await uow.notes.change(changed)
        with pytest.raises(errors.NotFound):
            await uow.notes.change(replace(note, number=999))
    async with store.read(US) as reader:
        assert await reader.notes.by_numbers([note.number]) == [changed]


async def test_what_is_removed_is_gone_and_its_number_stays_unused(store: WholeStore) -> None:
    async with store.write(US) as uow:
        (first,) = await uow.notes.add_many([a_note()])
        assert await uow.notes.remove([first.number, 999]) == 1
        assert await uow.notes.remove([first.number]) == 0
        (second,) = await uow.notes.add_many([a_note()])
        await uow.memories.put_many([a_memory()])
        (told,) = await uow.memories.attached([a_memory().id])
        assert await uow.notes.add_many([]) == []
    assert first.number < second.number < (told.number if told else 0)


async def test_they_go_with_their_user(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        mine, other = await uow.notes.add_many([a_note(), a_note(user=UserId("usr_2"))])
        await uow.users.remove(ADA)
        assert await uow.notes.by_numbers([mine.number, other.number]) == [None, other]
