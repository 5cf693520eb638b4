"""Nothing of the record is left behind: every table and every label goes over, or follows from what does."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from neo4j import GraphDatabase

from app.adapters.neo4j import migrations
from tests.builders import an_organization
from tests.contracts.test_copying import Place, copied, neo4j_of_tests, sqlite_in
from tests.contracts.whole_record import fill
from tests.fakes import FixedClock
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, only_live

MIGRATIONS = Path(migrations.__file__).parent / "migrations"
OF_THE_STORE_ITSELF = {"schema_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}
"""Tables that are not of the record: what the schema is, and how SQLite plans."""
CHANGES_COUNTED = {"vector_scope"}
"""Tells who holds vectors in memory to read anew: its numbers grow by each store's own writing."""
WORKING = {"Mark", "Tombstone", "Outbox", "Schema"}
"""What Neo4j holds for the index beside it, and of its schema."""


def table_sizes(path: Path) -> dict[str, int]:
    """Rows of each table, full text apart."""
    with closing(sqlite3.connect(path)) as connection:
        names = {
            name
            for name, type_ in connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
            if type_ == "table" and name != "sqlite_schema" and name not in OF_THE_STORE_ITSELF | CHANGES_COUNTED
        }
        # Names that the file itself has told.
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in sorted(names)}  # noqa: S608


async def filled(place: Place) -> Place:
    async with place.store() as store:
        await store.found(an_organization())
        await fill(store)
    return place


async def test_each_table_of_the_file_goes_over(tmp_path: Path, clock: FixedClock) -> None:
    """A new table is either copied, and something of it filled in `whole_record`, or derived from what is."""
    await copied(await filled(sqlite_in(tmp_path / "origin", clock)), sqlite_in(tmp_path / "goal", clock))
    before, after = (table_sizes(tmp_path / folder / "memories.db") for folder in ("origin", "goal"))
    assert [name for name, number in before.items() if not number] == []
    assert after == before


def graph_sizes() -> dict[str, int]:
    """Nodes by label and relationships by type."""
    with GraphDatabase.driver(URL, auth=(USER, PASSWORD)) as driver:
        counted = driver.execute_query(
            "MATCH (n) UNWIND labels(n) AS name RETURN name, count(*) AS number "
            "UNION ALL MATCH ()-[r]->() RETURN type(r) AS name, count(*) AS number",
            database_=DATABASE,
        ).records
    return {row["name"]: row["number"] for row in counted if row["name"] not in WORKING}


@only_live
async def test_each_label_of_the_graph_goes_over(neo4j_data: TestsOwn, tmp_path: Path, clock: FixedClock) -> None:
    neo4j_data.empty()
    await filled(neo4j_of_tests(tmp_path / "filled", clock))
    before = graph_sizes()
    known = {name for path in MIGRATIONS.iterdir() for name in labels_in(path)}
    assert sorted(known - WORKING - before.keys()) == []
    neo4j_data.empty()
    await copied(await filled(sqlite_in(tmp_path / "origin", clock)), neo4j_of_tests(tmp_path / "goal", clock))
    assert graph_sizes() == before


def labels_in(migration: Path) -> list[str]:
    return re.findall(r"FOR (?:\(\w+:|\(\)-\[\w+:)(\w+)", migration.read_text())
