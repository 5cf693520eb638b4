"""How often the kind of answer is the one that a question wants, on `tests/labelled/routes.json`."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.routing import RouteKind
from app.retrieval.terms import possible_names
from app.understanding.routing import Known, Span, counted_type, guesses, paths_in, span_of

TODAY = date(2026, 11, 21)
ENTITIES = ("Anna Keller", "Anna", "Oslo", "Atlas", "Postgres", "Quirrel", "Northwind")
USERS = ("Ada",)
KEYPATHS = ("billing.provider", "prefs.editor.theme", "team.oncall")
ITEMS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "labelled" / "routes.json").read_text("utf-8"))


def known(item: dict[str, Any]) -> Known:
    names = possible_names(item["question"])
    return Known(
        keypath=next((path for path in paths_in(item["question"]) if path in KEYPATHS), None),
        entities=[name for name in ENTITIES if name in names],
        users=[name for name in USERS if name in names],
        is_personal=item.get("me", False),
    )


def is_blind(item: dict[str, Any]) -> bool:
    """The half on which no rule was tuned."""
    return hashlib.sha256(item["question"].encode()).digest()[0] % 2 == 1


def wrong(*, blind: bool) -> tuple[list[str], int]:
    """The questions that were taken for another kind, and how many were asked."""
    asked = [item for item in ITEMS if is_blind(item) is blind]
    said = [(item, guesses(item["question"], known(item), TODAY)[0]) for item in asked]
    return [f"{i['question']} {i['kind']} {g.kind}" for i, g in said if g.kind != i["kind"]], len(asked)


def test_the_half_that_no_rule_was_tuned_on_is_answered_as_it_wants() -> None:
    missed, asked = wrong(blind=True)
    assert asked == 68
    assert 1 - len(missed) / asked >= 0.93


def test_so_is_the_half_that_rules_were_tuned_on() -> None:
    missed, asked = wrong(blind=False)
    assert (asked, missed) == (56, [])


def test_every_kind_is_asked_for_often_enough_to_tell() -> None:
    asked = [item["kind"] for item in ITEMS]
    assert len({item["question"] for item in ITEMS}) == len(ITEMS) >= 60
    assert min(asked.count(kind) for kind in RouteKind) >= 12


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("What happened in March 2026?", Span(date(2026, 3, 1), date(2026, 3, 31))),
        ("What happened on 3 May 2026?", Span(date(2026, 5, 3), date(2026, 5, 3))),
        ("What changed in 2025?", Span(date(2025, 1, 1), date(2025, 12, 31))),
        ("What was new yesterday?", Span(date(2026, 11, 20), date(2026, 11, 20))),
        ("What happened on 31 February 2026?", None),
        ("Where are the keys?", None),
    ],
)
def test_the_days_that_a_question_names(question: str, span: Span | None) -> None:
    assert span_of(question, TODAY) == span


def test_what_is_counted_has_a_type_or_none() -> None:
    assert counted_type("How many decisions are there?") == "decision"
    assert counted_type("Count the memories about Oslo") is None
    assert counted_type("How many legs has a dog?") is None


def test_without_the_record_a_name_is_a_word_like_any_other() -> None:
    assert guesses("Who is Anna Keller?", Known(), TODAY)[0].kind is RouteKind.HYBRID
    assert guesses("node.js", Known(entities=["node.js"]), TODAY)[0].kind is RouteKind.ENTITY


@given(question=st.text(max_size=200), is_personal=st.booleans())
def test_every_question_gets_an_order_of_kinds_that_ends_somewhere(question: str, *, is_personal: bool) -> None:
    found = guesses(question, Known(is_personal=is_personal), TODAY)
    assert RouteKind.HYBRID in [guess.kind for guess in found]
    assert [guess.confidence for guess in found] == sorted((one.confidence for one in found), reverse=True)
    assert len({guess.kind for guess in found}) == len(found)
