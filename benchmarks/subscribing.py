"""Live subscribers: what an idle one costs, and how long an event takes to reach them.

python -m benchmarks.subscribing
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks import figures
from benchmarks.adding import ADD
from benchmarks.figures import Report, Row
from benchmarks.server import Server, aside, folder, running
from benchmarks.watchers import Watchers, allow_files

WATCH = """subscription Watch($filter: MemoryEventFilter) {
  memoryEvents(project: "default", filter: $filter) { kind memory { id text } } }"""
ADD_ONE = ADD.replace("text: $text,", "text: $text, mode: VERBATIM,")
COUNTS = (1_000, 5_000)
EVENTS = 20
_KIB = 1024
_PAUSE = 0.3
_PATIENCE = 60.0

Filters = Sequence[dict[str, Any]]


@dataclass(slots=True)
class Hearing:
    """The moments at which subscribers heard of one memory, until enough of them have."""

    text: str
    awaited: int
    moments: list[float] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, moment: float, data: dict[str, Any]) -> None:
        memory = data["memoryEvents"]["memory"]
        if memory is not None and memory["text"] == self.text:
            self.moments.append(moment)
        if len(self.moments) >= self.awaited:
            self.enough.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of one crowd of subscribers."""

    each: float
    connected: float
    first: list[float]
    all_of_them: list[float]
    written: list[float]
    lost: int


def everybody(count: int) -> Filters:
    return [{"filter": {"events": ["CREATED"]}} for _ in range(count)]


def each_their_own(count: int) -> Filters:
    return [{"filter": {"events": ["CREATED"], "users": [f"user-{number}"]}} for number in range(count)]


async def watch(server: Server, filters: Filters, reached: int) -> Watched:
    """Connects one subscriber a filter, then tells each event to `reached` of them."""
    watchers = Watchers(server.address, server.key)
    before = await _settled(server)
    started = time.perf_counter()
    await watchers.subscribe(WATCH, filters)
    connected = time.perf_counter() - started
    each = (await _settled(server) - before) / len(filters)
    first: list[float] = []
    every: list[float] = []
    written: list[float] = []
    caller = server.caller()
    for number in range(EVENTS):
        hearing = Hearing(f"Event {number} for {len(filters)}.", reached)
        watchers.heard = hearing.hear
        user = f"user-{number * 7 % len(filters)}"
        begun = time.perf_counter()
        written.append((await asyncio.to_thread(caller.ask, ADD_ONE, text=hearing.text, user=user)).seconds)
        async with asyncio.timeout(_PATIENCE):
            await hearing.enough.wait()
        first.append(min(hearing.moments) - begun)
        every += [moment - begun for moment in hearing.moments]
        await asyncio.sleep(_PAUSE)
    caller.close()
    lost = watchers.lost()
    watchers.close()
    return Watched(each=each, connected=connected, first=first, all_of_them=every, written=written, lost=lost)


async def _settled(server: Server) -> int:
    """Bytes in use when the server has come to rest; this side goes on answering pings."""
    await asyncio.to_thread(server.settle)
    return server.resident()


def crowd(filters: Filters, reached: int) -> Watched:
    """A server of their own for a crowd, after a few subscribers that load what the first ones need."""
    with folder() as data, running(data) as server:
        server.warm()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(watch(server, filters[:10], min(reached, 10)))
            return runner.run(watch(server, filters, reached))


def rows(name: str, count: int, seen: Watched) -> Iterator[Row]:
    label = f"{count:,}, {name}"
    yield figures.at_most(f"{label}: memory each", seen.each / _KIB, 30, "KiB")
    yield figures.plain(f"{label}: connected", count / seen.connected, "/s")
    yield figures.spread(f"{label}: event to client", seen.all_of_them)
    p99 = figures.percentile(seen.all_of_them, 0.99) * 1_000
    yield figures.at_most(f"{label}: event to client, p99", p99, 250, "ms")
    yield figures.spread(f"{label}: until the first has it", seen.first)
    yield figures.spread(f"{label}: the write was answered", seen.written)
    if seen.lost:
        yield figures.plain(f"{label}: connections lost", seen.lost, "")


def run() -> Report:
    aside()
    allow_files(max(COUNTS) + 1_000)
    found: list[Row] = []
    for count in COUNTS:
        found += rows("each event to all", count, crowd(everybody(count), count))
        found += rows("each event to one", count, crowd(each_their_own(count), 1))
    return Report(
        title="Subscribing",
        how="`memoryEvents { kind memory { id text } }` over graphql-transport-ws, one socket a subscriber, the server "
        f"on one core and all clients on the other; {EVENTS} events, one at a time. *To all*: no filter but CREATED. "
        "*To one*: each subscriber watches a user of their own. Latency is counted from sending the mutation, so it "
        "contains the write; memory is what the process grew by, divided by the number of subscribers.",
        rows=tuple(found),
    )


if __name__ == "__main__":
    print(figures.text(run()))
