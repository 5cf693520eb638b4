"""Hybrid search through Weaviate, each hit confirmed by Neo4j, beside the embedded one.

python -m benchmarks.searching_on_servers
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from app.settings import Settings
from benchmarks import figures, texts
from benchmarks.figures import Report, Row
from benchmarks.filling import Filled, Filling, fill, user_name
from benchmarks.searching import LARGE, SEARCH, SMALL
from benchmarks.server import Server, aside, folder, running, spread_out
from benchmarks.stores import Stores, stores

CALLS = 300
WARM = 100
LIMIT = 3


def searched(embedded: Server, servers: Server, seed: int, users: Sequence[str]) -> tuple[list[float], list[float]]:
    """Seconds of each search on both sides, asked in turn; with users, each question is put to the next of them."""
    sides = embedded.caller(), servers.caller()
    seconds: tuple[list[float], list[float]] = ([], [])
    for number, question in enumerate(islice(texts.questions(seed), WARM + CALLS)):
        scope = {"users": [users[number % len(users)]]} if users else None
        order = (0, 1) if number % 2 else (1, 0)
        for side in order:
            answer = sides[side].ask(SEARCH, query=question, filter=scope)
            assert len(answer.data["search"]["edges"]) == 10
            if number >= WARM:
                seconds[side].append(answer.seconds)
    return seconds


def compared(label: str, embedded: Sequence[float], servers: Sequence[float]) -> Iterator[Row]:
    yield figures.spread(f"{label}: embedded", embedded)
    yield figures.spread(f"{label}: servers", servers)
    middle = figures.median(servers) / figures.median(embedded)
    slow = figures.percentile(servers, 0.95) / figures.percentile(embedded, 0.95)
    yield figures.plain(f"{label}: servers to embedded, p50", middle, "x")
    yield figures.at_most(f"{label}: servers to embedded, p95", slow, LIMIT, "x")


def of_size(filling: Filling) -> Iterator[Row]:
    count = filling.users * filling.each
    users = [user_name(number) for number in range(filling.users)]
    with folder() as data, folder() as other, stores(other.parent) as kept:
        spread_out()
        api = {**kept.environment, "MNEMOGRAPH_JOB_WORKERS": "0"}
        here = fill(Settings(data=data), filling)
        there = fill(Settings.from_env({**api, "MNEMOGRAPH_DATA": str(other)}), filling)
        aside()
        with (
            running(data, key=here.key) as embedded,
            running(other, key=there.key, settings=api) as servers,
        ):
            embedded.warm()
            servers.warm()
            whose = "of one user" if filling.users == 1 else f"one user of {filling.users}"
            yield from compared(f"{count:,} memories, {whose}", *searched(embedded, servers, 6, users))
            if filling.users > 1:
                yield from compared(f"{count:,} memories, all of them", *searched(embedded, servers, 7, ()))
        yield from _rates(count, here, there, kept)


def _rates(count: int, here: Filled, there: Filled, kept: Stores) -> Iterator[Row]:
    yield figures.plain(f"{count:,} memories: written, embedded", count / here.writing, "/s")
    yield figures.plain(f"{count:,} memories: written, servers", count / there.writing, "/s")
    yield figures.plain(f"{count:,} memories: indexed afterwards", count / there.indexing, "/s")
    yield figures.plain(f"{count:,} memories: memory of Weaviate", kept.weaviate.resident() / 2**20, "MB")


def run() -> Report:
    rows = [*of_size(SMALL), *of_size(LARGE)]
    return Report(
        title="Searching on servers",
        how=f"`search` in mode HYBRID, 10 hits, {CALLS} distinct questions of some 12 words, put in turn to a server on "
        "one SQLite file and to one on Neo4j, Weaviate and Redis, each on the same one core, the stores on all of them; "
        "the same memories of 12 words with random vectors and the entities they name.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
