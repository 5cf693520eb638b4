"""Values at keypaths: kept to the byte, versioned, forgotten, brought back; one writer wins."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import MAX_VALUE
from app.services.inputs import (
    Address,
    KeypathWhere,
    MemoryPatch,
    NewMemory,
    NewValue,
    Question,
    SearchMode,
    Slice,
)
from app.services.results import Stored, Storing
from app.settings import Settings

ALL = Slice(first=100)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def store(application: Application, keypath: str, value: str, **fields: Any) -> Stored:
    new = NewValue(keypath=keypath, value=value, **fields)
    return await application.services.keypaths.store(application.operator, value=new)


async def text_at(application: Application, keypath: str, *, user: str | None = None) -> str | None:
    address = Address(keypath=keypath, user=user)
    memory = await application.services.keypaths.at(application.operator, address=address)
    return memory.text if memory else None


async def history(application: Application, keypath: str) -> list[tuple[int, str, bool]]:
    page = await application.services.keypaths.history(application.operator, address=Address(keypath=keypath), page=ALL)
    return [(i.node.version, i.node.memory.text, i.node.memory.deleted_at is not None) for i in page.items]


async def paths(application: Application, **where: Any) -> list[str]:
    page = await application.services.keypaths.page(application.operator, where=KeypathWhere(**where), page=ALL)
    return [item.node.path for item in page.items]


VALUES = [
    "[]",
    "{}",
    "  two spaces before, a newline after\n",
    "e\u0301 is not \u00e9",
    json.dumps({"日本": [1, 2.50, None, True], "nested": {"a": "\\u0041"}}, indent=2),
    "x" * MAX_VALUE,
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
async def test_a_value_comes_back_to_the_byte(application: Application, value: str) -> None:
    await store(application, "config.value", value)
    assert await text_at(application, "config.value") == value


async def test_each_value_is_the_next_version_of_one_memory(application: Application) -> None:
    first = await store(application, "billing.provider", "Stripe", tags=("money",), title="Provider")
    second = await store(application, "billing.provider", "Stripe, monthly", metadata={"by": "Ada"})
    again = await store(application, "billing.provider", "Stripe, monthly")
    assert [each.how for each in (first, second, again)] == [Storing.CREATED, Storing.SUPERSEDED, Storing.SUPERSEDED]
    assert {each.memory.id for each in (first, second, again)} == {first.memory.id}
    assert [each.memory.version for each in (first, second, again)] == [1, 2, 3]
    assert [each.revision for each in (first, second, again)] == [first.revision + step for step in range(3)]
    assert (again.memory.tags, again.memory.title, again.memory.metadata) == (("money",), "Provider", {"by": "Ada"})
    assert await history(application, "billing.provider") == [
        (3, "Stripe, monthly", False),
        (2, "Stripe, monthly", False),
        (1, "Stripe", False),
    ]


async def test_a_value_is_found_by_its_words_and_the_one_before_is_not(application: Application) -> None:
    await store(application, "office.city", "Our office is in Trondheim")
    await store(application, "office.city", "Our office is in Bergen")
    for query, expected in (("Trondheim", []), ("Bergen", ["Our office is in Bergen"])):
        question = Question(query=query, mode=SearchMode.KEYWORD)
        found = await application.services.recall.search(application.operator, question=question)
        assert [item.node.memory.text for item in found.hits.items] == expected


async def test_what_was_forgotten_goes_on_counting_when_it_is_stored_again(application: Application) -> None:
    first = await store(application, "a.b", "one", tags=("old",))
    await store(application, "a.c", "other")
    keypaths = application.services.keypaths
    told = await keypaths.preview(application.operator, address=Address(keypath="a"), subtree=True)
    assert (told.count, told.keypaths, told.dry_run) == (2, ("a.b", "a.c"), True)
    gone = await keypaths.forget(application.operator, address=Address(keypath="a.b"), subtree=False)
    assert (gone.count, gone.ids, gone.keypaths) == (1, (first.memory.id,), ("a.b",))
    assert await text_at(application, "a.b") is None
    assert await paths(application) == ["a.c"]
    nothing = await keypaths.forget(application.operator, address=Address(keypath="a.b"), subtree=True)
    assert (nothing.count, nothing.keypaths) == (0, ())
    back = await store(application, "a.b", "two")
    assert (back.how, back.memory.id, back.memory.version, back.memory.tags) == (
        Storing.REVIVED,
        first.memory.id,
        3,
        (),
    )
    assert await history(application, "a.b") == [(3, "two", False), (2, "one", True), (1, "one", False)]


async def test_a_forgotten_subtree_is_restored(application: Application) -> None:
    for path in ("a", "a.b", "a.b.c", "ab"):
        await store(application, path, path)
    keypaths, forget = application.services.keypaths, application.services.forget
    gone = await keypaths.forget(application.operator, address=Address(keypath="a"), subtree=True)
    assert (gone.count, await paths(application)) == (3, ["ab"])
    await forget.restore(application.operator, ids=gone.ids)
    assert await paths(application) == ["a", "a.b", "a.b.c", "ab"]


async def test_nothing_comes_back_where_another_lives(application: Application) -> None:
    await store(application, "a", "one")
    gone = await application.services.keypaths.forget(application.operator, address=Address(keypath="a"), subtree=False)
    added = await application.services.remember.add(application.operator, memory=NewMemory(text="two", keypath="a"))
    assert added.memories[0].id not in gone.ids
    with pytest.raises(errors.Conflict):
        await application.services.forget.restore(application.operator, ids=gone.ids)
    assert await text_at(application, "a") == "two"


async def test_a_taken_keypath_is_refused_for_a_new_memory(application: Application) -> None:
    await store(application, "a", "one")
    remember = application.services.remember
    with pytest.raises(errors.Invalid) as raised:
        await remember.add(application.operator, memory=NewMemory(text="two", keypath="a"))
    assert [(e.field, e.code) for e in raised.value.fields] == [("keypath", "taken")]
    with pytest.raises(errors.Invalid) as raised:
        await remember.add_many(
            application.operator, memories=[NewMemory(text=text, keypath="b") for text in ("x", "y")]
        )
    assert [(e.field, e.code) for e in raised.value.fields] == [("memories.1.keypath", "taken")]
    await remember.add(application.operator, memory=NewMemory(text="two", keypath="a", user="ada"))
    assert (await text_at(application, "a"), await text_at(application, "a", user="ada")) == ("one", "two")


async def test_expectations_are_held(application: Application) -> None:
    first = await store(application, "a", "one", if_version=0)
    await store(application, "b", "elsewhere")
    second = await store(application, "a", "two", if_version=1, if_revision=first.revision)
    for wrong in ({"if_version": 1}, {"if_version": 0}, {"if_revision": first.revision}):
        with pytest.raises(errors.Conflict):
            await store(application, "a", "three", **wrong)
    assert await text_at(application, "a") == "two"
    assert second.memory.version == 2


async def test_of_two_writers_one_wins_and_the_other_hears_of_it(application: Application) -> None:
    await store(application, "a", "start")
    done = await asyncio.gather(
        *(store(application, "a", f"writer {number}", if_version=1) for number in range(5)), return_exceptions=True
    )
    won = [each for each in done if isinstance(each, Stored)]
    assert len(won) == 1
    assert [type(each) for each in done if not isinstance(each, Stored)] == [errors.Conflict] * 4
    assert await text_at(application, "a") == won[0].memory.text


async def test_writers_without_expectations_lose_nothing(application: Application) -> None:
    values = [f"writer {number}" for number in range(5)]
    await asyncio.gather(*(store(application, "a", value) for value in values))
    told = await history(application, "a")
    assert [version for version, *_ in told] == [5, 4, 3, 2, 1]
    assert sorted(text for _, text, _ in told) == values


BAD = [
    ("", "invalid"),
    ("a..b", "invalid"),
    ("a b", "invalid"),
    ("a\u00a0b", "invalid"),
    ("a\x7f", "invalid"),
    ("\u200b", "invalid"),
    ("a\ud800", "malformed_text"),
    ("a\x00", "malformed_text"),
    (".".join("abcdefghij" * 10), "too_long"),
    (".".join(["x" * 128] * 8), "too_long"),
    ("x" * 513, "invalid"),
]


@pytest.mark.parametrize(("keypath", "code"), BAD, ids=range(len(BAD)))
async def test_what_is_no_keypath_is_refused_everywhere(application: Application, keypath: str, code: str) -> None:
    keypaths, who = application.services.keypaths, application.operator
    address = Address(keypath=keypath)
    calls = [
        keypaths.store(who, value=NewValue(keypath=keypath, value="x")),
        keypaths.at(who, address=address),
        keypaths.page(who, where=KeypathWhere(prefix=keypath), page=ALL),
        keypaths.history(who, address=address, page=ALL),
        keypaths.forget(who, address=address, subtree=True),
    ]
    for call in calls:
        with pytest.raises(errors.Invalid) as raised:
            await call
        assert [e.code for e in raised.value.fields] == [code]
    assert await paths(application) == []


async def test_dots_and_unicode_stand_in_names(application: Application) -> None:
    await store(application, "hosts.example%2eorg.日本語", "one")
    await store(application, "hosts.cafe\u0301.100%", "two")
    await store(application, "hosts.caf\u00e9.100%", "three")
    page = await application.services.keypaths.page(application.operator, where=KeypathWhere(), page=ALL)
    assert [(item.node.path, item.node.names) for item in page.items] == [
        ("hosts.caf\u00e9.100%", ("hosts", "caf\u00e9", "100%")),
        ("hosts.example%2Eorg.日本語", ("hosts", "example.org", "日本語")),
    ]
    assert await text_at(application, "hosts.caf\u00e9.100%") == "three"
    assert await text_at(application, "hosts.example.org.日本語") is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "blank"),
        (" \n", "blank"),
        ("x" * (MAX_VALUE + 1), "too_long"),
        ("\x00", "malformed_text"),
        (" " + "x" * MAX_VALUE, "too_long"),
    ],
    ids=range(5),
)
async def test_a_value_must_be_storable(application: Application, value: str, code: str) -> None:
    with pytest.raises(errors.Invalid) as raised:
        await store(application, "a", value)
    assert [(e.field, e.code) for e in raised.value.fields] == [("value", code)]
    assert await paths(application) == []


async def test_an_update_of_what_stands_there_is_seen_there(application: Application) -> None:
    stored = await store(application, "a", "one")
    await application.services.remember.update(
        application.operator, memory=MemoryId(stored.memory.id), patch=MemoryPatch(tags=("kept",)), expected_version=1
    )
    assert (await store(application, "a", "two", if_version=2)).memory.tags == ("kept",)


async def test_depth_is_bounded(application: Application) -> None:
    for depth in (0, 33):
        with pytest.raises(errors.Invalid) as raised:
            await paths(application, depth=depth)
        assert [(e.field, e.code) for e in raised.value.fields] == [("depth", "out_of_range")]
    assert await paths(application, user="nobody") == []
