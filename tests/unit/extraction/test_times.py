from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extraction.times import Tense, find_times
from tests.unit.extraction.conftest import Extract

WEDNESDAY = date(2026, 4, 8)


def values(text: str, tense: Tense = Tense.PAST, today: date = WEDNESDAY) -> list[tuple[str, str]]:
    return [(time.text, time.value) for time in find_times(text, today, lambda _: tense)]


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("It broke on 2026-03-31.", "2026-03-31", "2026-03-31"),
        ("due 31.12.2026", "31.12.2026", "2026-12-31"),
        ("signed 12/25/2025", "12/25/2025", "2025-12-25"),
        ("on 5 May 2024", "5 May 2024", "2024-05-05"),
        ("on May 5th, 2024", "May 5th, 2024", "2024-05-05"),
        ("from 3 to 5 March", "3 to 5 March", "2026-03-03/2026-03-05"),
        ("in March 2024", "March 2024", "2024-03"),
        ("back in 2019", "2019", "2019"),
        ("We met yesterday", "yesterday", "2026-04-07"),
        ("the day after tomorrow evening", "the day after tomorrow evening", "2026-04-10"),
        ("the day before yesterday", "the day before yesterday", "2026-04-06"),
        ("Last night it rained", "Last night", "2026-04-07"),
        ("this morning", "this morning", "2026-04-08"),
        ("last Friday", "last Friday", "2026-04-03"),
        ("next Wednesday", "next Wednesday", "2026-04-15"),
        ("last week", "last week", "2026-03-30/2026-04-05"),
        ("next week", "next week", "2026-04-13/2026-04-19"),
        ("last weekend", "last weekend", "2026-04-04/2026-04-05"),
        ("two weekends ago", "two weekends ago", "2026-03-28/2026-03-29"),
        ("three days ago", "three days ago", "2026-04-05"),
        ("2 months ago", "2 months ago", "2026-02"),
        ("a year ago", "a year ago", "2025"),
        ("last year", "last year", "2025"),
        ("last summer", "last summer", "2025-06-01/2025-08-31"),
        ("in the spring of 2025", "the spring of 2025", "2025-03-01/2025-05-31"),
        ("in Q4", "Q4", "2025-10-01/2025-12-31"),
        ("by the end of June", "the end of June", "2026-06-30"),
        ("at the start of next month", "the start of next month", "2026-05-01"),
        ("since January", "January", "2026-01"),
        ("until the 12th", "the 12th", "2026-04-12"),
    ],
)
def test_an_expression_and_its_value(text: str, span: str, value: str) -> None:
    assert values(text) == [(span, value)]


@pytest.mark.parametrize(("tense", "value"), [(Tense.PAST, "2026-04-03"), (Tense.FUTURE, "2026-04-10")])
def test_a_bare_weekday_lies_where_the_tense_points(tense: Tense, value: str) -> None:
    assert values("on Friday", tense) == [("Friday", value)]


@pytest.mark.parametrize(
    "text",
    [
        "for four years",
        "every day",
        "every second Tuesday",
        "every clear Wednesday",
        "on the first Friday of each month",
        "on Sundays",
        "a few weeks ago",
        "recently",
        "at 14:30",
        "in today's world",
        "I may come",
        "the whole weekend long",
        "version 2026.1",
    ],
)
def test_what_has_no_place_on_the_calendar(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("text", ["31 February", "2026-02-30", "99/99/2026", "9999 years ago", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_left_out(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("today", [date.min, date.max])
@given(
    st.lists(
        st.sampled_from(
            [
                "last",
                "next",
                "week",
                "weekend",
                "month",
                "year",
                "31",
                "May",
                "in",
                "9",
                "days",
                "ago",
                "the",
                "31st",
                "end",
                "of",
                "summer",
            ]
        )
    )
)
def test_the_ends_of_the_calendar_do_no_harm(today: date, words: list[str]) -> None:
    for time in find_times(" ".join(words), today, lambda _: Tense.FUTURE):
        assert date.min <= time.first <= time.last <= date.max


def test_the_last_weekend_is_one_that_has_ended() -> None:
    assert values("last weekend", today=date(2026, 4, 12)) == [("last weekend", "2026-04-04/2026-04-05")]


def test_the_nearest_verb_tells_where_a_day_lies(extract: Extract) -> None:
    found = extract("Irma confirmed that the course begins on May 4 and said so on Monday.")
    assert [time.value for time in found.times] == ["2026-05-04", "2026-04-06"]


def test_offsets_count_code_points(extract: Extract) -> None:
    text = "🎉🎉 Ça alors! We met Zoë yesterday 🎂"
    (time,) = extract(text, at=datetime(2026, 3, 1, tzinfo=UTC)).times
    assert text[time.start : time.end] == "yesterday"
    assert time.value == "2026-02-28"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I left law, and from October I'll study costume design.", "2026-10"),
        ("I hurt my knee and have a scan booked for 8 November.", "2026-11-08"),
        ("They signed last week, and their sync goes live in August.", "2026-08"),
        ("We moved our domains, so the old servers get switched off on Friday.", "2026-04-10"),
        ("He got a slot on Friday 20 November.", "2026-11-20"),
        ("Jelena found out on Tuesday that it's the cat.", "2026-04-07"),
    ],
)
def test_the_words_beside_a_time_say_which_way_it_lies(extract: Extract, text: str, value: str) -> None:
    assert [time.value for time in extract(text, speaker="Tess").times][-1] == value
