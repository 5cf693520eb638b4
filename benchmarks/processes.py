"""Two API processes and two workers beside one of each: what grows and what does not.

python -m benchmarks.processes
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice

from benchmarks import figures, texts
from benchmarks.adding import ADD, ADD_MANY, BATCH
from benchmarks.figures import Report, Row
from benchmarks.listing import LIST
from benchmarks.outbox import outbox
from benchmarks.searching import SEARCH
from benchmarks.server import CORES, Caller, Server, folder, running, spread_out, working
from benchmarks.stores import Stores, stores

AT_ONCE = 8
LISTS, SEARCHES, ADDITIONS, EXTRACTED = 800, 400, 400, 1_000
KNOWN = 2_000

Work = Callable[[Caller, str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Answers a second, and memories extracted a second; what the processes of ours used meanwhile, of one core."""

    lists: float
    searches: float
    additions: float
    extracted: float
    busy: float


def rate(servers: Sequence[Server], work: Work, given: Sequence[str]) -> float:
    """Answers a second over some connections, dealt out to the servers in turn."""
    callers = [servers[number % len(servers)].caller() for number in range(AT_ONCE)]

    def one(text: str) -> None:
        caller = callers.pop()
        work(caller, text)
        callers.insert(0, caller)

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, given))
    return len(given) / (time.perf_counter() - started)


def _list(caller: Caller, _: str) -> object:
    return caller.ask(LIST)


def _search(caller: Caller, question: str) -> object:
    return caller.ask(SEARCH, query=question, filter=None)


def _add(caller: Caller, text: str) -> object:
    return caller.ask(ADD, text=text, user="rates")


def _fed(server: Server, seed: int, count: int) -> None:
    caller, given = server.caller(), texts.sentences(seed)
    for _ in range(count // BATCH):
        caller.ask(ADD_MANY, memories=[{"text": text, "user": "fed"} for text in islice(given, BATCH)])
    caller.close()


def measured(kept: Stores, key: str | None, count: int) -> tuple[Rates, str]:
    """With so many API processes and as many workers; and the key, which only the first start tells."""
    api = {**kept.environment, "MNEMOGRAPH_JOB_WORKERS": "0"}
    with ExitStack() as stack:
        home = stack.enter_context(folder())
        behind = stack.enter_context(outbox(kept.environment))
        servers: list[Server] = []
        for number in range(count):
            data = home.with_name(f"api-{number}")
            servers.append(stack.enter_context(running(data, key=key, settings=api, core=None)))
            key = servers[0].key
        if not servers[0].caller().ask("{ memories(first: 1) { nodes { id } } }").data["memories"]["nodes"]:
            _fed(servers[0], 1, KNOWN)
        for number in range(count):
            stack.enter_context(working(home.with_name(f"worker-{number}"), settings=kept.environment))
        for server in servers:
            server.warm()
        servers[0].drained()
        behind.drained()
        rate(servers, _list, [""] * 100)
        rate(servers, _search, list(islice(texts.questions(3), 100)))
        used, started = sum(server.processor_seconds() for server in servers), time.perf_counter()
        lists = rate(servers, _list, [""] * LISTS)
        searches = rate(servers, _search, list(islice(texts.questions(count), SEARCHES)))
        used = sum(server.processor_seconds() for server in servers) - used
        busy = used / (time.perf_counter() - started)
        additions = rate(servers, _add, list(islice(texts.sentences(10 + count), ADDITIONS)))
        servers[0].drained()
        started = time.perf_counter()
        _fed(servers[-1], 20 + count, EXTRACTED)
        servers[0].drained()
        extracted = EXTRACTED / (time.perf_counter() - started)
        return Rates(lists=lists, searches=searches, additions=additions, extracted=extracted, busy=busy), key or ""


def rows_of(one: Rates, two: Rates) -> Iterator[Row]:
    for label, name in (
        (f"lists of 100, {AT_ONCE} at once", "lists"),
        (f"hybrid searches, {AT_ONCE} at once", "searches"),
        (f"additions, {AT_ONCE} at once", "additions"),
        ("memories extracted, batches of 100", "extracted"),
    ):
        alone, both = getattr(one, name), getattr(two, name)
        yield figures.plain(f"{label}: one API process and one worker", alone, "/s")
        yield figures.plain(f"{label}: two of each", both, "/s")
        yield figures.plain(f"{label}: two to one", both / alone, "x")
    yield figures.plain("cores that the API used while reading: one process", one.busy, "cores")
    yield figures.plain("cores that the API used while reading: two processes", two.busy, "cores")


def run() -> Report:
    spread_out()
    with folder() as home, stores(home.parent) as kept:
        one, key = measured(kept, None, 1)
        two, _ = measured(kept, key, 2)
    return Report(
        title="Two of each process",
        how=f"One API process and one worker, then two of each, beside one Neo4j, Weaviate and Redis, over "
        f"{KNOWN:,} memories and more. All of them and the client share the {len(CORES)} cores of this machine: what "
        "grows here is what one process could not use, its event loop being one thread; on machines of their own, "
        "processes have cores of their own and the stores become the limit.",
        rows=tuple(rows_of(one, two)),
    )


if __name__ == "__main__":
    print(figures.text(run()))
