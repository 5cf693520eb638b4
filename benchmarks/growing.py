"""How cost grows with the number of memories, on one file and on the servers.

    python -m benchmarks.growing [--million]

With `--million` there is a fourth size; it takes an hour or more, and draws four points instead of three.
"""

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from app.settings import Settings
from benchmarks import drawing, figures, results, texts
from benchmarks.figures import Report, Row
from benchmarks.filling import Filled, Filling, fill, user_name
from benchmarks.searching import SEARCH
from benchmarks.server import NO_SETTINGS, Caller, Server, aside, folder, running, spread_out
from benchmarks.stores import Stores, stores

EACH = 1_000
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
ASKED, WARM, WHO = 200, 60, 20
LIMIT = 3
_ROOMY: Final = {"NEO4J_HEAP": "2g", "NEO4J_PAGECACHE": "4g", "WEAVIATE_MEMORY": "5GiB"}
_ADD: Final = """mutation Add($text: String!, $user: String!) {
  addMemory(input: {text: $text, user: $user, mode: VERBATIM}) { memory { id } userErrors { code message } } }"""
_IDS: Final = """query Ids($user: String!) {
  memories(filter: {users: [$user]}, orderBy: {field: OCCURRED_AT, direction: ASC}, first: 10) { nodes { id } } }"""
_AROUND: Final = """query Around($from: ID!) {
  neighborhood(from: $from, depth: 2, kinds: [MENTIONS, LINKS, RELATES], first: 100) {
    nodes { id } edges { source target kind type weight } } }"""
_MIB: Final = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one store was like at one size. Seconds of each call; bytes; writing and indexing a second."""

    size: int
    add: list[float]
    search: list[float]
    around: list[float]
    on_disk: int
    resident: int
    written: float
    indexed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to be stored: its settings, and what its data and its processes besides the server occupy."""

    name: str
    data: Path
    settings: Mapping[str, str]
    on_disk: Callable[[], int]
    resident: Callable[[], int]


def embedded(data: Path) -> Kind:
    return Kind(
        name="embedded",
        data=data,
        settings=NO_SETTINGS,
        on_disk=lambda: _size_of(data, "mnemograph.db"),
        resident=lambda: 0,
    )


@contextmanager
def on_servers(data: Path, sizes: Mapping[str, str]) -> Iterator[Kind]:
    with stores(data.parent, sizes) as kept:
        yield _on(kept, data)


def _on(kept: Stores, data: Path) -> Kind:
    return Kind(name="servers", data=data, settings=kept.environment, on_disk=kept.on_disk, resident=kept.resident)


def _size_of(folder_: Path, name: str) -> int:
    return sum(file.stat().st_blocks * 512 for file in folder_.glob(f"{name}*"))


def measured(kind: Kind, sizes: Sequence[int]) -> Iterator[Point]:
    """Grows the store from size to size, and asks it the same at each."""
    users = 0
    settings = {**kind.settings, "MNEMOGRAPH_JOB_WORKERS": "0"}
    for size in sizes:
        spread_out()
        new = size // EACH - users
        filled = fill(
            Settings.from_env({**settings, "MNEMOGRAPH_DATA": str(kind.data)}),
            Filling(users=new, each=EACH, first=users),
        )
        users += new
        aside()
        with running(kind.data, key=filled.key, settings=settings) as server:
            yield _point(kind, server.warm(), size, filled, new * EACH)


def _point(kind: Kind, server: Server, size: int, filled: Filled, new: int) -> Point:
    caller = server.caller()
    some = [user_name(number * (size // EACH) // WHO) for number in range(WHO)]
    known = [node["id"] for who in some for node in caller.ask(_IDS, user=who).data["memories"]["nodes"]]
    whom, where = cycle(some), cycle(known)
    questions = texts.questions(size)
    given = texts.sentences(size)
    return Point(
        size=size,
        search=_timed(lambda: caller.ask(SEARCH, query=next(questions), filter={"users": [next(whom)]}).seconds),
        around=_timed(lambda: _seconds_around(caller, next(where))),
        add=_timed(lambda: caller.ask(_ADD, text=next(given), user=next(whom)).seconds),
        on_disk=kind.on_disk(),
        resident=kind.resident() + server.resident(),
        written=new / filled.writing,
        indexed=new / filled.indexing if kind.settings else None,
    )


def _seconds_around(caller: Caller, start: str) -> float:
    answer = caller.ask(_AROUND, **{"from": start})
    assert len(answer.data["neighborhood"]["nodes"]) > 1
    return answer.seconds


def _timed(ask: Callable[[], float]) -> list[float]:
    return list(islice(iter(ask, None), WARM + ASKED))[WARM:]


def table(points: Mapping[str, Sequence[Point]]) -> str:
    """A line a figure and store, a column a size."""
    sizes = [point.size for point in next(iter(points.values()))]
    lines = [
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---|" + "---|" * len(sizes),
    ]
    for label, write in _COLUMNS.items():
        lines += [f"| {label}, {name} | " + " | ".join(map(write, found)) + " |" for name, found in points.items()]
    return "\n".join(lines) + "\n"


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"{figures.median(seconds) * 1_000:.1f} / {figures.percentile(seconds, 0.95) * 1_000:.1f}"


_COLUMNS: Final[Mapping[str, Callable[[Point], str]]] = {
    "add, p50 / p95 ms": lambda point: _milliseconds(point.add),
    "scoped search, p50 / p95 ms": lambda point: _milliseconds(point.search),
    "neighbourhood, p50 / p95 ms": lambda point: _milliseconds(point.around),
    "disk, MB": lambda point: f"{point.on_disk / _MIB:,.0f}",
    "memory, MB": lambda point: f"{point.resident / _MIB:,.0f}",
    "written through the port, /s": lambda point: f"{point.written:,.0f}",
    "indexed afterwards, /s": lambda point: f"{point.indexed:,.0f}" if point.indexed else "",
}


def rows_of(name: str, points: Sequence[Point]) -> Iterator[Row]:
    small, large = points[0], points[-1]
    sizes = f"p95 at {large.size:,} to p95 at {small.size:,}"
    yield figures.at_most(f"scoped search, {name}: {sizes}", _grown(small.search, large.search), LIMIT, "x")
    yield figures.plain(f"add, {name}: {sizes}", _grown(small.add, large.add), "x")
    yield figures.plain(f"neighbourhood, {name}: {sizes}", _grown(small.around, large.around), "x")


def _grown(before: Sequence[float], after: Sequence[float]) -> float:
    return figures.percentile(after, 0.95) / figures.percentile(before, 0.95)


def plotted(points: Mapping[str, Sequence[Point]]) -> None:
    sizes = [point.size for point in next(iter(points.values()))]

    def lines(parts: Mapping[str, Callable[[Point], float]]) -> dict[str, list[float]]:
        return {
            f"{label}, {name}": [of(p) for p in found] for label, of in parts.items() for name, found in points.items()
        }

    def slow(seconds: Sequence[float]) -> float:
        return figures.percentile(seconds, 0.95) * 1_000

    drawing.draw(
        "growing-time",
        title="How long a call takes, p95",
        unit="ms",
        sizes=sizes,
        lines=lines(
            {
                "add": lambda point: slow(point.add),
                "scoped search": lambda point: slow(point.search),
                "neighbourhood": lambda point: slow(point.around),
            }
        ),
    )
    drawing.draw(
        "growing-size",
        title="What it occupies",
        unit="MB",
        sizes=sizes,
        lines=lines({"disk": lambda point: point.on_disk / _MIB, "memory": lambda point: point.resident / _MIB}),
    )


def run(sizes: Sequence[int] = SIZES) -> Report:
    drawing.demand_pen()
    roomy = _ROOMY if max(sizes) >= MILLION else NO_SETTINGS
    points: dict[str, list[Point]] = {}
    with folder() as data:
        points["embedded"] = list(measured(embedded(data), sizes))
    with folder() as data, on_servers(data, roomy) as kind:
        points["servers"] = list(measured(kind, sizes))
    plotted(points)
    return Report(
        title="Growing",
        how=f"{EACH:,} memories of some 12 words a user, random vectors, the entities they name; the store grows from size "
        f"to size. {ASKED} calls each after {WARM} to warm up, one at a time over HTTP, the server on one core and the "
        f"stores on all: `addMemory` in mode VERBATIM, `search` within one of {WHO} users, `neighborhood` of depth 2 "
        "from one of their memories. Memory is that of the server, and of the three stores where there are any "
        f"({', '.join(f'{name}={size}' for name, size in roomy.items()) or 'sized as `make services` does'}).",
        rows=tuple(row for name, found in points.items() for row in rows_of(name, found)),
        more=f"{table(points)}\n![how long a call takes](growing-time.svg)\n\n![what it occupies](growing-size.svg)\n",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing", description=__doc__)
    parser.add_argument("--million", action="store_true", help="also 1,000,000 memories")
    load = os.getloadavg()[0]
    report = run((*SIZES, MILLION) if parser.parse_args().million else SIZES)
    results.keep(report, load=load)
    print(figures.text(report))
