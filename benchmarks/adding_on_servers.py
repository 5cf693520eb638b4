"""Adding memories over HTTP where Neo4j, Weaviate and Redis keep them.

python -m benchmarks.adding_on_servers
"""

from collections.abc import Iterator
from itertools import islice

from benchmarks import figures
from benchmarks.adding import AT_ONCE, BATCH, LONG, SHORT, Length, in_batches, one_by_one, together
from benchmarks.figures import Report, Row
from benchmarks.outbox import Outbox, outbox
from benchmarks.server import Server, folder, running, spread_out, working
from benchmarks.stores import stores

_WARM = 300


def rows_of(server: Server, behind: Outbox, length: Length) -> Iterator[Row]:
    given = length.given(1)
    first = length is SHORT
    label = f"{length.words} words"

    def findable() -> float:
        return server.drained() + behind.drained()

    in_batches(server, islice(given, _WARM), _WARM // BATCH)
    one_by_one(server, given, 50)
    findable()
    seconds = one_by_one(server, given, length.one_by_one)
    middle = figures.median(seconds) * 1_000
    rate = length.one_by_one / sum(seconds)
    yield figures.spread(f"{label}, one at a time", seconds)
    yield figures.at_most(f"{label}, p50", middle, 20, "ms") if first else figures.plain(f"{label}, p50", middle, "ms")
    yield figures.plain(f"{label}, one at a time, answered", rate, "/s")
    findable()
    answered = together(server, given, length.together)
    taken = answered + server.drained()
    yield figures.plain(f"{label}, {AT_ONCE} at once, answered", length.together / answered, "/s")
    yield figures.plain(f"{label}, {AT_ONCE} at once, until extracted", length.together / taken, "/s")
    findable()
    count = length.batches * BATCH
    answered = in_batches(server, given, length.batches)
    taken = answered + server.drained()
    indexed = taken + behind.drained()
    what = f"{label}, batches of {BATCH}, answered"
    rate = count / answered
    yield figures.at_least(what, rate, 400, "/s") if first else figures.plain(what, rate, "/s")
    yield figures.plain(f"{label}, batches of {BATCH}, until extracted", count / taken, "/s")
    yield figures.plain(f"{label}, batches of {BATCH}, until all of it is indexed", count / indexed, "/s")


def run() -> Report:
    spread_out()
    with folder() as data, stores(data.parent) as kept, outbox(kept.environment) as behind:
        api = {**kept.environment, "MNEMOGRAPH_JOB_WORKERS": "0"}
        with running(data, settings=api, core=None) as server, working(data, settings=kept.environment):
            server.warm()
            rows = [row for length in (SHORT, LONG) for row in rows_of(server, behind, length)]
    return Report(
        title="Adding on servers",
        how=f"`addMemory` in mode EXTRACT, committed when it answers: {SHORT.one_by_one} calls one at a time, "
        f"{SHORT.together} over {AT_ONCE} connections, {SHORT.batches} `addMemories` of {BATCH} (fewer of the long "
        f"texts). One API process and one worker process beside {kept.versions}: all of them, and the client, share "
        "the cores of this machine, and extraction and indexing run meanwhile. *Until extracted*: no job is left; "
        "*until indexed*: no mark is left either.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
