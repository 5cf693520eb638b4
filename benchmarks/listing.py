"""A list of 100 memories with 10 fields each, beside the same JSON from a plain Starlette route.

python -m benchmarks.listing
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import orjson

from benchmarks import figures, texts
from benchmarks.adding import ADD_MANY
from benchmarks.figures import Report
from benchmarks.plain import FIELDS
from benchmarks.server import Server, aside, folder, running
from benchmarks.wire import Connection

LIST = f"{{ memories(first: 100) {{ nodes {{ {' '.join(FIELDS)} }} }} }}"
COUNT = 100
CALLS = 400
AT_ONCE = 4

Call = Callable[[Connection], bytes]


def _ours(key: str) -> Call:
    body = orjson.dumps({"query": LIST})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return lambda connection: _sound(connection.post("/graphql", body, headers))


def _route(path: str) -> Call:
    return lambda connection: _sound(connection.get(path))


def _sound(answer: tuple[int, bytes]) -> bytes:
    status, content = answer
    assert status == 200, content[:500]
    return content


def one_by_one(server: Server, call: Call) -> list[float]:
    connection = Connection(server.address)
    seconds = []
    for _ in range(CALLS):
        started = time.perf_counter()
        call(connection)
        seconds.append(time.perf_counter() - started)
    connection.close()
    return seconds[CALLS // 10 :]


def rate(server: Server, call: Call) -> float:
    """Answers a second over a few connections."""

    def ask(connection: Connection) -> None:
        for _ in range(CALLS):
            call(connection)

    connections = [Connection(server.address) for _ in range(AT_ONCE)]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, connections))
    return AT_ONCE * CALLS / (time.perf_counter() - started)


def run() -> Report:
    aside()
    with folder() as data, running(data) as server:
        caller = server.warm().caller()
        given = [{"text": text, "speaker": "Maya"} for text in islice(texts.sentences(3), COUNT)]
        caller.ask(ADD_MANY, memories=given)
        server.drained()
        server.settle()
        ours = _ours(server.key)
        answer = ours(Connection(server.address))
        our_times, our_rate = one_by_one(server, ours), rate(server, ours)
    nodes = orjson.loads(answer)["data"]["memories"]["nodes"]
    assert len(nodes) == COUNT
    with folder() as data:
        data.mkdir(parents=True)
        with running(data, command=("-m", "benchmarks.plain", str(data / "plain.db"))) as server:
            _sound(Connection(server.address).post("/list", orjson.dumps(nodes), {}))
            memory, record = _route("/list"), _route("/read")
            assert orjson.loads(memory(Connection(server.address))) == orjson.loads(answer)
            assert orjson.loads(record(Connection(server.address))) == orjson.loads(answer)
            memory_times, memory_rate = one_by_one(server, memory), rate(server, memory)
            record_times, record_rate = one_by_one(server, record), rate(server, record)
    middle = figures.median(our_times)
    return Report(
        title="Listing",
        how=f"`memories(first: {COUNT})` with {len(FIELDS)} plain fields, {len(answer):,} bytes, {CALLS} calls one at a "
        f"time, then over {AT_ONCE} connections; the same JSON from a Starlette route under the same uvicorn, which "
        "only writes it (`JSONResponse`), and from one that first reads the rows from SQLite (`orjson`).",
        rows=(
            figures.spread("GraphQL list", our_times),
            figures.spread("plain route, JSON of what it holds", memory_times),
            figures.spread("plain route, reads SQLite first", record_times),
            figures.at_most("GraphQL to plain route, p50", middle / figures.median(memory_times), 2, "x"),
            figures.plain("GraphQL to plain route that reads, p50", middle / figures.median(record_times), "x"),
            figures.plain("GraphQL list", our_rate, "/s"),
            figures.plain("plain route, JSON of what it holds", memory_rate, "/s"),
            figures.plain("plain route, reads SQLite first", record_rate, "/s"),
        ),
    )


if __name__ == "__main__":
    print(figures.text(run()))
