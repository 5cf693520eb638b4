"""How long after its answer a memory is in the search index, at a steady rate of additions.

python -m benchmarks.lagging
"""

import threading
import time
from itertools import islice

from benchmarks import figures, texts
from benchmarks.figures import Report
from benchmarks.outbox import Outbox, outbox
from benchmarks.server import Server, folder, running, spread_out, until, working
from benchmarks.stores import stores

ADD_MANY = """mutation AddMany($memories: [MemoryInput!]!) {
  addMemories(input: {memories: $memories}) { memories { id } userErrors { code message field } } }"""
RATE, TOGETHER, SECONDS = 200, 20, 30
EVERY = 0.02


class Watch:
    """Asks for the marks again and again; a memory without one is in the index as it is now."""

    def __init__(self, behind: Outbox) -> None:
        self._behind = behind
        self._answered: dict[str, float] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.lags: list[float] = []

    def answered(self, ids: list[str], at: float) -> None:
        with self._lock:
            self._answered.update(dict.fromkeys(ids, at))

    def run(self) -> None:
        while not self._over.wait(EVERY):
            with self._lock:
                asked = dict(self._answered)
            waiting = self._behind.waiting() if asked else set()
            seen = time.perf_counter()
            settled = [id_ for id_ in asked if id_ not in waiting]
            self.lags += [seen - asked[id_] for id_ in settled]
            with self._lock:
                for id_ in settled:
                    del self._answered[id_]

    def pending(self) -> int:
        with self._lock:
            return len(self._answered)

    def stop(self) -> None:
        self._over.set()


def steadily(server: Server, watch: Watch) -> float:
    """Adds in small batches on time; the additions a second that it came to."""
    caller, given = server.caller(), texts.sentences(9)
    pause, began = TOGETHER / RATE, time.perf_counter()
    for number in range(RATE * SECONDS // TOGETHER):
        time.sleep(max(0.0, began + number * pause - time.perf_counter()))
        memories = [{"text": text, "user": "steady", "mode": "VERBATIM"} for text in islice(given, TOGETHER)]
        answer = caller.ask(ADD_MANY, memories=memories)
        ids = [memory["id"] for memory in answer.data["addMemories"]["memories"]]
        watch.answered(ids, time.perf_counter())
    return RATE * SECONDS / (time.perf_counter() - began)


def run() -> Report:
    spread_out()
    with folder() as data, stores(data.parent) as kept, outbox(kept.environment) as behind:
        api = {**kept.environment, "MNEMOGRAPH_JOB_WORKERS": "0"}
        with running(data, settings=api, core=None) as server, working(data, settings=kept.environment):
            server.warm()
            steadily(server, Watch(behind))
            until(lambda: server.drained() + behind.drained() < 1.0)
            watch = Watch(behind)
            watching = threading.Thread(target=watch.run)
            watching.start()
            rate = steadily(server, watch)
            until(lambda: watch.pending() == 0)
            watch.stop()
            watching.join()
    slow = figures.percentile(watch.lags, 0.99)
    return Report(
        title="Index lag",
        how=f"`addMemories` of {TOGETHER} in mode VERBATIM, {RATE} memories a second for {SECONDS} seconds, after as many "
        f"to warm up; one API process, one worker, {kept.versions} and the client on the cores of this machine. From "
        "the answer until the memory has no mark, which is looked at every "
        f"{EVERY * 1_000:.0f} ms; the job that ends each addition is another change that has to be indexed.",
        rows=(
            figures.at_least("additions, answered", rate, RATE * 0.98, "/s"),
            figures.spread("from the answer to the index", watch.lags),
            figures.at_most("from the answer to the index, p99", slow, 2, "s"),
            figures.plain("the slowest", max(watch.lags), "s"),
        ),
    )


if __name__ == "__main__":
    print(figures.text(run()))
