"""How the server would run every named statement: by an index on something of the tenant's, and never all of it."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from app.adapters.neo4j import accounts, clusters, decisions, jobs, keypaths, memories, merges, past, people, webhooks
from app.adapters.neo4j.filters import entrance, filtered
from app.adapters.neo4j.paging import Listing, filled
from app.adapters.neo4j.statements import files, statements
from app.adapters.neo4j.store import open_store
from app.adapters.runtime import OrderedIds, SystemClock
from app.domain.ids import ClusterId, EntityId, MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.query import MemoryFilter, Position, Window
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, TestsOwn, only_live

FILTERS = {
    "everywhere": MemoryFilter(),
    "ids": MemoryFilter(ids=(MemoryId("mem_1"),)),
    "project": MemoryFilter(project=ProjectId("prj_1")),
    "users": MemoryFilter(users=(UserId("usr_1"),)),
    "sessions": MemoryFilter(sessions=(SessionId("ses_1"),)),
    "sources": MemoryFilter(sources=(SourceId("src_1"),)),
    "entities": MemoryFilter(entities=(EntityId("ent_1"),)),
    "clusters": MemoryFilter(clusters=(ClusterId("cls_1"),)),
}
"""A list of memories is entered by one of these."""

WIDE = re.compile(r"AllNodesScan|LabelScan|LabelsScan|TypeScan|TypesScan|RelationshipsScan|CartesianProduct|IndexScan")
"""Steps that read more than a tenant could own."""

ALLOWED = {
    # All tenants: asked for by operators, and at start.
    "unscoped.organizations": {"NodeByLabelScan"},
    "unscoped.organization_first": {"NodeByLabelScan"},
    # Before there is a schema.
    "unscoped.strangers": {"AllNodesScan"},
    # All marks that wait are what it counts.
    "marks.backlog": {"NodeIndexScan"},
    # One by one: both ends of an edge, each by its id.
    "copying.link_put": {"CartesianProduct"},
    "copying.mention_put": {"CartesianProduct"},
    "copying.relation_put": {"CartesianProduct"},
}
"""Such steps that are meant."""

WHOLE_TENANT = {
    "decisions.decisions_count",
    "entities.entities_count",
    "memories.memories_count by everywhere",
    *(f"memories.labels_{label} by everywhere" for label in ("category", "kind", "tag", "type")),
    *(f"memories.tally_{facet} by everywhere" for facet in ("user", "agent", "category")),
    *(
        f"memories.memories_page {window} by everywhere, ordered by m.updated_at"
        for window in ("first", "next", "back")
    ),
}
"""Statements that read all that a tenant has of something."""

PLANLESS = {"unscoped.indexes_await", "unscoped.indexes", "unscoped.databases_amiss"}
"""What shows or awaits something has no plan of this kind."""


def listings() -> dict[str, Listing[Any]]:
    """Those that a page's window is put into, by statement."""
    found = {}
    for module in (accounts, clusters, decisions, people, jobs, memories, merges, keypaths, past, webhooks):
        for value in vars(module).values():
            if isinstance(value, Listing):
                found[value.statement] = value
    return found


def texts() -> Iterator[tuple[str, str]]:
    """Each statement as it is run; where callers put something in, with each of a few things."""
    listed = listings()
    for file in sorted(files()):
        for name, text in wholes(statements(file)):
            whole = f"{file}.{name}"
            if "{from}" in text or "{where}" in text:
                yield from filtered_texts(whole, text)
            elif "{after}" in text:
                yield from paged_texts(whole, listed.get(text) or Listing(text, dict, "n.folded", "n.id"))
            else:
                yield whole, text


def wholes(named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that are run, with those of the same file that they are made of."""
    parts = {name for name in named if any(f"{{{name}}}" in text for text in named.values())}
    for name in named.keys() - parts:
        text = named[name]
        while any(f"{{{part}}}" in text for part in parts):
            for part in parts:
                text = text.replace(f"{{{part}}}", named[part])
        yield name, text


def filtered_texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    for about, where in FILTERS.items():
        conditions, _ = filtered(where)
        way = entrance(where)
        if "{after}" not in text:
            yield f"{name} by {about}", text.replace("{from}", way.match + way.needs).replace("{where}", conditions)
            continue
        for value, lead in (("m.created_at", way.lead), ("m.updated_at", None)):
            start = way.match if lead else way.match + way.needs
            listed = text.replace("{from}", start).replace("{where}", conditions).replace("{sort}", value)
            for window, page in paged_texts(name, Listing(listed, dict, value, "m.id", lead=lead or "m.tenant")):
                yield f"{window} by {about}, ordered by {value}", page


def paged_texts(name: str, listing: Listing[Any]) -> Iterator[tuple[str, str]]:
    yield f"{name} first", filled(listing, Window(limit=9))
    yield f"{name} next", filled(listing, Window(limit=9, position=Position(1, "x")))
    yield f"{name} back", filled(listing, Window(limit=9, position=Position(1, "x"), backward=True))


TEXTS = dict(texts())


@pytest.fixture(scope="module")
def server(neo4j_data: TestsOwn) -> Iterator[Driver]:
    async def migrate() -> None:
        clock = SystemClock()
        opened = open_store(
            url=URL, user=USER, password=PASSWORD, database=DATABASE, clock=clock, ids=OrderedIds(clock)
        )
        async with opened:
            pass

    neo4j_data.empty()
    asyncio.run(migrate())
    with GraphDatabase.driver(URL, auth=(USER, PASSWORD), notifications_min_severity="WARNING") as driver:
        yield driver


def explained(server: Driver, text: str) -> Any:
    with server.session(database=DATABASE) as session:
        return session.run(f"EXPLAIN {text}").consume()


def steps(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["operatorType"].split("@")[0], plan["args"].get("Details", "")
    for child in plan.get("children", ()):
        yield from steps(child)


def test_statements_are_filled_in() -> None:
    assert len(TEXTS) > 150
    assert {name: text for name, text in TEXTS.items() if re.search(r"\{\w+\}", text)} == {}


@only_live
@pytest.mark.parametrize("name", sorted(TEXTS.keys() - PLANLESS))
def test_no_statement_looks_where_nothing_of_its_tenant_is(server: Driver, name: str) -> None:
    found = list(steps(explained(server, TEXTS[name]).plan))
    assert {step for step, _ in found if WIDE.search(step)} == ALLOWED.get(name, set())
    assert [told for step, told in found if reads_a_whole_tenant(step, told, found)] == [] or name in WHOLE_TENANT


ORDERED = re.compile(r"_page (first|next|back)( by (everywhere|project|users), ordered by m.created_at)?$")
IN_ORDER = sorted(name for name in TEXTS if ORDERED.search(name) and not re.search("versions|feedback", name))
"""Lists that may be long. Versions of one memory are few, and so is what was said of it."""


@only_live
@pytest.mark.parametrize("name", IN_ORDER)
def test_a_page_is_read_in_the_order_of_an_index(server: Driver, name: str) -> None:
    """However long the list is: nothing is sorted, and a page begins where the one before it ended."""
    found = list(steps(explained(server, TEXTS[name]).plan))
    assert {step for step, _ in found} & {"Sort", "PartialSort", "Top", "PartialTop"} == set()
    if "first" not in name:
        assert re.search(r" [<>]=? \$at_value", "".join(told for step, told in found if "Seek" in step))


def reads_a_whole_tenant(step: str, told: str, found: Sequence[tuple[str, str]]) -> bool:
    """Whether an index is entered by the tenant alone, and not left after the first few in order."""
    entered = re.search(r" WHERE (tenant = .*?)(?:, cache|$)", told)
    if not step.startswith("NodeIndexSeek") or entered is None:
        return False
    narrowing = [part for part in entered[1].split(" AND ")[1:] if not part.endswith("IS NOT NULL")]
    return not narrowing and not any(step == "Limit" for step, _ in found)


@only_live
def test_what_has_no_plan_still_runs(server: Driver) -> None:
    with server.session(database=DATABASE) as session:
        for name in PLANLESS:
            session.run(TEXTS[name]).consume()
