"""An endpoint's answers are checked before they are believed; its refusals are met with patience, then named."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from app.adapters.embedding.endpoint import OpenAiEmbedder, open_endpoint
from app.domain.errors import Unavailable
from tests.embedding_endpoint import DIMENSION, Answer, Asked, honest, running_endpoint, unit, vectors

KEY = "sk-very-secret"


@asynccontextmanager
async def asking(
    *answers: Callable[[list[str]], Answer], patience: float = 20
) -> AsyncIterator[tuple[OpenAiEmbedder, Asked]]:
    """An embedder on a server that gives these answers first."""
    with running_endpoint() as (url, asked):
        asked.answers.extend(answers)
        async with open_endpoint(
            url=url, key=KEY, model="test-model", dimension=DIMENSION, timeout=patience, pause=0.01
        ) as embedder:
            yield embedder, asked


def always(answer: Answer) -> Callable[[list[str]], Answer]:
    return lambda texts: answer


async def test_it_asks_as_the_protocol_says() -> None:
    async with asking() as (embedder, asked):
        found = await embedder.embed(["one", "two"])
    np.testing.assert_allclose([e.vector for e in found], [unit("one"), unit("two")], rtol=1e-6)
    assert asked.bodies == [{"model": "test-model", "input": ["one", "two"], "encoding_format": "float"}]
    assert asked.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert (embedder.model, embedder.dimension) == ("test-model", DIMENSION)


async def test_without_a_key_no_authorization_is_sent() -> None:
    with running_endpoint() as (url, asked):
        async with open_endpoint(url=url, model="test-model", dimension=DIMENSION) as embedder:
            await embedder.embed(["one"])
    assert "Authorization" not in asked.headers[0]


async def test_long_lists_go_in_batches_of_256() -> None:
    texts = [f"text {number}" for number in range(600)]
    async with asking() as (embedder, asked):
        found = await embedder.embed(texts)
    assert [len(body["input"]) for body in asked.bodies] == [256, 256, 88]
    np.testing.assert_allclose([e.vector for e in found], [unit(text) for text in texts], rtol=1e-5, atol=1e-7)


async def test_texts_are_made_acceptable() -> None:
    async with asking() as (embedder, asked):
        await embedder.embed(["", "x" * 9_000, "\ud800"])
    assert asked.bodies[0]["input"] == [" ", "x" * 8_000, "?"]


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with asking() as (embedder, _):
        assert len(await embedder.embed(["one"])) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_server_is_asked_again(status: int) -> None:
    busy = always(Answer(status, b"", {"Retry-After": "0"}))
    async with asking(busy, busy) as (embedder, asked):
        assert len(await embedder.embed(["one"])) == 1
    assert len(asked.bodies) == 3


async def test_patience_ends_after_three_attempts() -> None:
    busy = always(Answer(429, b"slow down, sk-very-secret"))
    async with asking(busy, busy, busy) as (embedder, asked):
        with pytest.raises(Unavailable) as failure:
            await embedder.embed(["one"])
    assert failure.value.message == "The embedding endpoint answered 429, 3 times"
    assert len(asked.bodies) == 3


async def test_a_wait_that_the_server_asks_for_ends_with_the_time_out() -> None:
    async with asking(always(Answer(503, b"", {"Retry-After": "3600"})), patience=0.2) as (embedder, _):
        with pytest.raises(Unavailable, match=r"did not answer within 0\.2 s"):
            await embedder.embed(["one"])


async def test_a_slow_server_is_given_up() -> None:
    let_go = threading.Event()

    def slowly(texts: list[str]) -> Answer:
        let_go.wait(10)
        return honest(texts)

    async with asking(slowly, slowly, slowly, patience=0.2) as (embedder, _):
        with pytest.raises(Unavailable, match=r"did not answer within 0\.2 s"):
            await embedder.embed(["one"])
        let_go.set()


async def test_a_server_that_is_not_there_is_named() -> None:
    with running_endpoint() as (url, _):
        pass
    async with open_endpoint(url=url, model="test-model", dimension=DIMENSION, pause=0.01) as embedder:
        with pytest.raises(Unavailable) as failure:
            await embedder.embed(["one"])
    assert failure.value.message == "The embedding endpoint could not be reached (ConnectError), 3 times"


FULL = [1.0] * DIMENSION


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(401, b"bad key sk-very-secret"), "answered 401; check its address, key and model"),
        (Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), "answered 302; check its address, key and model"),
        (Answer(200, b"<html>"), "answer is not a list of vectors"),
        (Answer(200, b"5"), "answer is not a list of vectors"),
        (Answer(200, b'{"data": []}'), "sent 0 vectors for 2 texts"),
        (Answer(200, b'{"data": [{"embedding": [1]}]}'), "answer is not a list of vectors"),
        (vectors([FULL]), "sent 1 vectors for 2 texts"),
        (vectors([FULL] * 3), "sent 3 vectors for 2 texts"),
        (vectors([[1.0] * 5] * 2), "vectors have dimension 5, not 16"),
        (vectors([FULL, FULL[1:]]), "answer is not a list of vectors"),
        (vectors([FULL, [float("nan"), *FULL[1:]]]), "answer is not a list of vectors"),
        (
            Answer(200, json.dumps({"data": [{"index": i, "embedding": ["1"] * 16} for i in range(2)]}).encode()),
            "answer is not a list of vectors",
        ),
        (vectors([FULL, [0.0] * DIMENSION]), "sent a vector without a direction"),
        (vectors([FULL, [1e308] * DIMENSION]), "sent a vector without a direction"),
        (Answer(200, b" " * 20_000), "sends more than was asked for; check the dimension"),
    ],
)
async def test_an_answer_that_cannot_be_right_is_refused_at_once(answer: Answer, message: str) -> None:
    async with asking(always(answer)) as (embedder, asked):
        with pytest.raises(Unavailable) as failure:
            await embedder.embed(["one", "two"])
    assert message in failure.value.message
    assert KEY not in failure.value.message
    assert len(asked.bodies) == 1


async def test_cancelling_a_call_leaves_the_client_usable() -> None:
    async with asking() as (embedder, _):
        left = asyncio.create_task(embedder.embed(["one"]))
        await asyncio.sleep(0)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        assert len(await embedder.embed(["two"])) == 1
