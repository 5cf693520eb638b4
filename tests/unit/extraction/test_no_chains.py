"""Likenesses are not handed on: A like B and B like C never make A and C one, in whatever order they are met."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, ProjectId
from app.extraction.findings import FoundEntity
from app.extraction.resolve import resolve
from app.extraction.spelling import edit_distance

THEN = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = {"Anna": 1, "Annabel": 2, "Liz": 3, "Elizabeth": 3, "Eliza": 3, "Bob": 4, "Robert": 4, "Roberta": 5}
LAST = ("Keller", "Weber", "Osei", "Robert")
FULL = {f"{first} {last}": (number, last) for first, number in FIRST.items() for last in LAST}
PEOPLE = [
    *FIRST,
    *LAST,
    *FULL,
    *(f"{first[0]}. {last}" for first in FIRST for last in LAST),
    "my sister Anna",
    "Aunt Liz",
]
THINGS = [
    "NHS", "National Health Service", "National Highway Service", "Terraform", "Terrafrom", "Terrafarm", "Terrafarmer",
    "Acme", "Acme Inc.", "Acme Foods", "Acme Foods Ltd", "Postgres", "PostgreSQL", "Postgressql", "PostGIS",
]  # fmt: skip


def grown(names: list[str], type_: EntityType) -> list[Entity]:
    """The entities after each name was met in turn, and kept as an alias of what it was resolved to."""
    known: list[Entity] = []
    for number, name in enumerate(names):
        (found,) = resolve([FoundEntity(name=name, type=type_, start=0, end=len(name))], known)
        if found.entity is None:
            known.append(
                Entity(
                    id=EntityId(f"ent_{number}"),
                    project=ProjectId("prj_1"),
                    user=None,
                    name=name,
                    type=type_,
                    created_at=THEN,
                    updated_at=THEN,
                )
            )
        elif name != found.entity.name:
            at = known.index(found.entity)
            known[at] = replace(found.entity, aliases=(*found.entity.aliases, name))
    return known


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PEOPLE), max_size=14))
def test_nobody_has_the_full_names_of_two_people(names: list[str]) -> None:
    for entity in grown(names, EntityType.PERSON):
        whole = {FULL[name] for name in (entity.name, *entity.aliases) if name in FULL}
        assert len(whole) <= 1, entity


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(THINGS), max_size=14))
def test_nothing_stands_for_two_long_names_or_drifts_from_slip_to_slip(names: list[str]) -> None:
    for entity in grown(names, EntityType.TECHNOLOGY):
        held = {entity.name, *entity.aliases}
        assert not {"National Health Service", "National Highway Service"} <= held
        assert not ("Acme Foods" in held and held & {"Acme", "Acme Inc."})
        slips = [name for name in held if name.startswith("Terra")]
        assert all(edit_distance(a, b, limit=3) <= 2 for a, b in combinations(slips, 2))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True), st.lists(st.sampled_from(PEOPLE), unique=True))
def test_what_a_name_is_does_not_depend_on_what_else_was_found(found: list[str], known: list[str]) -> None:
    entities = grown(known, EntityType.PERSON)
    mentions = [FoundEntity(name=name, type=EntityType.PERSON, start=0, end=1) for name in found]
    assert resolve(mentions, entities) == [resolve([one], entities)[0] for one in mentions]
