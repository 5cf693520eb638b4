"""Summaries in the memories' own sentences."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import LinkType
from app.services.inputs import Erasure, ForgetRequest, Mode, NewMemory, SummaryRequest, Where
from app.settings import Settings

TEXTS = (
    "The launch moved to Friday. Is that fine?",
    "The launch was moved to Friday because the tests failed.",
    "The tests of the launch failed on the staging server.",
    "Maya ordered a cake for the launch on Friday.",
    "The launch has moved to Friday.",
)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def add(application: Application, *texts: str, user: str | None = None) -> list[MemoryId]:
    memories = [NewMemory(text=text, mode=Mode.VERBATIM, user=user) for text in texts]
    stored = await application.services.remember.add_many(application.operator, memories=memories)
    return [memory.id for memory in stored.memories]


async def test_each_sentence_stands_in_the_memory_that_it_names(application: Application) -> None:
    ids = await add(application, *TEXTS)
    request = SummaryRequest(where=Where(), max_sentences=3)
    summary = await application.services.summarize.preview(application.operator, request=request)
    texts = dict(zip(ids, TEXTS, strict=True))
    assert (summary.read, len(summary.sentences), summary.memory) == (5, 3, None)
    assert all(sentence.text in texts[sentence.memory] for sentence in summary.sentences)
    assert summary.text == " ".join(sentence.text for sentence in summary.sentences)
    assert "Is that fine?" not in summary.text
    # Two of them say the same: one is enough.
    assert sum(sentence.memory in (ids[0], ids[4]) for sentence in summary.sentences) == 1
    assert await application.services.summarize.preview(application.operator, request=request) == summary


async def test_a_kept_summary_is_linked_and_goes_with_what_it_quotes(application: Application) -> None:
    ids = await add(application, *TEXTS, user="ada")
    request = SummaryRequest(ids=tuple(ids), max_sentences=2)
    summary = await application.services.summarize.summarize(application.operator, request=request)
    memory = summary.memory
    assert memory is not None
    assert (memory.type, memory.text) == ("summary", summary.text)
    quoted = [sentence.memory for sentence in summary.sentences]
    async with application.services.store.read(application.operator) as reader:
        (links,) = await reader.memories.links([memory.id])
    assert {(link.type, link.target) for link in links} == {(LinkType.SUMMARY_OF, id_) for id_ in quoted}
    gone = await application.services.forget.forget(
        application.operator, request=ForgetRequest(ids=(quoted[0],)), erasure=Erasure.ERASE
    )
    assert set(gone.ids) == {quoted[0], memory.id}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (SummaryRequest(), "ids"),
        (SummaryRequest(ids=(MemoryId("mem_1"),), where=Where()), "ids"),
        (SummaryRequest(where=Where(), max_sentences=0), "max_sentences"),
        (SummaryRequest(where=Where(), max_tokens=10_001), "max_tokens"),
        (SummaryRequest(where=Where(tags=("none",))), "filter"),
        (SummaryRequest(where=Where(), max_tokens=1), "max_tokens"),
    ],
)
async def test_what_cannot_be_summed_up_is_said(application: Application, request_: SummaryRequest, field: str) -> None:
    await add(application, *TEXTS)
    with pytest.raises(errors.Invalid) as caught:
        await application.services.summarize.preview(application.operator, request=request_)
    assert [error.field for error in caught.value.fields] == [field]


async def test_one_summary_is_not_about_two_users(application: Application) -> None:
    ids = [*await add(application, TEXTS[0], user="ada"), *await add(application, TEXTS[1], user="ben")]
    with pytest.raises(errors.Invalid, match="more than one user"):
        await application.services.summarize.summarize(application.operator, request=SummaryRequest(ids=tuple(ids)))
    with pytest.raises(errors.NotFound):
        await application.services.summarize.preview(
            application.operator, request=SummaryRequest(ids=(MemoryId("mem_9"),))
        )
