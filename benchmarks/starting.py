"""From the start of the process to its first answer.

python -m benchmarks.starting
"""

import time
from pathlib import Path

from benchmarks import figures
from benchmarks.figures import Report
from benchmarks.server import folder, running, spread_out

STARTS = 5
QUERY = "{ viewer { actor } }"
SEARCH = '{ search(query: "Paris", first: 1) { nodes { id } } }'


def start(data: Path, key: str | None) -> tuple[float, float, str]:
    """Seconds to the first answer of any kind, to the first search by meaning, and the key."""
    started = time.perf_counter()
    with running(data, key=key, core=None) as server:
        caller = server.caller()
        caller.ask(QUERY)
        first = time.perf_counter() - started
        caller.ask(SEARCH)
        return first, time.perf_counter() - started, server.key


def run() -> Report:
    spread_out()
    with folder() as data:
        fresh, fresh_search, key = start(data, None)
        again = [start(data, key)[:2] for _ in range(STARTS)]
    return Report(
        title="Starting",
        how=f"From the start of the process to the answer of a GraphQL query; {STARTS} starts with a warm disk cache, "
        "the embedder and spaCy loading in the background meanwhile.",
        rows=(
            figures.at_most("first answer, median", figures.median([first for first, _ in again]), 2, "s"),
            figures.plain("first answer, slowest", max(first for first, _ in again), "s"),
            figures.plain("first search by meaning, median", figures.median([search for _, search in again]), "s"),
            figures.plain("first answer on an empty folder", fresh, "s"),
            figures.plain("first search on an empty folder, which builds the model", fresh_search, "s"),
        ),
    )


if __name__ == "__main__":
    print(figures.text(run()))
