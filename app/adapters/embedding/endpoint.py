"""Embeddings of any server that speaks OpenAI's `/embeddings`: a hosted API, Ollama, vLLM, TEI."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import numpy as np
import orjson
import structlog
from numpy.typing import NDArray

from app.adapters.embedding.batching import pieces
from app.domain.errors import Unavailable
from app.ports.models import Embedding, Passage, Vector

_BATCH_TEXTS = 256
_BATCH_CHARACTERS = 200_000
_ATTEMPTS = 3
_LONGEST_PAUSE = 10.0
_BYTES_A_NUMBER = 40  # of an answer's JSON; a longer answer is not read to its end
_BYTES_A_TEXT = 1_000
_NOT_VECTORS = "The embedding endpoint's answer is not a list of vectors"

_log = structlog.get_logger(__name__)


class _TryAgain(Exception):
    """A refusal that may pass: what happened, and the seconds that the server asked for."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        self.pause = pause
        super().__init__(reason)


class OpenAiEmbedder:
    """Asks in batches, one after the other; tries again, briefly, where the server is busy or away.

    `window` cuts texts by characters, since the server's tokens are not known here. `timeout` is for a
    batch with all its attempts, in seconds; `pause` is the wait before the second attempt, doubled after.
    """

    def __init__(
        self, client: httpx.AsyncClient, *, model: str, dimension: int, timeout: float, window: int, pause: float
    ) -> None:
        self._client = client
        self._model = model
        self._dimension = dimension
        self._timeout = timeout
        self._window = window
        self._pause = pause

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    async def warm(self) -> None:
        """Nothing to load: the model is elsewhere."""

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One unit vector per text, in order. Raises Unavailable, never with the key or a text in it."""
        cut = [_sendable(text, self._window) for text in texts]
        found: list[Embedding] = []
        for piece in pieces(cut, count=_BATCH_TEXTS, characters=_BATCH_CHARACTERS):
            vectors = await self._batch(cut[piece])
            found.extend(Embedding(self._model, vector) for vector in vectors)
        return found

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        """The texts alone: what a server sends is one vector a text, so the context cannot be told from it."""
        return await self.embed([passage.text for passage in passages])

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:  # noqa: ARG002 - no tokens here
        return (await self.embed([question]))[0]

    async def close(self) -> None:
        await self._client.aclose()

    async def _batch(self, texts: list[str]) -> list[Vector]:
        try:
            async with asyncio.timeout(self._timeout):
                return _unit_vectors(await self._persist(texts), len(texts), self._dimension)
        except TimeoutError as error:
            raise Unavailable(f"The embedding endpoint did not answer within {self._timeout:g} s") from error

    async def _persist(self, texts: list[str]) -> bytes:
        pause = self._pause
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._ask(texts)
            except _TryAgain as refusal:
                if attempt == _ATTEMPTS:
                    raise Unavailable(f"The embedding endpoint {refusal}, {_ATTEMPTS} times") from refusal
                _log.warning("embedding.endpoint_busy", reason=str(refusal), attempt=attempt)
                await asyncio.sleep(min(max(pause, refusal.pause), _LONGEST_PAUSE))
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    async def _ask(self, texts: list[str]) -> bytes:
        body = orjson.dumps({"model": self._model, "input": texts, "encoding_format": "float"})
        try:
            async with self._client.stream("POST", "embeddings", content=body) as answer:
                _check_status(answer)
                return await self._read(answer, len(texts))
        except httpx.HTTPError as error:
            raise _TryAgain(f"could not be reached ({type(error).__name__})") from error

    async def _read(self, answer: httpx.Response, texts: int) -> bytes:
        longest = texts * (self._dimension * _BYTES_A_NUMBER + _BYTES_A_TEXT) + _BYTES_A_TEXT
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > longest:
                raise Unavailable("The embedding endpoint sends more than was asked for; check the dimension")
        return bytes(body)


def _sendable(text: str, window: int) -> str:
    """What a server accepts: not empty, not too long, no lone surrogate."""
    return text[:window].encode("utf-8", "replace").decode("utf-8") or " "


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        asked = answer.headers.get("Retry-After", "")
        raise _TryAgain(f"answered {status}", float(asked) if asked.isdecimal() else 0.0)
    if status != httpx.codes.OK:
        raise Unavailable(f"The embedding endpoint answered {status}; check its address, key and model")


def _unit_vectors(body: bytes, count: int, dimension: int) -> list[Vector]:
    rows = _rows(body)
    if len(rows) != count:
        raise Unavailable(f"The embedding endpoint sent {len(rows)} vectors for {count} texts")
    numbers = _numbers(rows)
    if numbers.shape[1] != dimension:
        raise Unavailable(f"The embedding endpoint's vectors have dimension {numbers.shape[1]}, not {dimension}")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and lengths.all()):
        raise Unavailable("The embedding endpoint sent a vector without a direction")
    return list((numbers / lengths).astype(np.float32))


def _rows(body: bytes) -> list[Any]:
    """The vectors as they were sent, in the order of the texts."""
    try:
        entries = sorted(orjson.loads(body)["data"], key=lambda entry: entry["index"])
        return [entry["embedding"] for entry in entries]
    except (ValueError, TypeError, KeyError) as error:
        raise Unavailable(_NOT_VECTORS) from error


def _numbers(rows: list[Any]) -> NDArray[Any]:
    try:
        numbers = np.array(rows)
    except ValueError as error:  # of different lengths
        raise Unavailable(_NOT_VECTORS) from error
    if numbers.ndim != 2 or numbers.dtype.kind not in "fi":
        raise Unavailable(_NOT_VECTORS)
    return numbers


@asynccontextmanager
async def open_endpoint(
    *,
    url: str,
    model: str,
    dimension: int,
    key: str | None = None,
    timeout: float = 30.0,  # noqa: ASYNC109 - a setting of the client, not of this call
    window: int = 8_000,
    pause: float = 0.5,
) -> AsyncIterator[OpenAiEmbedder]:
    """An embedder on `url`/embeddings. No proxy, cookie or credential of the environment goes along."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False) as client:
        yield OpenAiEmbedder(client, model=model, dimension=dimension, timeout=timeout, window=window, pause=pause)
