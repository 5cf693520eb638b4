"""As of then: memories, lists, keypaths, searches and neighbourhoods as they stood, on both clocks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.graph import Mention
from app.domain.ids import ClusterId, MemoryId
from app.domain.memory import LinkType, Memory
from app.domain.query import MemoryOrder, TimeRange
from app.services.inputs import (
    Address,
    AsOf,
    Erasure,
    ForgetRequest,
    MemoryPatch,
    Mode,
    NewLink,
    NewMemory,
    NewValue,
    Question,
    SearchMode,
    Slice,
    Sort,
    Walk,
    Where,
)
from app.settings import Settings
from tests.builders import a_mention, an_entity

ALL = Slice(first=100)
MARCH, JUNE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy", job_workers=0)) as opened:
        yield opened


async def add(application: Application, text: str, **fields: Any) -> Memory:
    stored = await application.services.remember.add(
        application.operator, memory=NewMemory(text=text, mode=Mode.VERBATIM, **fields)
    )
    return stored.memories[0]


async def reword(application: Application, memory: MemoryId, text: str) -> Memory:
    return await application.services.remember.update(application.operator, memory=memory, patch=MemoryPatch(text=text))


async def forget(application: Application, *ids: MemoryId, erasure: Erasure = Erasure.FORGET) -> None:
    await application.services.forget.forget(application.operator, request=ForgetRequest(ids=ids), erasure=erasure)


async def now(application: Application) -> AsOf:
    async with application.services.store.read(application.operator) as reader:
        return AsOf(revision=await reader.events.revision())


async def texts(application: Application, as_of: AsOf, **where: Any) -> list[str]:
    page = await application.services.past.memories(
        application.operator, where=Where(**where), sort=Sort(descending=False), page=ALL, as_of=as_of
    )
    return [item.node.text for item in page.items]


async def found(application: Application, query: str, as_of: AsOf | None, mode: SearchMode) -> list[str]:
    question = Question(query=query, mode=mode, as_of=as_of)
    answer = await application.services.recall.search(application.operator, question=question)
    return [item.node.memory.text for item in answer.hits.items]


async def test_a_memory_stood_otherwise_then(application: Application) -> None:
    who, past = application.operator, application.services.past
    before = await now(application)
    one = await add(application, "Ada lives in Lyon")
    first = await now(application)
    await reword(application, one.id, "Ada lives in Porto")
    second = await now(application)
    await forget(application, one.id)
    gone = await now(application)
    told = [await past.memory(who, memory=one.id, as_of=as_of) for as_of in (before, first, second, gone)]
    assert [each and each.text for each in told] == [None, "Ada lives in Lyon", "Ada lives in Porto", None]
    by_time = await past.memory(who, memory=one.id, as_of=AsOf(known_at=one.created_at + timedelta(microseconds=1)))
    assert by_time is None or by_time.text == "Ada lives in Lyon"
    assert await past.memory(who, memory=one.id, as_of=AsOf(known_at=datetime(1, 1, 2, tzinfo=UTC))) is None
    assert await past.memory(who, memory=one.id, as_of=AsOf(revision=0)) is None


async def test_a_list_is_what_it_was(application: Application) -> None:
    one = await add(application, "first", tags=("kept",))
    two = await add(application, "second")
    then = await now(application)
    await add(application, "third")
    await forget(application, one.id)
    await reword(application, two.id, "second, otherwise")
    assert await texts(application, then) == ["first", "second"]
    assert await texts(application, then, tags=("kept",)) == ["first"]
    assert await texts(application, await now(application)) == ["second, otherwise", "third"]
    assert await texts(application, AsOf(revision=10**9)) == ["second, otherwise", "third"]
    assert await texts(application, AsOf(revision=0)) == []
    count = await application.services.past.count_memories(application.operator, where=Where(), as_of=then)
    assert count == 2


async def test_a_list_of_then_is_paged_both_ways(application: Application) -> None:
    ids = [(await add(application, f"number {number}")).id for number in range(7)]
    then = await now(application)
    await forget(application, *ids[::2])
    read: list[str] = []
    after: str | None = None
    while True:
        page = await application.services.past.memories(
            application.operator, where=Where(), sort=Sort(), page=Slice(first=3, after=after), as_of=then
        )
        read += [item.node.id for item in page.items]
        if not page.has_next:
            break
        after = page.items[-1].cursor
    assert read == list(reversed(ids))
    last = await application.services.past.memories(
        application.operator, where=Where(), sort=Sort(), page=Slice(last=2), as_of=then
    )
    assert [item.node.id for item in last.items] == [ids[1], ids[0]]
    assert last.has_previous


async def test_what_was_true_then(application: Application) -> None:
    await add(application, "Ada works at Acme", valid_to=MARCH)
    await add(application, "Ada works at Initech", valid_from=MARCH)
    for true_at, expected in (
        (MARCH - timedelta(days=1), ["Ada works at Acme"]),
        (MARCH, ["Ada works at Initech"]),
        (JUNE, ["Ada works at Initech"]),
    ):
        assert await texts(application, AsOf(true_at=true_at)) == expected
        assert await found(application, "works", AsOf(true_at=true_at), SearchMode.KEYWORD) == expected


async def test_what_is_over_comes_after_what_is_true_unless_the_past_is_asked_for(application: Application) -> None:
    before = "Ada works at Acme as a chemist in Utrecht"
    now_ = "Since spring Initech is who pays Ada"
    await add(application, before, valid_to=MARCH)
    await add(application, now_, valid_from=MARCH)
    assert await found(application, "Where does Ada work?", None, SearchMode.HYBRID) == [now_, before]
    for asked in ("Where did Ada work?", "Where does Ada work in February 2026?"):
        assert (await found(application, asked, None, SearchMode.HYBRID))[0] == before


@pytest.mark.parametrize("mode", [SearchMode.KEYWORD, SearchMode.HYBRID])
async def test_a_search_finds_what_was_replaced_or_forgotten_since(application: Application, mode: SearchMode) -> None:
    one = await add(application, "The office is in Trondheim")
    two = await add(application, "The bakery is in Tromsø")
    then = await now(application)
    await reword(application, one.id, "The headquarters moved to Bergen")
    await forget(application, two.id)
    assert (await found(application, "Trondheim", then, mode))[:1] == ["The office is in Trondheim"]
    assert (await found(application, "bakery", then, mode))[:1] == ["The bakery is in Tromsø"]
    assert "The headquarters moved to Bergen" not in await found(application, "Bergen", then, mode)
    assert await found(application, "Trondheim", None, SearchMode.KEYWORD) == []
    assert await found(application, "Bergen", await now(application), mode) == ["The headquarters moved to Bergen"]


async def test_what_is_erased_has_no_past(application: Application) -> None:
    one = await add(application, "The canary is Zyzzogeton")
    await reword(application, one.id, "The canary is gone")
    then = await now(application)
    await forget(application, one.id, erasure=Erasure.ERASE)
    assert await texts(application, then) == []
    assert await found(application, "Zyzzogeton", then, SearchMode.KEYWORD) == []


async def test_a_keypath_held_otherwise_then(application: Application) -> None:
    keypaths, past, who = application.services.keypaths, application.services.past, application.operator
    address, moments = Address(keypath="a.b"), [await now(application)]
    for value in ("one", "two"):
        await keypaths.store(who, value=NewValue(keypath="a.b", value=value))
        moments.append(await now(application))
    await keypaths.forget(who, address=address, subtree=False)
    moments.append(await now(application))
    await add(application, "three", keypath="a.b")
    moments.append(await now(application))
    told = [await past.at(who, address=address, as_of=as_of) for as_of in moments]
    assert [each and each.text for each in told] == [None, "one", "two", None, "three"]
    assert await texts(application, moments[2], keypath="a") == ["two"]


async def test_the_graph_around_a_memory_then(application: Application) -> None:
    who, past = application.operator, application.services.past
    one, two, three = [await add(application, text) for text in ("one", "two", "three")]
    await application.services.remember.link(who, links=[NewLink(source=one.id, target=two.id, type="supports")])
    then = await now(application)
    remember = application.services.remember
    await remember.unlink(who, source=one.id, target=two.id, link_type=LinkType.SUPPORTS)
    await remember.link(who, links=[NewLink(source=one.id, target=three.id, type="supports")])
    await forget(application, two.id)
    walk = Walk(start=one.id, depth=2)
    before = await past.neighborhood(who, walk=walk, as_of=then)
    assert [reached.id for reached in before.nodes] == [one.id, two.id]
    assert [(edge.source, edge.target, edge.type) for edge in before.edges] == [(one.id, two.id, "supports")]
    after = await past.neighborhood(who, walk=walk, as_of=await now(application))
    assert [reached.id for reached in after.nodes] == [one.id, three.id]
    with pytest.raises(errors.NotFound):
        await past.neighborhood(who, walk=walk, as_of=AsOf(revision=0))


async def test_a_list_of_then_knows_who_was_mentioned_then(application: Application) -> None:
    past, who = application.services.past, application.operator
    tea = await add(application, "Ada drinks tea.")
    await add(application, "Grace drinks coffee.")
    ada = an_entity(project=tea.project, name="Ada")

    async def mention(*mentions: Mention) -> AsOf:
        async with application.services.store.write(who) as uow:
            await uow.entities.put_many([ada])
            await uow.memories.mention_many({tea.id: mentions})
        return await now(application)

    async def of_ada(as_of: AsOf) -> list[str]:
        listed = await past.memories(who, where=Where(entities=("Ada",)), sort=Sort(), page=ALL, as_of=as_of)
        return [item.node.text for item in listed.items]

    then = await mention(a_mention(memory=tea.id, entity=ada.id))
    assert await of_ada(then) == ["Ada drinks tea."]
    assert await of_ada(await mention()) == []


async def test_what_the_past_cannot_answer_is_refused(application: Application) -> None:
    past, who = application.services.past, application.operator
    calls = [
        (past.memories(who, where=Where(), sort=Sort(), page=ALL, as_of=AsOf(revision=-1)), "as_of.revision"),
        (
            past.memories(who, where=Where(), sort=Sort(by=MemoryOrder.IMPORTANCE), page=ALL, as_of=AsOf(revision=1)),
            "order_by",
        ),
        (
            past.memories(who, where=Where(clusters=(ClusterId("cls_1"),)), sort=Sort(), page=ALL, as_of=AsOf()),
            "where.clusters",
        ),
        (
            past.memories(
                who, where=Where(valid=TimeRange(after=MARCH)), sort=Sort(), page=ALL, as_of=AsOf(true_at=MARCH)
            ),
            "where.valid",
        ),
        (
            past.memories(
                who,
                where=Where(),
                sort=Sort(),
                page=ALL,
                as_of=AsOf(true_at=datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
            ),
            "as_of.true_at",
        ),
    ]
    for call, field in calls:
        with pytest.raises(errors.Invalid) as raised:
            await call
        assert [e.field for e in raised.value.fields] == [field]
