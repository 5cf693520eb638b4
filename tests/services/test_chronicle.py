"""What changed, when and by whom; what is different; the way back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.work import EventKind
from app.services.inputs import Address, ChangelogWhere, MemoryPatch, NewValue, Question, SearchMode, Slice
from app.services.results import Entry, Stored
from app.settings import Settings


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy", job_workers=0)) as opened:
        yield opened


async def store(application: Application, keypath: str, value: str) -> Stored:
    new = NewValue(keypath=keypath, value=value)
    return await application.services.keypaths.store(application.operator, value=new)


EVERYTHING = ChangelogWhere()


async def log(application: Application, where: ChangelogWhere = EVERYTHING) -> list[Entry]:
    page = await application.services.chronicle.changelog(application.operator, where=where, page=Slice(first=100))
    return [item.node for item in page.items]


async def test_the_changelog_tells_each_change_newest_first(application: Application) -> None:
    first = await store(application, "a", "one")
    await store(application, "a", "two")
    await application.services.keypaths.forget(application.operator, address=Address(keypath="a"), subtree=False)
    entries = await log(application)
    assert [(e.recorded.event.kind, e.version.version if e.version else None) for e in entries] == [
        (EventKind.MEMORY_FORGOTTEN, 3),
        (EventKind.MEMORY_UPDATED, 2),
        (EventKind.MEMORY_CREATED, 1),
    ]
    assert {e.version.memory.keypath for e in entries if e.version} == {"a"}
    assert {e.recorded.actor for e in entries} == {application.operator.actor}
    assert [e.recorded.revision for e in entries] == [first.revision + 2, first.revision + 1, first.revision]
    assert await log(application, ChangelogWhere(after=first.revision)) == entries[:2]
    assert await log(application, ChangelogWhere(since=entries[1].recorded.at)) == entries[:1]
    assert await log(application, ChangelogWhere(kinds=(EventKind.MEMORY_CREATED,))) == entries[2:]
    assert await log(application, ChangelogWhere(project="default")) == entries


async def test_the_changelog_is_paged(application: Application) -> None:
    for number in range(5):
        await store(application, "a", f"value {number}")
    chronicle, who = application.services.chronicle, application.operator
    page = await chronicle.changelog(who, where=ChangelogWhere(), page=Slice(first=3))
    rest = await chronicle.changelog(who, where=ChangelogWhere(), page=Slice(first=3, after=page.items[-1].cursor))
    told = [item.node.version for item in (*page.items, *rest.items)]
    assert [version and version.version for version in told] == [5, 4, 3, 2, 1]
    with pytest.raises(errors.Invalid):
        await chronicle.changelog(who, where=ChangelogWhere(after=-1), page=Slice())


async def test_a_difference_names_fields_and_lines(application: Application) -> None:
    stored = await store(application, "a", "same\nold\n")
    memory = stored.memory.id
    patch = MemoryPatch(text="same\nnew\n", tags=("x",))
    await application.services.remember.update(application.operator, memory=memory, patch=patch)
    chronicle, who = application.services.chronicle, application.operator
    told = await chronicle.difference(who, memory=memory, before=None, after=None)
    assert {change.field for change in told.fields} >= {"text", "tags"}
    assert told.text == "  same\n- old\n+ new"
    same = await chronicle.difference(who, memory=memory, before=1, after=1)
    assert (same.fields, same.text) == ((), "")
    for before, after in ((1, 9), (0, 1)):
        with pytest.raises(errors.NotFound):
            await chronicle.difference(who, memory=memory, before=before, after=after)


async def test_an_earlier_version_comes_back_as_a_new_one(application: Application) -> None:
    stored = await store(application, "a", "Our office is in Trondheim")
    memory, who = stored.memory.id, application.operator
    await store(application, "a", "Our office is in Bergen")
    await application.services.keypaths.forget(who, address=Address(keypath="a"), subtree=False)
    chronicle = application.services.chronicle
    with pytest.raises(errors.Conflict):
        await chronicle.restore(who, memory=memory, version=1, expected_version=2)
    back = await chronicle.restore(who, memory=memory, version=1, expected_version=3)
    assert (back.text, back.version, back.deleted_at) == ("Our office is in Trondheim", 4, None)
    question = Question(query="Trondheim", mode=SearchMode.KEYWORD)
    found = await application.services.recall.search(who, question=question)
    assert [item.node.memory for item in found.hits.items] == [back]
    for id_, version in ((memory, 9), (MemoryId("mem_none"), 1)):
        with pytest.raises(errors.NotFound):
            await chronicle.restore(who, memory=id_, version=version)
