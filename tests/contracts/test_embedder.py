"""The contract of `Embedder`, for both engines of the model and for an endpoint."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from app.adapters.embedding.endpoint import open_endpoint
from app.adapters.embedding.minilm import open_minilm
from app.ports.models import Embedder, Embedding, Passage
from tests.embedding_endpoint import DIMENSION, running_endpoint

TEXTS = [
    "Caroline adopted a cat.",
    "",
    "   \n\t ",
    "\N{COMBINING ACUTE ACCENT}",
    "\N{PERSONAL COMPUTER}\N{ZERO WIDTH JOINER}\N{FIRE}" * 3,
    "\ud800 alone",
    "nul \x00 inside",
    "東京へ行きました",
    "a word " * 7_150,
    "Melanie paints sunrises.",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(params=["onnx", "numpy", "endpoint"])
async def embedder(request: pytest.FixtureRequest, cache: Path) -> AsyncIterator[Embedder]:
    if request.param == "endpoint":
        with running_endpoint() as (url, _):
            async with open_endpoint(url=url, model="test-model", dimension=DIMENSION) as endpoint:
                yield endpoint
    else:
        async with open_minilm(cache=cache, engine=request.param) as minilm:
            yield minilm


def rows(embeddings: list[Embedding]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.stack([embedding.vector for embedding in embeddings])


async def test_no_text_gives_no_vector(embedder: Embedder) -> None:
    assert await embedder.embed([]) == []


async def test_every_text_gives_a_unit_vector_of_the_models_dimension(embedder: Embedder) -> None:
    embeddings = await embedder.embed(TEXTS)
    assert [e.vector.shape for e in embeddings] == [(embedder.dimension,)] * len(TEXTS)
    assert {e.vector.dtype for e in embeddings} == {np.dtype(np.float32)}
    np.testing.assert_allclose(np.linalg.norm(rows(embeddings), axis=1), 1.0, atol=1e-6)


async def test_a_vector_names_the_model(embedder: Embedder) -> None:
    assert {e.model for e in await embedder.embed(TEXTS[:2])} == {embedder.model}


async def test_order_is_kept_and_company_does_not_matter(embedder: Embedder) -> None:
    alone = rows([(await embedder.embed([text]))[0] for text in TEXTS])
    together = rows(await embedder.embed(TEXTS))
    reverse = rows(await embedder.embed(TEXTS[::-1]))[::-1]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(reverse, alone)


async def test_concurrent_calls_get_their_own_answers(embedder: Embedder) -> None:
    texts = [f"Person {number} likes the number {number}." for number in range(60)]
    expected = rows(await embedder.embed(texts))
    calls = [
        embedder.embed(texts[start : start + size]) for start, size in ((0, 1), (1, 1), (2, 40), (42, 17), (59, 1))
    ]
    answers = await asyncio.gather(*calls)
    np.testing.assert_array_equal(rows([e for answer in answers for e in answer]), expected)


async def test_a_cancelled_call_breaks_no_other(embedder: Embedder) -> None:
    texts = [f"Sentence {number} of a long list." for number in range(40)]
    left, kept = asyncio.create_task(embedder.embed(texts)), asyncio.create_task(embedder.embed(texts))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    np.testing.assert_array_equal(rows(await kept), rows(await embedder.embed(texts)))


async def test_long_texts_are_cut_not_refused(embedder: Embedder) -> None:
    long = "A word after the other. " * 2_000
    first, second = await embedder.embed([long, long + "The end differs."])
    np.testing.assert_array_equal(first.vector, second.vector)


async def test_with_nothing_before_it_a_text_has_its_own_vector(embedder: Embedder) -> None:
    alone = rows(await embedder.embed(TEXTS))
    np.testing.assert_array_equal(rows(await embedder.read([Passage(text) for text in TEXTS])), alone)


async def test_what_was_said_before_is_read_and_not_kept(embedder: Embedder) -> None:
    before = ("Ben: What did you adopt?", "Ada: " + "very " * 400)
    passages = [Passage(text, before) for text in TEXTS]
    found = await embedder.read(passages)
    np.testing.assert_allclose(np.linalg.norm(rows(found), axis=1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(rows(await embedder.read(passages[::-1]))[::-1], rows(found))
    assert {e.model for e in found} == {embedder.model}
    alone = await embedder.read([Passage(text) for text in TEXTS])
    counts = [None if e.tokens is None else len(e.tokens) for e in found[:1] + found[-1:]]
    assert counts == [None if e.tokens is None else len(e.tokens) for e in alone[:1] + alone[-1:]]


async def test_a_question_has_the_vector_of_its_text(embedder: Embedder) -> None:
    for text in TEXTS:
        asked = await embedder.ask(text, without={"a", "the"})
        np.testing.assert_array_equal(asked.vector, (await embedder.embed([text]))[0].vector)
        assert asked.model == embedder.model


async def test_words_without_a_say_and_punctuation_have_no_token_vectors(cache: Path) -> None:
    async with open_minilm(cache=cache) as minilm:
        asked = await minilm.ask("Where is the cat?", without={"where", "is", "the"})
        (only,) = await minilm.read([Passage("cat")])
        nothing = await minilm.ask("Where is the?", without={"where", "is", "the"})
    assert asked.tokens is not None
    assert only.tokens is not None
    assert nothing.tokens is not None
    assert (asked.tokens.shape, asked.tokens.dtype) == ((1, 64), np.dtype(np.int8))
    assert only.tokens.shape == (1, 64)
    assert len(nothing.tokens) == 4
    np.testing.assert_allclose(np.linalg.norm(asked.tokens.astype(float), axis=1), 127, atol=4)


async def test_a_short_answer_is_understood_after_its_question(cache: Path) -> None:
    async with open_minilm(cache=cache) as minilm:
        question = await minilm.ask("Which pets live with her?")
        said = ("Ben: Do you have any pets at home?",)
        in_context, alone = await minilm.read([Passage("Ada: Yes, two.", said), Passage("Ada: Yes, two.")])
    assert in_context.vector @ question.vector > alone.vector @ question.vector + 0.1
