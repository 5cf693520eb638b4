"""Forgetting: soft and restorable, or gone to the last byte (promise 3, R4.95)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.runtime import OrderedIds, SystemClock
from app.bootstrap import Application, build
from app.domain import errors
from app.domain.ids import JobId, MemoryId
from app.domain.memory import Memory
from app.domain.people import SourceKind
from app.domain.query import Life
from app.services.forget import Forget
from app.services.inputs import (
    EntityWhere,
    Erasure,
    ForgetRequest,
    MemoryPatch,
    NewConversation,
    NewKey,
    NewMemory,
    NewMessage,
    NewSource,
    Question,
    SearchMode,
    Slice,
    Sort,
    Where,
)
from app.services.results import Remembered
from app.settings import Settings

CANARY = "Zyzzogeton"
CLOCK = SystemClock()


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def settled(application: Application, *jobs: JobId) -> None:
    ended = await application.runner.drain(application.operator.tenant, jobs)
    assert [job.state for job in ended] == ["COMPLETED"] * len(jobs)


async def remembered(application: Application, *texts: str, user: str = "ada") -> Remembered:
    """A conversation of one speaker, read by extraction."""
    conversation = NewConversation(messages=tuple(NewMessage(text=t, name="Ada") for t in texts), user=user)
    stored = await application.services.remember.add_conversation(application.operator, conversation=conversation)
    assert stored.job is not None
    await settled(application, stored.job.id)
    return stored


async def living(application: Application, where: Where = Where()) -> list[Memory]:
    listing = await application.services.explore.memories(
        application.operator,
        where=where,
        sort=Sort(),
        page=Slice(first=100),
    )
    return [item.node for item in listing.items]


async def found(application: Application, query: str, mode: SearchMode = SearchMode.KEYWORD) -> list[str]:
    answer = await application.services.recall.search(application.operator, question=Question(query=query, mode=mode))
    return [item.node.memory.text for item in answer.hits.items]


async def forget(
    application: Application, *ids: MemoryId, user: str | None = None, erasure: Erasure = Erasure.FORGET
) -> int:
    request = ForgetRequest(ids=ids, user=user)
    gone = await application.services.forget.forget(application.operator, request=request, erasure=erasure)
    if gone.job is not None:
        await settled(application, gone.job.id)
    return gone.count


async def test_what_is_forgotten_is_gone_everywhere_and_comes_back(application: Application) -> None:
    stored = await remembered(application, "I moved to Lisbon last May. I work at Acme now.")
    before = {memory.id for memory in await living(application)}
    count = await forget(application, stored.memories[0].id)
    assert count == len(before)
    assert await living(application) == []
    assert await found(application, "Lisbon") == []
    assert await found(application, "moving to Portugal", SearchMode.SEMANTIC) == []
    back = await application.services.forget.restore(application.operator, ids=[stored.memories[0].id])
    assert {memory.id for memory in back} == before
    assert {memory.id for memory in await living(application)} == before


async def test_a_dry_run_tells_the_same_and_changes_nothing(application: Application) -> None:
    await remembered(application, "I like tea. I keep bees in Graz.")
    request = ForgetRequest(user="ada")
    told = await application.services.forget.preview(application.operator, request=request, erasure=Erasure.FORGET)
    assert told.count == len(await living(application))
    done = await application.services.forget.forget(application.operator, request=request, erasure=Erasure.FORGET)
    assert (done.count, set(done.ids)) == (told.count, set(told.ids))


async def test_forgetting_a_user_leaves_the_others(application: Application) -> None:
    await remembered(application, "I live in Bergen with two cats.", user="ada")
    await remembered(application, "I live in Trondheim with a dog.", user="bob")
    await forget(application, user="ada")
    left = await found(application, "Bergen Trondheim")
    assert [text for text in left if "Trondheim" in text]
    assert not [text for text in left if "Bergen" in text]


@pytest.mark.parametrize(
    "request_",
    [
        ForgetRequest(),
        ForgetRequest(ids=(MemoryId("mem_1"),), user="ada"),
        ForgetRequest(where=Where(tags=("old",)), project="default"),
        ForgetRequest(where=Where()),
        ForgetRequest(where=Where(project="default")),
    ],
)
async def test_a_request_names_exactly_one_way_to_choose_and_no_empty_filter(
    application: Application, request_: ForgetRequest
) -> None:
    with pytest.raises(errors.Invalid):
        await application.services.forget.forget(application.operator, request=request_, erasure=Erasure.FORGET)


async def test_an_unknown_user_is_an_error_not_an_empty_success(application: Application) -> None:
    with pytest.raises(errors.Invalid) as raised:
        await forget(application, user="nobody")
    assert [(e.field, e.code) for e in raised.value.fields] == [("user", "unknown")]


async def test_only_what_is_forgotten_can_be_restored(application: Application) -> None:
    stored = await remembered(application, "I like tea.")
    with pytest.raises(errors.NotFound):
        await application.services.forget.restore(application.operator, ids=[stored.memories[0].id])


def bytes_left(folder: Path, *canaries: str) -> set[tuple[str, str]]:
    """Which canaries stand in which file of the folder, in UTF-8 or UTF-16, whatever the case."""
    left = set()
    for path in folder.rglob("*"):
        if not path.is_file() or "models" in path.parts:
            continue
        content = path.read_bytes().lower()
        for canary in canaries:
            if canary.lower().encode() in content or canary.lower().encode("utf-16-le") in content:
                left.add((path.name, canary))
    return left


async def everywhere(application: Application, canary: str) -> list[MemoryId]:
    """Puts the canary wherever a memory can hold text, through extraction, edits, links of facts and answers."""
    services, operator = application.services, application.operator
    stored = await remembered(
        application, f"I met {canary} Brown in Oslo yesterday. {canary} Brown works at {canary}soft.", "Thanks!"
    )
    draft = NewMemory(
        text=f"{canary} likes long walks. " + f"{canary} walks far. " * 100,
        title=f"About {canary}",
        summary=f"{canary} walks",
        tags=(canary,),
        categories=(canary,),
        files=(f"{canary}.txt",),
        keypath=f"people.{canary}",
        metadata={"name": canary},
        type=canary.lower(),
        user="ada",
        agent="walker",
        session=f"session-{canary}",
        speaker=canary,
        source=NewSource(kind=SourceKind.PAGE, uri=f"https://example.org/{canary}", title=canary),
    )
    rich = await services.remember.add(operator, memory=draft, key=f"key-{canary}")
    assert rich.job is not None
    await settled(application, rich.job.id)
    patch = MemoryPatch(text=f"{canary} has moved on.")
    await services.remember.update(operator, memory=rich.memories[0].id, patch=patch)
    open_jobs = [item.node.id for item in (await services.work.jobs(operator)).items]
    await settled(application, *open_jobs)
    return [memory.id for memory in (*stored.memories, *rich.memories)]


async def test_r4_95_after_an_erase_by_user_no_byte_of_it_is_left(application: Application) -> None:
    await everywhere(application, CANARY)
    await remembered(application, "I keep a parrot called Quixotle.", user="bob")
    folder = application.settings.data
    assert {canary for _, canary in bytes_left(folder, CANARY, "Quixotle")} == {CANARY, "Quixotle"}
    assert await forget(application, user="ada", erasure=Erasure.ERASE) > 0
    assert {canary for _, canary in bytes_left(folder, CANARY, "Quixotle")} == {"Quixotle"}
    assert await found(application, CANARY) == []
    assert [m.text for m in await living(application, Where(life=Life.ANY)) if CANARY in m.text] == []
    names = await application.services.explore.entities(application.operator, where=EntityWhere(), page=Slice())
    assert not [item.node.name for item in names.items if CANARY in item.node.name]
    assert await found(application, "parrot") != []


async def test_r4_95_erased_in_portions_no_byte_is_left_either(application: Application) -> None:
    services, operator = application.services, application.operator
    await everywhere(application, CANARY)
    request = ForgetRequest(user="ada")
    told = await services.forget.preview(operator, request=request, erasure=Erasure.ERASE)
    forget = Forget(store=services.store, clock=CLOCK, ids=OrderedIds(CLOCK), portion=2)
    erased = await forget.forget(operator, request=request, erasure=Erasure.ERASE)
    assert erased.count == told.count > 2
    await settled(application, *(item.node.id for item in (await services.work.jobs(operator)).items))
    assert bytes_left(application.settings.data, CANARY) == set()


async def test_r4_95_what_was_forgotten_before_can_be_erased_too(application: Application) -> None:
    ids = await everywhere(application, CANARY)
    await forget(application, user="ada")
    await forget(application, *ids, erasure=Erasure.ERASE)
    await forget(application, user="ada", erasure=Erasure.ERASE)
    assert bytes_left(application.settings.data, CANARY) == set()


async def test_erasing_needs_its_permission(application: Application) -> None:
    stored = await remembered(application, "I like tea.")
    issued = await application.services.accounts.create_key(application.operator, key=NewKey(name="writer"))
    writer = await application.authenticator.by_key(issued.secret, address="127.0.0.1")
    request = ForgetRequest(ids=(stored.memories[0].id,))
    with pytest.raises(errors.Forbidden):
        await application.services.forget.forget(writer, request=request, erasure=Erasure.ERASE)
    assert await living(application) != []
