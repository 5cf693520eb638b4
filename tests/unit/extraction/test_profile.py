"""What texts say of a person: the labelled list, and what must never be read as theirs."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extraction.profile import told_of_self
from app.extraction.selves import MAX_TEXT, statements

LABELLED = json.loads((Path(__file__).parents[2] / "labelled" / "profiles.json").read_text("utf-8"))
NAMES = ("Ana",)


class Counts(NamedTuple):
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def bare(value: str) -> str:
    """Articles and case make no other value."""
    lower = value.casefold()
    return next((lower.removeprefix(one) for one in ("a ", "an ", "the ") if lower.startswith(one)), lower)


def counted(items: list[dict[str, Any]]) -> Counts:
    right = wrong = missed = 0
    for item in items:
        wanted = {(one["field"], bare(one["value"]), one.get("former", False)) for one in item["found"]}
        told = told_of_self(item["text"], names=NAMES, is_own=True)
        found = {(one.field.value, bare(one.value), one.is_former) for one in told}
        right, wrong, missed = right + len(wanted & found), wrong + len(found - wanted), missed + len(wanted - found)
    return Counts(right, wrong, missed)


def blind(item: dict[str, Any]) -> bool:
    return sha256(item["text"].encode()).digest()[0] % 2 == 1


def test_the_list_is_large_enough_and_has_hard_negatives() -> None:
    assert len(LABELLED) >= 140
    assert sum(not item["found"] for item in LABELLED) >= 40


@pytest.mark.parametrize("half", [blind, lambda item: not blind(item)], ids=["blind", "tuned"])
def test_values_are_right_and_few_are_missed(half: Any) -> None:
    counts = counted([item for item in LABELLED if half(item)])
    assert counts.precision >= 0.95
    assert counts.recall >= 0.93


@pytest.mark.parametrize(
    "text",
    [
        "Tom lives in Oslo.",
        "My sister is a nurse.",
        "If I lived in Rome, I'd be happy.",
        "Should I move to Rome?",
        "Maybe I'm allergic to nuts.",
        "I'd live in Rome if I could.",
        "My friend said I am a great cook.",
        "I am not a nurse.",
        "I never drink coffee at Bosch.",
    ],
)
def test_what_is_anothers_supposed_asked_or_denied_is_not_theirs(text: str) -> None:
    assert told_of_self(text, names=NAMES, is_own=True) == []


def test_in_anothers_words_only_the_name_counts() -> None:
    told = told_of_self("I live in Oslo. Ana lives in Faro. My dog Max says hi.", names=NAMES, is_own=False)
    assert [(one.field.value, one.value) for one in told] == [("home", "Faro")]


def test_a_name_is_whole_words() -> None:
    assert told_of_self("Anastasia lives in Faro. Ana's-Place lives in Rome.", names=NAMES, is_own=False) == []


@given(text=st.text(max_size=300), is_own=st.booleans())
def test_any_text_is_read(*, text: str, is_own: bool) -> None:
    for told in told_of_self(text, names=NAMES, is_own=is_own):
        assert 0 < len(told.value) <= 80
        assert 0 < told.confidence <= 1


@pytest.mark.parametrize("piece", ["I am ", "I love a, ", "my ", "in ", "@ ", "I have two ", "a and "])
def test_no_repetition_makes_it_slow(piece: str) -> None:
    """The longest of statements: what backtracks would never end."""
    text = (piece * 3_000)[:290] + ". " + piece * 3_000
    assert len(list(statements(text, names=NAMES, is_own=True))) <= MAX_TEXT
    assert isinstance(told_of_self(text, names=NAMES, is_own=True), list)
