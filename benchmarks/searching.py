"""Hybrid search over HTTP, in a small store and in a large one.

python -m benchmarks.searching
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from app.bootstrap import build
from app.logs import configure_logs
from app.settings import Settings
from benchmarks import figures, texts
from benchmarks.figures import Report, Row
from benchmarks.filling import Filling, fill, user_name
from benchmarks.server import SERVER_CORE, Server, aside, folder, pin, running

SEARCH = """query Search($query: String!, $filter: MemoryFilter) {
  search(query: $query, filter: $filter, first: 10) { edges { score node { id text createdAt } } } }"""
SMALL = Filling(users=1, each=1_000)
LARGE = Filling(users=100, each=1_000)
CALLS = 300
_MIB = 1024 * 1024


def embedding_seconds(data: Path, questions: Sequence[str]) -> list[float]:
    """For each question what embedding it alone takes, on the core that the server will have."""

    async def embed() -> list[float]:
        async with build(Settings(data=data)) as application:
            seconds = []
            await application.embedder.embed(["warm up"])
            for question in questions:
                started = time.perf_counter()
                await application.embedder.embed([question])
                seconds.append(time.perf_counter() - started)
            return seconds

    configure_logs(level="warning", format="auto")
    pin(0, SERVER_CORE)
    try:
        return asyncio.run(embed())
    finally:
        aside()


def searched(server: Server, questions: Sequence[str], users: Sequence[str]) -> list[float]:
    """Seconds of each search; with users, each question is asked of the next of them."""
    caller = server.caller()
    seconds = []
    for number, question in enumerate(questions):
        scope = {"users": [users[number % len(users)]]} if users else None
        answer = caller.ask(SEARCH, query=question, filter=scope)
        assert len(answer.data["search"]["edges"]) == 10
        seconds.append(answer.seconds)
    caller.close()
    return seconds


def beyond(total: Sequence[float], embedding: Sequence[float]) -> list[float]:
    return [max(0.0, all_of_it - part) for all_of_it, part in zip(total, embedding, strict=True)]


def _questions(seed: int) -> list[str]:
    """Distinct ones, more than the embedder remembers."""
    return list(dict.fromkeys(islice(texts.questions(seed), CALLS)))


class _Store:
    """One data folder, filled, with the questions that are put to it."""

    def __init__(self, data: Path, filling: Filling) -> None:
        self.users = [user_name(number) for number in range(filling.users)]
        filled = fill(Settings(data=data), filling)
        self.key, self.fill_seconds = filled.key, filled.writing
        self.questions = _questions(6), _questions(7), _questions(8)
        self.embedding = [embedding_seconds(data, questions) for questions in self.questions]


def _small() -> tuple[list[Row], float]:
    """The rows, and the p95 that the large store is held against."""
    with folder() as data:
        store = _Store(data, SMALL)
        with running(data, key=store.key) as server:
            server.warm()
            searched(server, store.questions[2], store.users)
            scoped = searched(server, store.questions[0], store.users)
    rest = beyond(scoped, store.embedding[0])
    p95 = figures.percentile(scoped, 0.95)
    rows = [
        figures.spread("embedding a question, alone", store.embedding[0]),
        figures.spread("1,000 memories of one user", scoped),
        figures.spread("1,000 memories of one user, beyond the embedding", rest),
        figures.at_most("1,000 memories of one user, beyond the embedding, p50", figures.median(rest) * 1_000, 8, "ms"),
        figures.at_most(
            "1,000 memories of one user, beyond the embedding, p95", figures.percentile(rest, 0.95) * 1_000, 15, "ms"
        ),
    ]
    return rows, p95


def _large(small_p95: float) -> Iterator[Row]:
    with folder() as data:
        store = _Store(data, LARGE)
        with running(data, key=store.key) as server:
            before = server.warm().resident()
            cold = searched(server, store.questions[0][:100], store.users)
            scoped = searched(server, store.questions[1], store.users)
            first, *warm = searched(server, store.questions[2], ())
            grown = server.resident() - before
    yield figures.spread("100,000 memories, one user of 100, first time for each", cold)
    yield figures.spread("100,000 memories, one user of 100", scoped)
    p95 = figures.percentile(scoped, 0.95)
    yield figures.at_most("p95 at 100,000 of one user to p95 at 1,000", p95 / small_p95, 3, "x")
    yield figures.spread("100,000 memories, all of them", warm)
    yield figures.at_most("100,000 memories, all of them, p95", figures.percentile(warm, 0.95) * 1_000, 60, "ms")
    yield figures.plain("100,000 memories, all of them, the very first", first * 1_000, "ms")
    yield figures.plain("memory that these searches left in use", grown / _MIB, "MB")
    yield figures.plain("filling 100,000 through the store's port", 100_000 / store.fill_seconds, "/s")


def run() -> Report:
    aside()
    small, p95 = _small()
    return Report(
        title="Searching",
        how=f"`search` in mode HYBRID, 10 hits, {CALLS} distinct questions of some 12 words that name a person and a "
        "place, one at a time; the server has one core. Memories of 12 words are written straight through the store's "
        "port, with random vectors and with the entities they name. *Beyond the embedding*: each total less what "
        "embedding the same question takes in a process of its own on the same core.",
        rows=(*small, *_large(p95)),
    )


if __name__ == "__main__":
    print(figures.text(run()))
