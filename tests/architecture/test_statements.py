"""The second lock: what the SQL of the embedded store may say. Every named statement is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.sqlite import statements
from app.adapters.sqlite.filters import filtered
from app.adapters.sqlite.workers import prepare
from app.domain.query import MemoryFilter

UNSCOPED = {"unscoped": {"directory.py", "keeper.py"}}
"""Files whose statements cross tenants, and the modules that may load them."""

PLACES = {"where", "sort", "page"}
"""What callers put into statements, from constants: conditions, a sort value, a keyset window."""

WHOLE_TENANT = {
    # Few rows a tenant.
    "accounts.projects_page",
    "accounts.members_page",
    "events.revision",
    "webhooks.webhooks_behind",
    "search.volumes",
    # Counting them all is reading them all.
    "decisions.decisions_count",
    "entities.entities_count",
    # An erase looks for the ids of what it erases wherever they may have been noted.
    "erasure.jobs_all",
    "erasure.answers_all",
    "erasure.answers_drop",
}
"""Statements that read all that a table holds of a tenant."""

PACKAGE = Path(statements.__file__).parent
LISTS = {"ids", "projects", "keys", "names", "positions", "frontier", "seen", "entities", "types", "states", "memories"}


def named(*, scoped: bool) -> Iterator[tuple[str, str]]:
    for file in sorted(statements.files()):
        if (file not in UNSCOPED) is scoped:
            yield from ((f"{file}.{name}", text) for name, text in statements.statements(file).items())


SCOPED = dict(named(scoped=True))


def test_every_statement_is_bound_to_a_tenant() -> None:
    assert len(SCOPED) > 100
    assert [name for name, text in SCOPED.items() if not re.search(r":tenant\b", text)] == []


def test_every_table_that_a_statement_touches_is_bound_to_the_tenant() -> None:
    """A tenant is compared or written at least as often as tables of tenants are read or written."""
    loose = {
        name: (tables, bound)
        for name, text in SCOPED.items()
        if (tables := len(_tables(text))) > (bound := len(re.findall(r":tenant\b|\btenant\b", text)))
    }
    assert loose == {}


def _tables(text: str) -> list[str]:
    """Tables with a tenant column; children (label, usage, vector) are reached by their memory's key."""
    found = re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b", text)
    return [table for table in found if table in TENANT_TABLES]


TENANT_TABLES = {
    name
    for name, columns in re.findall(
        r"CREATE TABLE (\w+) \((.*?)\n\)", (PACKAGE / "migrations" / "0001_first.sql").read_text("utf-8"), re.DOTALL
    )
    if re.search(r"^\s+tenant\b", columns, re.MULTILINE)
}


def test_the_schema_names_the_tenant_in_every_table_that_is_not_a_child() -> None:
    assert len(TENANT_TABLES) > 15
    text = (PACKAGE / "migrations" / "0001_first.sql").read_text("utf-8")
    assert set(re.findall(r"CREATE TABLE (\w+)", text)) - TENANT_TABLES == {"organization", "label", "usage", "vector"}


def test_statements_that_cross_tenants_are_loaded_by_the_unscoped_doors_only() -> None:
    loaders: dict[str, set[str]] = {name: set() for name in UNSCOPED}
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "statements":
                (name,) = [ast.literal_eval(argument) for argument in node.args]
                if name in UNSCOPED:
                    loaders[name].add(path.name)
    assert loaders == UNSCOPED


def test_callers_put_in_nothing_but_conditions_order_and_window() -> None:
    put_in = {place for _, text in named(scoped=True) for place in re.findall(r"\{(\w+)\}", text)}
    assert put_in == PLACES
    assert [name for name, text in named(scoped=False) if "{" in text] == []


def test_no_statement_is_built_from_values() -> None:
    """SQL is run in four modules; none of them formats a string that it runs."""
    offenders = []
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            runs = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if runs and isinstance(node, ast.Call) and isinstance(node.args[0], ast.JoinedStr | ast.BinOp):
                offenders.append(ast.unparse(node.args[0]))
    # Pragmas take no parameters; these are numbers from constants.
    assert sorted(offenders) == [
        "f'PRAGMA application_id = {APPLICATION_ID}'",
        "f'PRAGMA busy_timeout = {BUSY_MILLISECONDS}'",
        "f'PRAGMA user_version = {migration.number}'",
    ]


@pytest.fixture(scope="module")
def plan_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    connection = prepare(tmp_path_factory.mktemp("plans") / "memories.db")

    def plan(text: str) -> list[str]:
        filled = _with_places(text)
        values = {name: "[]" if name in LISTS else "1" for name in re.findall(r":(\w+)", filled)}
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {filled}", values)]

    yield plan
    connection.close()


def _with_places(text: str) -> str:
    conditions, _ = filtered(MemoryFilter())
    text = text.replace("{where}", conditions + " AND m.project = 'prj_1'").replace("{sort}", "m.created_at")
    value = re.search(r"(\w\.\w+) AS sort", text)
    if "{page}" not in text or value is None:
        return text
    key = {"v.version": "v.memory", "f.number": "f.memory", "t.folded": "t.folded"}.get(value[1], f"{value[1][0]}.id")
    return text.replace("{page}", f"AND ({value[1]}, {key}) > (1, 2) ORDER BY {value[1]}, {key} LIMIT 5")


@pytest.mark.parametrize("table", ["memory_text_data", "replaced_text_data"])
def test_the_full_text_lets_go_of_a_part_without_reading_the_rest(plan_of: object, table: str) -> None:
    """What FTS5 asks for with nearly every text that comes in; what SQLite believes of the table decides how."""
    assert callable(plan_of)
    (step,) = plan_of(f"DELETE FROM {table} WHERE id >= 1 AND id <= 2")  # noqa: S608
    assert step == f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"


@pytest.mark.parametrize("name", sorted(SCOPED))
def test_no_statement_reads_a_whole_tenant(plan_of: object, name: str) -> None:
    """One tenant may own the whole file, so an index must narrow further than by tenant.

    A Bloom filter or an automatic index is built from a whole table, for each statement anew.
    """
    assert callable(plan_of)
    if SCOPED[name].startswith("INSERT") and "SELECT" not in SCOPED[name]:
        return
    wide = [
        step
        for step in plan_of(SCOPED[name])
        if re.search(r"\(tenant=\?\)$|AUTOMATIC|BLOOM|^SCAN [a-z_]+( USING|$)", step)
    ]
    local = [step for step in wide if not re.fullmatch(r"SCAN (f|k|step)", step)]
    assert bool(local) is (name in WHOLE_TENANT), local
