"""A question about a person finds what tells it first, however it is worded."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.services.inputs import Mode, NewMemory, Question, SearchMode, Where
from app.settings import Settings

NORA = (
    "I started Portuguese lessons on Tuesday evenings.",
    "I moved from Lyon to Porto two weeks ago!",
    "I switched from coffee to green tea, the doctor told me to.",
    "My brother Paul still lives in Lyon.",
)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy", job_workers=0)) as opened:
        said = [NewMemory(text=text, user="nora", speaker="Nora", session="july", mode=Mode.VERBATIM) for text in NORA]
        await opened.services.remember.add_many(opened.operator, memories=said)
        yield opened


async def first(application: Application, query: str, mode: SearchMode = SearchMode.HYBRID) -> tuple[str, list[str]]:
    """The best hit, and the signals that spoke."""
    question = Question(query=query, where=Where(users=("nora",)), mode=mode)
    found = await application.services.recall.search(application.operator, question=question)
    hit = found.hits.items[0].node
    return hit.memory.text, [factor.signal for factor in hit.factors if factor.value]


@pytest.mark.parametrize("query", ["Where does Nora live?", "Where do I live?", "which city does nora live in"])
async def test_what_tells_the_home_comes_first(application: Application, query: str) -> None:
    text, signals = await first(application, query)
    assert text == NORA[1]
    assert "tells" in signals


async def test_a_question_for_no_field_is_judged_without_it(application: Application) -> None:
    _, signals = await first(application, "When are Nora's lessons?")
    assert "tells" not in signals


async def test_search_by_words_alone_stays_that(application: Application) -> None:
    text, signals = await first(application, "Where does Paul live, in Lyon?", SearchMode.KEYWORD)
    assert (text, signals) == (NORA[3], ["words"])
