"""Adding memories over HTTP: durable, findable, and the extraction behind it.

python -m benchmarks.adding
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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

ONE_BY_ONE = 400
AT_ONCE = 8
TOGETHER = 800
BATCHES = 20
BATCH = 100
_JSON = {"Content-Type": "application/json"}

Texts = Iterator[str]


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


def batches(server: Server, given: Texts) -> float:
    """Seconds for all batches, one after the other."""
    caller = server.caller()
    bodies = [[{"text": text, "user": "batch"} for text in islice(given, BATCH)] for _ in range(BATCHES)]
    seconds = sum(caller.ask(ADD_MANY, memories=body).seconds for body in bodies)
    caller.close()
    return seconds


def _timed(work: Callable[[str], None], items: list[str]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, items))
    return time.perf_counter() - started


def measured(server: Server, given: Texts, words: int) -> Iterator[Row]:
    """The figures of texts of one length. Goals are set for short ones."""
    one_by_one(server, given, 20)
    server.drained()
    used = server.processor_seconds()
    alone = one_by_one(server, given, ONE_BY_ONE)
    taken = sum(alone) + server.drained()
    used = server.processor_seconds() - used
    yield figures.spread(f"{words} words, one at a time", alone)
    p50 = figures.median(alone) * 1_000
    yield _goal(words, figures.at_most(f"{words} words, one at a time, p50", p50, 8, "ms"))
    yield _goal(words, figures.at_least(f"{words} words, one at a time, answered", ONE_BY_ONE / sum(alone), 150, "/s"))
    yield figures.plain(f"{words} words, one at a time, until extracted", ONE_BY_ONE / taken, "/s")
    yield figures.plain(f"{words} words, processor time each, with its extraction", used / ONE_BY_ONE * 1_000, "ms")
    answered = together(server, given, TOGETHER)
    rest = server.drained()
    yield _goal(words, figures.at_least(f"{words} words, {AT_ONCE} at once, answered", TOGETHER / answered, 150, "/s"))
    yield figures.plain(f"{words} words, {AT_ONCE} at once, until extracted", TOGETHER / (answered + rest), "/s")
    answered = batches(server, given)
    rest = server.drained()
    count = BATCHES * BATCH
    yield _goal(words, figures.at_least(f"{words} words, batches of {BATCH}, answered", count / answered, 600, "/s"))
    yield figures.plain(f"{words} words, batches of {BATCH}, until extracted", count / (answered + rest), "/s")


def _goal(words: int, row: Row) -> Row:
    return row if words == 12 else Row(what=row.what, figure=row.figure)


def durability_alone(data: Path) -> list[float]:
    """Seconds of each insert of one row, in the plainest server that is as durable."""
    data.mkdir(parents=True)
    with running(data, command=("-m", "benchmarks.plain", str(data / "plain.db"))) as server:
        connection = Connection(server.address)
        seconds = []
        for text in islice(texts.sentences(1), ONE_BY_ONE):
            body = json.dumps({"text": text}).encode()
            started = time.perf_counter()
            status, _ = connection.post("/insert", body, _JSON)
            seconds.append(time.perf_counter() - started)
            assert status == 200
        connection.close()
    return seconds


def run() -> Report:
    aside()
    rows: list[Row] = []
    with folder() as data, running(data) as server:
        server.warm()
        short = list(measured(server, texts.sentences(1), 12))
        rows += [*short, *measured(server, texts.paragraphs(2), 100)]
    with folder() as data, running(data) as server:
        server.warm()
        ours = figures.median(one_by_one(server, texts.sentences(1), ONE_BY_ONE))
    with folder() as data:
        plain = durability_alone(data)
    rows += [
        figures.spread("a plain Starlette route, one row into SQLite", plain),
        figures.plain("addMemory to that route, p50 to p50", ours / figures.median(plain), "x"),
    ]
    return Report(
        title="Adding",
        how=f"`addMemory` in mode EXTRACT, on disk when it answers; {ONE_BY_ONE} calls one at a time, {TOGETHER} over "
        f"{AT_ONCE} connections, {BATCHES} `addMemories` of {BATCH}. The server has one core, and extraction runs on "
        "it meanwhile; the client has the other. *Until extracted* counts until no job is left.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
