from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.spacy_analysis import SpacyAnalyzer
from app.extraction.findings import Turn
from app.extraction.pipeline import Extractor
from tests.unit.extraction.conftest import WEDNESDAY, Extract

EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
EXTRACTOR = Extractor(SpacyAnalyzer())
PIECES = [
    "Anna",
    "that's great",
    "I'm so happy for you",
    "You have",
    "Wow",
    ",",
    "and I",
    "?",
    "😀",
    "CockroachDB",
    "of the",
    "every clear Wednesday",
    "from October I'll",
    "stored with",
    "last Friday",
    "31 February",
    "İ",
    "👩‍👩‍👧",
    "中文",
    "\u0301",
    "\x00",
    "\n",
    '"',
    "’",
    ".",
    "!?",
    "-",
    "I've",
    "of",
    "the",
    "9999",
]


def test_the_version_tells_the_rules_and_the_analyzer() -> None:
    assert EXTRACTOR.version == f"rules-2+{SpacyAnalyzer().name}"


def test_findings_come_in_the_order_of_the_turns() -> None:
    turns = [Turn(text=text, at=WEDNESDAY, speaker="Tess") for text in ("Hello!", "I sold the boat.", "Thanks!")]
    assert [found.skip_reason for found in EXTRACTOR.extract(turns)] == ["interjection", None, "thanks"]


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("Thanks a lot!!", "thanks"),
        ("Hi, how are you?", "greeting"),
        ("Okay. See you tomorrow!", "interjection"),
        ("User prefers dark mode", None),
        ("This is a test memory", None),
        ("Remember to buy milk", None),
        ("How do I reset my password?", None),
        ("Thanks! The bakery opens at six.", None),
    ],
)
def test_a_text_that_is_handed_over_is_talk_where_it_is_set_phrases_alone(text: str, talk: str | None) -> None:
    assert EXTRACTOR.talk([Turn(text=text, at=WEDNESDAY)]) == [talk]


def test_no_turns_give_no_findings() -> None:
    assert EXTRACTOR.extract([]) == []


def test_categories_tell_what_it_is_about(extract: Extract) -> None:
    found = extract("My doctor said that yoga and sleep help my back pain.", speaker="Tess")
    assert found.categories == ("health",)


def test_the_same_turn_gives_the_same_finding(extract: Extract) -> None:
    text = "Omar and I met Dr. Weiss in Graz on 3 May, then we flew to Oslo."
    assert extract(text, speaker="Tess") == extract(text, speaker="Tess")


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)),
    at=st.sampled_from([EARLIEST, LATEST, WEDNESDAY]),
    speaker=st.sampled_from([None, "Tess", "İ Ü"]),
    role=st.sampled_from([None, "user"]),
)
def test_any_text_is_read_without_harm(text: str, at: datetime, speaker: str | None, role: str | None) -> None:
    (found,) = EXTRACTOR.extract([Turn(text=text, at=at, speaker=speaker, role=role, previous=text)])
    assert all(text[time.start : time.end] == time.text for time in found.times)
    assert all(0 <= entity.start < entity.end <= len(text) for entity in found.entities)
    assert (found.skip_reason is None) is (found.kind is not None)
