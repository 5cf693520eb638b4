"""The second lock, for the store on Neo4j: what its Cypher may say. Every named statement is read."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.adapters.neo4j import statements

UNSCOPED = {
    "unscoped": {"directory.py", "facts.py", "keeper.py", "migrations.py"},
    "marks": {"marks.py"},
}
"""Files whose statements cross tenants, and the modules that may load them."""

PLACES = {"where", "sort", "after", "page", "from"}
"""What callers put into statements, from constants: conditions, an order, a window."""

PACKAGE = Path(statements.__file__).parent
ASSEMBLERS = {"filters.py", "graph.py", "paging.py"}
"""Modules that put constants together into Cypher."""

LABELS_OF_NO_TENANT = {"Organization", "Schema", "Outbox"}

NODE = r"\(\s*\w*\s*(?::\s*\w+)?\s*(?:\{[^{}]*\})?\s*\)"
EDGE = r"<?-(?:\[[^\]]*\])?->?"
CHAIN = re.compile(rf"{NODE}(?:\s*{EDGE}\s*{NODE})*")
ALIAS = re.compile(r"[(\[](\w+)")


def named(*, scoped: bool) -> Iterator[tuple[str, str]]:
    for file in sorted(statements.files()):
        if (file not in UNSCOPED) is scoped:
            yield from ((f"{file}.{name}", text) for name, text in statements.statements(file).items())


SCOPED = dict(named(scoped=True))
SOURCES = {path.name: ast.parse(path.read_text("utf-8")) for path in PACKAGE.glob("*.py")}


def parts(name: str) -> Mapping[str, str]:
    """What a statement may be put together from: the others of its file."""
    return statements.statements(name.partition(".")[0])


def whole(name: str) -> str:
    text = SCOPED[name]
    while held := [part for part in parts(name) if f"{{{part}}}" in text]:
        for part in held:
            text = text.replace(f"{{{part}}}", parts(name)[part])
    return text


def test_every_statement_is_bound_to_a_tenant() -> None:
    assert len(SCOPED) > 60
    assert [name for name in SCOPED if "$tenant" not in whole(name)] == []


@pytest.mark.parametrize("name", sorted(SCOPED))
def test_every_pattern_of_a_statement_is_bound_to_the_tenant(name: str) -> None:
    """Each pattern names the tenant of one of its nodes or edges, or hangs on a node that an earlier one has bound.

    Edges never join two tenants: both their ends are bound before they are made.
    """
    text = SCOPED[name]
    bound = set(re.findall(r"\b(\w+)\.tenant = \$tenant", text)) | BOUND_ELSEWHERE.get(name, set())
    loose = []
    for chain in patterns(text):
        aliases = set(ALIAS.findall(chain))
        if "tenant: $tenant" not in chain and not aliases & bound:
            loose.append(chain)
        bound |= aliases
    assert loose == []


BOUND_ELSEWHERE = {
    # Whether another tenant has a key of this id is all that is asked.
    "accounts.key_put": {"t"},
    # What is walked from was found by the statement's start, or by the step before.
    "graph.around": {"f"},
    "graph.edges": {"s"},
}


def patterns(text: str) -> Iterator[str]:
    """Those that look for something: with a label of tenants' nodes, or with an edge."""
    for found in CHAIN.finditer(text):
        chain = found.group()
        labels = set(re.findall(r"\(\s*\w*\s*:\s*(\w+)", chain))
        if (labels - LABELS_OF_NO_TENANT) or re.search(r"\)\s*<?-", chain):
            yield chain


def test_a_pattern_without_its_tenant_is_noticed() -> None:
    assert list(patterns("MATCH (a:Memory {id: $id})<-[:LINKS]-(b) WHERE size(a.tags) = count(b)")) == [
        "(a:Memory {id: $id})<-[:LINKS]-(b)"
    ]


def test_the_principals_own_organization_is_found_by_the_tenant() -> None:
    found = {name: text for name, text in SCOPED.items() if re.search(r":(Organization|Schema|Outbox)\b", text)}
    assert {name for name in found if not name.startswith("copying.")} == {"accounts.organization"}
    assert [name for name, text in found.items() if "(o:Organization {id: $tenant})" not in text] == []


def test_statements_that_cross_tenants_are_loaded_by_the_unscoped_doors_only() -> None:
    loaders: dict[str, set[str]] = {name: set() for name in UNSCOPED}
    for module, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "statements":
                (name,) = [ast.literal_eval(argument) for argument in node.args]
                if name in UNSCOPED:
                    loaders[name].add(module)
    assert loaders == UNSCOPED


def test_callers_put_in_nothing_but_conditions_order_window_and_parts() -> None:
    put_in = {place for name in SCOPED for place in re.findall(r"\{(\w+)\}", whole(name))}
    assert put_in == PLACES
    assert [name for name, text in named(scoped=False) if re.search(r"\{\w+\}", text)] == []


def test_no_statement_holds_a_value() -> None:
    """Values travel as parameters; what stands in quotes are words of the schema."""
    assert {word for _, text in named(scoped=True) for word in re.findall(r"'([^']*)'", text)} <= WORDS_OF_THE_SCHEMA


WORDS_OF_THE_SCHEMA = {
    *("PENDING", "PROCESSING", "FAILED", "started", "job.updated"),
    *("version_words", ".", "00000000"),
    *(
        "derived_from",
        "detail_of",
        "summary_of",
        "summary",
        "kind",
        "type",
        "category",
        "tag",
        "mentions",
        "about",
        "memory_words",
    ),
    *("", " ", "{}", "[]"),
}


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_cypher_is_put_together_from_constants_in_few_modules(module: str) -> None:
    """What runs is never formatted where it runs, and nothing that looks like Cypher is formatted elsewhere."""
    assert [ast.unparse(call) for call in runs(SOURCES[module]) if not is_constant(call.args[0])] == []
    if module not in ASSEMBLERS:
        assert [ast.unparse(text) for text in formatted(SOURCES[module]) if CYPHER.search(ast.unparse(text))] == []


CYPHER = re.compile(r"\b(MATCH|MERGE|WHERE|RETURN|UNWIND|DETACH|ORDER BY)\b")
RUNNERS = {"rows", "row", "change", "run", "demand_all"}


def runs(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RUNNERS:
            yield node


def is_constant(argument: ast.expr) -> bool:
    """A name of a statement may be formatted: what it names is still one of the statements."""
    if isinstance(argument, ast.Subscript):
        return True
    return not any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in ast.walk(argument))


def formatted(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        if isinstance(node, ast.expr) and (calls or isinstance(node, ast.JoinedStr | ast.BinOp)):
            yield node


def test_every_index_of_a_tenants_nodes_begins_with_the_tenant() -> None:
    text = "\n".join(path.read_text("utf-8") for path in (PACKAGE / "migrations").glob("*.cypher"))
    told = re.findall(r"CREATE (?:CONSTRAINT|INDEX) (\w+) IF NOT EXISTS\s+FOR \S+ (?:ON|REQUIRE) \(?(\w+\.\w+)", text)
    assert len(told) > 30
    assert {name for name, first in told if not first.endswith(".tenant")} == {
        # What has no tenant, or is looked up without one.
        *("schema_name", "organization_id", "outbox_name", "api_key_id"),
        *("job_due_anywhere", "job_leased", "memory_expiring_anywhere", "ledger_changed", "mark_due", "mark_dead"),
        "webhook_active",
    }
