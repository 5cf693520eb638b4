"""One fault tried: load, break, heal, wait until all is quiet, and compare with what the writers know."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from app.indexing.repair import Findings
from tests.faults.stage import Api, Stage, Tenant
from tests.faults.workload import AWAY, GET, LIST, OPEN_JOBS, SEARCH, Asked, Client, Note, Unknown, Writer

RUN: Final = os.environ.get("FAULTS", "")
"""full, quick, or nothing."""
QUIET: Final = 180.0
"""Seconds within which index and jobs have to catch up."""
EXPECTED: Final = frozenset({"ok", AWAY, "ConnectError", "ReadError", "RemoteProtocolError", "WriteError"})
"""How requests may end while something is broken. A time-out is not among them: a 503 has to come first."""


def rounds(full: int, quick: int) -> int:
    """How often, in a full run and in a quick one."""
    return full if RUN == "full" else quick


@dataclass(slots=True)
class Row:
    """A line of the report."""

    fault: str
    times: int = 1
    acknowledged: int = 0
    unknown: int = 0
    lost: int = 0
    answered: float | None = None
    settled: float | None = None
    seen: list[str] = field(default_factory=list)
    passed: bool = False


ROWS: Final[list[Row]] = []
_serial: Final = iter(range(10**6))


class Trial:
    """Two organizations that no other test has, and writers in each."""

    def __init__(self, stage: Stage, fault: str, *, writers: int = 1, apis: Sequence[Api] | None = None) -> None:
        self.stage, self.row = stage, Row(fault)
        number = next(_serial)
        self.apis = list(apis or stage.apis)
        self.tenants = [stage.found(f"{fault} {name}") for name in "xy"]

        def writer(name: str, tenant: Tenant) -> Writer:
            return Writer(f"{name}{number}", Client(tenant, self.apis), seed=number)

        self.loaders = [
            writer(f"{name}w{each}t", tenant)
            for name, tenant in zip("xy", self.tenants, strict=True)
            for each in range(writers)
        ]
        self.prober, self.other = (writer(f"{name}p", tenant) for name, tenant in zip("xy", self.tenants, strict=True))
        self._healed = time.monotonic()
        self._outages: list[tuple[float, float]] = []

    @property
    def writers(self) -> list[Writer]:
        """`loaders` work while there is load; `prober` and `other`, one for each organization, do what a test says."""
        return [*self.loaders, self.prober, self.other]

    def repeated(self, times: int) -> Iterator[int]:
        for number in range(times):
            yield number
            self.row.times = number + 1

    def __enter__(self) -> Self:
        ROWS.append(self.row)
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.row.passed = kind is None
        for writer in self.writers:
            writer.client.close()

    @contextmanager
    def load(self, seconds: float = 0.5) -> Iterator[None]:
        """Writers at work, for so long before the block and after it."""
        threads = [writer.begin() for writer in self.loaders]
        try:
            time.sleep(seconds)
            yield
            time.sleep(seconds)
        finally:
            for writer in self.loaders:
                writer.end()
            for thread in threads:
                thread.join()

    @contextmanager
    def outage(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._outages.append((began, time.monotonic()))

    @property
    def slowest_away(self) -> float:
        """Seconds that a request waited for its answer in an outage, at most; those counted that met its beginning."""
        waited = [
            each.at + each.seconds - max(each.at, began)
            for began, ended in self._outages
            for each in self.asked
            if each.at < ended and each.at + each.seconds > began
        ]
        self.row.seen.append(f"{len(waited)} answers while it was away, the slowest after {max(waited):.1f} s")
        return max(waited)

    def healed(self) -> None:
        """The fault is over; waits until each process answers again, searches not degraded."""
        self._healed = time.monotonic()
        for api in self.apis:
            while not self._answers(api):
                assert time.monotonic() < self._healed + QUIET, f"{api.name} does not answer again"
                time.sleep(0.1)
        self.row.answered = max(self.row.answered or 0.0, time.monotonic() - self._healed)

    def settle(self, *, dead: int = 0) -> None:
        """Waits for jobs and index, then compares everything."""
        self.quiet()
        self.row.settled = max(self.row.settled or 0.0, time.monotonic() - self._healed)
        self.row.acknowledged = sum(writer.knows.acknowledged for writer in self.writers)
        self.row.unknown = sum(writer.knows.unknown for writer in self.writers)
        wrong = [line for writer in self.writers for line in self._compared(writer)]
        wrong += [line for writer in self.writers for line in writer.knows.wrong]
        wrong += self._strangers()
        self.row.lost = len(wrong)
        assert wrong == []
        assert self.stage.repaired(self.tenants) == [Findings(), Findings()]
        assert self.stage.backlog().dead == dead
        strange = Counter(each.ended for each in self.asked if each.ended not in EXPECTED)
        assert strange == Counter(), f"only an unavailable service is answered with an error: {strange}"

    @property
    def asked(self) -> list[Asked]:
        return [each for writer in self.writers for each in writer.client.asked]

    def _answers(self, api: Api) -> bool:
        try:
            hybrid = self.prober.client.ask(SEARCH, api=api, query="anything", mode="HYBRID")
        except Unknown:
            return False
        return not hybrid["search"]["degraded"] and all(note.certain for note in self.prober.add(api=api))

    def quiet(self) -> None:
        deadline = time.monotonic() + QUIET
        while self.stage.backlog().waiting or any(self._jobs(writer.client) for writer in self.writers):
            assert time.monotonic() < deadline, f"never quiet: {self.stage.backlog()}"
            time.sleep(0.2)

    @staticmethod
    def _jobs(client: Client) -> bool:
        return bool(client.learn(OPEN_JOBS)["jobs"]["nodes"])

    def _compared(self, writer: Writer) -> Iterator[str]:
        """What is not as this writer knows it."""
        listed = dict(_listed(writer.client))
        by_label: dict[str, list[str]] = {}
        for id_, text in listed.items():
            by_label.setdefault(text.split(":", maxsplit=1)[0], []).append(id_)
        for note in writer.knows.notes:
            there = by_label.get(note.label, [])
            if len(there) > 1:
                yield f"{note.label} is there {len(there)} times"
            if (listed[there[0]] if there else None) not in note.may_be or (there and note.id not in (None, there[0])):
                yield f"{note.label} is {[listed[id_] for id_ in there]}, may be {note.may_be}"
            yield from _searched(writer.client, note, there)
        for batch in writer.knows.batches:
            if all(note.id is None for note in batch) and len({note.label in by_label for note in batch}) > 1:
                yield f"half of {[note.label for note in batch]}"
        yield from _gone(writer)

    def _strangers(self) -> Iterator[str]:
        """No organization lists what another one wrote."""
        for writer in self.writers:
            for _, text in _listed(writer.client):
                if not text.startswith(writer.label[0]):
                    yield f"{writer.label} lists {text!r}"


def _listed(client: Client) -> Iterator[tuple[str, str]]:
    after: str | None = None
    while True:
        page = client.learn(LIST, after=after)["memories"]
        yield from ((node["id"], node["text"]) for node in page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _searched(client: Client, note: Note, there: Sequence[str]) -> Iterator[str]:
    answer = client.learn(SEARCH, query=note.label, mode="KEYWORD")["search"]
    found = [hit["id"] for hit in answer["nodes"] if hit["text"].startswith(f"{note.label}:")]
    if found != list(there) or answer["degraded"]:
        yield f"{note.label}: the list has {list(there)}, search finds {found}, degraded {answer['degraded']}"


def _gone(writer: Writer) -> Iterator[str]:
    """Deleted ones by their ids."""
    gone = [note.id for note in writer.knows.notes if note.certain and not note.living]
    for start in range(0, len(gone), 100):
        for node in writer.client.learn(GET, ids=gone[start : start + 100])["nodes"]:
            if node is not None and node["deletedAt"] is None:
                yield f"{node['id']} was deleted and is there: {node['text']!r}"
