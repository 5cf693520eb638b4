"""Each dialect over HTTP beside the same service call through the thinnest possible route of the same process.

python -m benchmarks.dialects
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson

from app.rest.handles import id_of
from benchmarks import figures, texts
from benchmarks.calls import ADA, PROJECT, keypath_of
from benchmarks.figures import Report, Row
from benchmarks.server import Server, aside, folder, running
from benchmarks.wire import Connection

CALLS = 600
KEPT = 300
ADD_GOAL = GET_GOAL = SEARCH_GOAL = 1.2
LIST_GOAL = 1.3
_WORD = "launch"

Call = Callable[[Connection], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a dialect asks for the four, and where what it added is found: by its own name and by the thin route's."""

    add: Callable[[str], Call]
    get: Callable[[Any], Call]
    search: Call
    listed: Call
    id_of: Callable[[Any], str]
    ours: Callable[[str], str] = str


def _ask(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Call:
    content = b"" if body is None else orjson.dumps(body)
    named = {**headers, **({"Content-Type": "application/json"} if content else {})}

    def call(connection: Connection) -> bytes:
        status, answer = connection.request(method, path, content, named)
        assert status < 300, answer[:500]
        return answer

    return call


def _buildd(key: str) -> Ways:
    own = {"Authorization": f"Bearer {key}"}
    at = "/compat/buildd/api/memories"
    return Ways(
        add=lambda text: _ask("POST", at, own, {"type": "discovery", "title": "Note", "content": text}),
        get=lambda id_: _ask("GET", f"{at}/{id_}", own),
        search=_ask("GET", f"{at}/search?query={_WORD}&limit=10", own),
        listed=_ask("GET", f"{at}?limit=100", own),
        id_of=lambda told: told["memory"]["id"],
    )


def _memsolus(key: str) -> Ways:
    own = {"X-Api-Key": key}
    at = "/compat/memsolus/v1/memories"
    return Ways(
        add=lambda text: _ask("POST", at, own, {"memory": text}),
        get=lambda id_: _ask("GET", f"{at}/{id_}", own),
        search=_ask("GET", f"{at}?search={_WORD}&page_size=10", own),
        listed=_ask("GET", f"{at}?page_size=100", own),
        id_of=itemgetter("id"),
        ours=lambda id_: id_of("memory", id_),
    )


def _memorysync(key: str) -> Ways:
    own = {"X-API-Key": key, "X-End-User-ID": "ada"}
    at = "/compat/memorysync"
    return Ways(
        add=lambda text: _ask("POST", f"{at}/memory/add", own, {"text": text, "deduplicate": False}),
        get=lambda id_: _ask("GET", f"{at}/memory/{id_}", own),
        search=_ask("POST", f"{at}/memory/query", own, {"query": _WORD, "k": 10}),
        listed=_ask("GET", f"{at}/v1/memory/default/ada/list?limit=100", own),
        id_of=lambda told: str(told["id"]),
    )


def _memstate(key: str) -> Ways:
    own = {"X-API-Key": key}
    at = "/compat/memstate/api/v1/memories"
    return Ways(
        add=lambda text: _ask(
            "POST", f"{at}/store", own, {"content": text, "keypath": keypath_of(text), "project_id": PROJECT}
        ),
        get=lambda id_: _ask("GET", f"{at}/{id_}", own),
        search=_ask("POST", f"{at}/search", own, {"query": _WORD, "limit": 10, "project_id": PROJECT}),
        listed=_ask("POST", f"{at}/browse", own, {"keypath_prefix": "", "limit": 100, "project_id": PROJECT}),
        id_of=itemgetter("memory_id"),
        ours=lambda id_: id_.rpartition("_")[0],
    )


def _memsync(key: str) -> Ways:
    own = {"X-API-Key": key}
    at = "/compat/memsync/v1/memories"
    said = {"agent_id": "bench", "source": "bench", "user_id": ADA}
    return Ways(
        add=lambda text: _ask("POST", at, own, {**said, "messages": [{"role": "user", "content": text}]}),
        get=lambda id_: _ask("GET", f"{at}/{id_}", own),
        search=_ask("POST", f"{at}/search", own, {"query": _WORD, "limit": 10, "include_bio": False, "user_id": ADA}),
        listed=_ask("GET", f"{at}?page_size=100&user_id={ADA}", own),
        id_of=lambda told: str(told["memories"][0]["id"]),
    )


DIALECTS: Mapping[str, Callable[[str], Ways]] = {
    "buildd": _buildd,
    "memsolus": _memsolus,
    "memorysync": _memorysync,
    "memstate": _memstate,
    "memsync": _memsync,
}


def _medians(server: Server, ours: Callable[[int], Call], thin: Callable[[int], Call]) -> float:
    """How many times longer the one takes than the other, p50, asked in turn."""
    connection = Connection(server.address)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(CALLS):
        for call, into in zip((ours(turn), thin(turn)), times, strict=True):
            started = time.perf_counter()
            call(connection)
            into.append(time.perf_counter() - started)
    connection.close()
    return figures.median(times[0][CALLS // 10 :]) / figures.median(times[1][CALLS // 10 :])


def _measured(server: Server, name: str, ways: Ways) -> list[Row]:
    given = [f"{text} The {_WORD} is near." for text in islice(texts.sentences(5), KEPT + 2 * CALLS)]
    thin, own = f"/thin/{name}", ""
    connection = Connection(server.address)
    for text in given[:KEPT]:
        told = orjson.loads(ways.add(text)(connection))
        with suppress(LookupError):  # of some texts nothing is kept
            own = ways.id_of(told)
    server.settle()
    compared = {
        "get": (GET_GOAL, lambda _: ways.get(own), lambda _: _ask("GET", f"{thin}/get/{ways.ours(own)}", {})),
        "search": (SEARCH_GOAL, lambda _: ways.search, lambda _: _ask("GET", f"{thin}/search?q={_WORD}", {})),
        "list of 100": (LIST_GOAL, lambda _: ways.listed, lambda _: _ask("GET", f"{thin}/list", {})),
        "add": (
            ADD_GOAL,
            lambda turn: ways.add(given[KEPT + 2 * turn]),
            lambda turn: _ask("POST", f"{thin}/add", {}, {"text": given[KEPT + 2 * turn + 1]}),
        ),
    }
    return [
        figures.at_most(f"{name}, {what} to thin route, p50", _medians(server, ours, theirs), goal, "x")
        for what, (goal, ours, theirs) in compared.items()
    ]


def run() -> Report:
    aside()
    rows: list[Row] = []
    for name, ways in DIALECTS.items():
        with folder() as data, running(data, command=("-m", "benchmarks.thin")) as server:
            rows += _measured(server, name, ways(server.told[name]))
    return Report(
        title="Dialects",
        how=f"{CALLS} calls of each kind, in turn with the thinnest possible route of the same process, which makes the "
        f"same service calls and writes four fields as JSON, without keys; {KEPT} memories before.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
