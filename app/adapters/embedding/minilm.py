"""all-MiniLM-L6-v2 on this machine, behind the Embedder port: one class, two engines.

Vectors carry one model name whichever engine made them, because they may be compared. Measured on
1,762 turns and 446 questions of LoCoMo: cosine of an int8 vector with its fp32 twin 0.9925 on average, 0.976 at
worst; recall at 5/10/25 is 46.3/55.6/66.8 for fp32, 47.0/55.9/68.4 for int8, and 45.8/55.4/68.2 when int8 questions
meet fp32 memories. So a machine that must fall back to numpy still finds what it remembered.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

import structlog

from app.adapters.embedding.batching import pieces
from app.adapters.embedding.encoder import Encoder, Engine
from app.adapters.embedding.weights import DIMENSION, MODEL, packaged_model
from app.domain.errors import Unavailable
from app.ports.models import Embedding, Passage

T = TypeVar("T")

EngineChoice = Literal["auto", "onnx", "numpy"]

# A piece is some 15 ms of work on one thread: what a query waits for, at most, behind each longer call.
_PIECE_TEXTS = 8
_PIECE_CHARACTERS = 600
_RECENT = 256

_log = structlog.get_logger(__name__)


class MiniLm:
    """Embeds in its own threads. The model loads at the first use, or at `warm`.

    A call keeps one piece a thread in the queue, so that calls take turns: a query goes ahead of the
    rest of a long list. A cancelled call leaves the queue; others do not notice.
    """

    def __init__(self, *, load: Callable[[], Encoder], threads: int) -> None:
        self._load = load
        self._loading = Lock()
        self._encoder: Encoder | None = None
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="embedding")
        self._recent: OrderedDict[bytes, Embedding] = OrderedDict()

    @property
    def model(self) -> str:
        return MODEL

    @property
    def dimension(self) -> int:
        return DIMENSION

    @property
    def engine(self) -> str | None:
        """Which engine runs ("onnxruntime-int8", "numpy-fp32"), or None before the model is loaded."""
        return self._encoder.engine.name if self._encoder else None

    async def warm(self) -> None:
        """Loads the model, so that the first call need not wait for it. Raises Unavailable."""
        await self._run(Encoder.plain, [])

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One unit vector per text, in order; the arrays are read-only and may be shared between calls."""
        if len(texts) != 1:
            return await self._each(Encoder.plain, texts, texts)
        return [await self._remembered(Encoder.plain, texts[0], b"")]

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        """Vectors in context, with the vectors of the texts' own tokens."""
        return await self._each(Encoder.passage, passages, ["".join((p.text, *p.before)) for p in passages])

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        """The vector, with those of the tokens that tell something; all of them where none does."""
        silent = frozenset(without)
        return await self._remembered(lambda encoder, text: encoder.question(text, silent), question, b"?")

    async def close(self) -> None:
        """Ends the threads after the pieces that they have begun; later calls raise Unavailable."""
        await asyncio.to_thread(self._executor.shutdown)

    async def _remembered(self, work: Callable[[Encoder, str], Embedding], text: str, kind: bytes) -> Embedding:
        said = kind + text.encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(said, digest_size=16).digest()
        found = self._recent.pop(key, None) or (await self._each(work, [text], [text]))[0]
        self._recent[key] = found
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return found

    async def _each(
        self, work: Callable[[Encoder, T], Embedding], given: Sequence[T], texts: Sequence[str]
    ) -> list[Embedding]:
        """What the encoder makes of each; `texts` tell how long each takes."""
        found: dict[int, list[Embedding]] = {}
        waiting = pieces(texts, count=_PIECE_TEXTS, characters=_PIECE_CHARACTERS)

        async def take_turns() -> None:
            for piece in waiting:
                found[piece.start] = await self._run(work, given[piece])

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._threads):
                    group.create_task(take_turns())
        except* Unavailable as failures:
            raise failures.exceptions[0] from None
        return [embedding for start in sorted(found) for embedding in found[start]]

    async def _run(self, work: Callable[[Encoder, T], Embedding], given: Sequence[T]) -> list[Embedding]:
        try:
            running = asyncio.get_running_loop().run_in_executor(self._executor, self._worked, work, given)
        except RuntimeError as error:
            raise Unavailable("The embedding model is shut down") from error
        return await running

    def _worked(self, work: Callable[[Encoder, T], Embedding], given: Sequence[T]) -> list[Embedding]:
        encoder = self._loaded()
        return [work(encoder, one) for one in given]

    def _loaded(self) -> Encoder:
        with self._loading:
            if self._encoder is None:
                self._encoder = self._opened()
                _log.info("embedding.loaded", model=MODEL, engine=self._encoder.engine.name)
            return self._encoder

    def _opened(self) -> Encoder:
        try:
            return self._load()
        except Unavailable:
            raise
        except Exception as error:
            raise Unavailable(f"The embedding model cannot be loaded ({type(error).__name__}: {error})") from error


@asynccontextmanager
async def open_minilm(
    *, cache: Path, engine: EngineChoice = "auto", threads: int = 2, folder: Path | None = None
) -> AsyncIterator[MiniLm]:
    """The model, not loaded yet. `cache` keeps what is built from the weights; `folder` holds the weights
    and the tokenizer, and is the installed package's where it is not given."""
    minilm = MiniLm(load=lambda: _load(engine, folder or packaged_model(), cache), threads=threads)
    try:
        yield minilm
    finally:
        await minilm.close()


def _load(choice: EngineChoice, folder: Path, cache: Path) -> Encoder:
    from app.adapters.embedding.wordpiece import open_tokenizer  # noqa: PLC0415 - loads with the model

    return Encoder(open_tokenizer(folder), _open_engine(choice, folder, cache))


def _open_engine(choice: EngineChoice, folder: Path, cache: Path) -> Engine:
    match choice:
        case "numpy":
            return _open_numpy(folder)
        case "onnx":
            return _open_onnx(folder, cache)
        case "auto":
            try:
                return _open_onnx(folder, cache)
            except Exception as error:  # noqa: BLE001 - whatever onnxruntime trips over, numpy does the same work
                _log.warning("embedding.onnx_failed", error=repr(error), instead="numpy")
                return _open_numpy(folder)


def _open_numpy(folder: Path) -> Engine:
    from app.adapters.embedding.numpy_minilm import open_numpy  # noqa: PLC0415 - only the chosen engine is imported

    return open_numpy(folder)


def _open_onnx(folder: Path, cache: Path) -> Engine:
    try:
        from app.adapters.embedding.onnx_minilm import open_onnx  # noqa: PLC0415 - 0.1 s, and it may be absent
    except ImportError as error:
        raise Unavailable("onnxruntime is not installed") from error
    return open_onnx(folder, cache)
