"""What the index has not caught up with, seen from outside: the marks that wait in Neo4j."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from neo4j import Driver, GraphDatabase

from benchmarks.server import until


class Outbox:
    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def waiting(self) -> set[str]:
        """The memories whose present state is not in the index yet."""
        with self._driver.session(database="neo4j") as session:
            return {record["memory"] for record in session.run("MATCH (k:Mark) RETURN k.memory AS memory")}

    def empty(self) -> bool:
        with self._driver.session(database="neo4j") as session:
            found = session.run("MATCH (k:Mark) RETURN 1 LIMIT 1").single()
        return found is None

    def drained(self) -> float:
        """Returns when no mark waits any more; how many seconds that took."""
        started = time.perf_counter()
        until(self.empty)
        return time.perf_counter() - started


@contextmanager
def outbox(environment: Mapping[str, str]) -> Iterator[Outbox]:
    auth = (environment["MNEMOGRAPH_NEO4J_USER"], environment["MNEMOGRAPH_NEO4J_PASSWORD"])
    with GraphDatabase.driver(environment["MNEMOGRAPH_NEO4J_URL"], auth=auth, telemetry_disabled=True) as driver:
        yield Outbox(driver)
