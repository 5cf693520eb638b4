"""Adding memories over HTTP: durable, findable, and the extraction behind it.

python -m benchmarks.adding
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks import figures, texts
from benchmarks.figures import Report, Row
from benchmarks.server import Server, aside, folder, running
from benchmarks.wire import Connection

ADD = """mutation Add($text: String!, $user: String!) {
  addMemory(input: {text: $text, user: $user}) { memory { id } userErrors { code message } } }"""
ADD_MANY = """mutation AddMany($memories: [MemoryInput!]!) {
  addMemories(input: {memories: $memories}) { created userErrors { code message field } } }"""

AT_ONCE = 8
BATCH = 100
_JSON = {"Content-Type": "application/json"}

Texts = Iterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Texts of one length: how many are added one at a time, at once, and in batches."""

    words: int
    given: Callable[[int], Texts]
    one_by_one: int
    together: int
    batches: int


SHORT = Length(words=12, given=texts.sentences, one_by_one=400, together=800, batches=20)
LONG = Length(words=100, given=texts.paragraphs, one_by_one=100, together=200, batches=4)


def one_by_one(server: Server, given: Texts, count: int) -> list[float]:
    """Seconds of each call."""
    caller = server.caller()
    seconds = [caller.ask(ADD, text=text, user="one").seconds for text in islice(given, count)]
    caller.close()
    return seconds


def together(server: Server, given: Texts, count: int) -> float:
    """Seconds until the last of `count` calls over a few connections was answered."""

    def add(text: str) -> None:
        caller = callers.pop()
        caller.ask(ADD, text=text, user="many")
        callers.append(caller)

    callers = [server.caller() for _ in range(AT_ONCE)]
    return _timed(add, list(islice(given, count)))


def in_batches(server: Server, given: Texts, count: int) -> float:
    """Seconds for all batches, one after the other."""
    caller = server.caller()
    bodies = [[{"text": text, "user": "batch"} for text in islice(given, BATCH)] for _ in range(count)]
    seconds = sum(caller.ask(ADD_MANY, memories=body).seconds for body in bodies)
    caller.close()
    return seconds


def _timed(work: Callable[[str], None], items: list[str]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, items))
    return time.perf_counter() - started


def on_one_core(length: Length) -> Iterator[Row]:
    """All three ways, on a server that has one core."""
    given = length.given(1)
    with folder() as data, running(data) as server:
        one_by_one(server.warm(), given, 20)
        server.drained()
        yield from _alone(server, given, length)
        yield from _together(server, given, length)
        yield from _in_batches(server, given, length, "")


def on_all_cores(length: Length) -> Iterator[Row]:
    """Batches again, on a server that may use the whole machine."""
    with folder() as data, running(data, core=None) as server:
        yield from _in_batches(server.warm(), length.given(2), length, ", on all cores")


def _alone(server: Server, given: Texts, length: Length) -> Iterator[Row]:
    label, count = f"{length.words} words, one at a time", length.one_by_one
    before = server.processor_seconds()
    seconds = one_by_one(server, given, count)
    taken = sum(seconds) + server.drained()
    used = server.processor_seconds() - before
    yield figures.spread(label, seconds)
    yield _goal(length, figures.at_most(f"{label}, p50", figures.median(seconds) * 1_000, 8, "ms"))
    yield _goal(length, figures.at_least(f"{label}, answered", count / sum(seconds), 150, "/s"))
    yield figures.plain(f"{label}, until extracted", count / taken, "/s")
    yield figures.plain(f"{label}, processor time each, with its extraction", used / count * 1_000, "ms")


def _together(server: Server, given: Texts, length: Length) -> Iterator[Row]:
    label, count = f"{length.words} words, {AT_ONCE} at once", length.together
    answered = together(server, given, count)
    taken = answered + server.drained()
    yield _goal(length, figures.at_least(f"{label}, answered", count / answered, 150, "/s"))
    yield figures.plain(f"{label}, until extracted", count / taken, "/s")


def _in_batches(server: Server, given: Texts, length: Length, where: str) -> Iterator[Row]:
    label, count = f"{length.words} words, batches of {BATCH}{where}", length.batches * BATCH
    answered = in_batches(server, given, length.batches)
    taken = answered + server.drained()
    yield _goal(length, figures.at_least(f"{label}, answered", count / answered, 600, "/s"))
    yield figures.plain(f"{label}, until extracted", count / taken, "/s")


def _goal(length: Length, row: Row) -> Row:
    """Goals are set for short texts."""
    return row if length is SHORT else Row(what=row.what, figure=row.figure)


def durability_alone(data: Path) -> list[float]:
    """Seconds of each insert of one row, in the plainest server that is as durable."""
    data.mkdir(parents=True)
    with running(data, command=("-m", "benchmarks.plain", str(data / "plain.db"))) as server:
        connection = Connection(server.address)
        seconds = []
        for text in islice(texts.sentences(1), SHORT.one_by_one):
            body = json.dumps({"text": text}).encode()
            started = time.perf_counter()
            status, _ = connection.post("/insert", body, _JSON)
            seconds.append(time.perf_counter() - started)
            assert status == 200
        connection.close()
    return seconds


def run() -> Report:
    aside()
    rows = [*on_one_core(SHORT), *on_one_core(LONG), *on_all_cores(SHORT), *on_all_cores(LONG)]
    with folder() as data, running(data) as server:
        ours = figures.median(one_by_one(server.warm(), texts.sentences(1), SHORT.one_by_one))
    with folder() as data:
        plain = durability_alone(data)
    rows += [
        figures.spread("a plain Starlette route, one row into SQLite", plain),
        figures.plain("addMemory to that route, p50 to p50", ours / figures.median(plain), "x"),
    ]
    return Report(
        title="Adding",
        how=f"`addMemory` in mode EXTRACT, on disk when it answers: {SHORT.one_by_one} calls one at a time, "
        f"{SHORT.together} over {AT_ONCE} connections, {SHORT.batches} `addMemories` of {BATCH} (fewer of the long "
        "texts). The server has one core, and extraction runs on it meanwhile; the client has the other. Batches are "
        "measured once more on all cores. *Until extracted* counts until no job is left.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
