"""Which date a question names, and how near a memory is to it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.dates import AskedDate, asked_date, asks_of_the_past, asks_when


@pytest.mark.parametrize(
    ("question", "asked", "rest"),
    [
        ("What did Ada buy on 8 May, 2023?", AskedDate(2023, 5, 8), "What did Ada buy ?"),
        ("Where was Ben on May 8th?", AskedDate(None, 5, 8), "Where was Ben ?"),
        ("What happened in June 2022?", AskedDate(2022, 6, None), "What happened ?"),
        ("Who left during the summer of 1999?", AskedDate(1999, None, None), "Who left during the summer ?"),
        ("Notes of 2023-02-28", AskedDate(2023, 2, 28), "Notes"),
        ("Which race in October?", AskedDate(None, 10, None), "Which race ?"),
    ],
)
def test_a_day_a_month_or_a_year_is_read_and_cut_out(question: str, asked: AskedDate, rest: str) -> None:
    assert asked_date(question) == (asked, rest)


@pytest.mark.parametrize("question", ["What may happen?", "May I ask?", "room 12", "in 20235", "", "marching on"])
def test_what_is_no_date_stays(question: str) -> None:
    assert asked_date(question) == (None, question)


@pytest.mark.parametrize(
    ("asked", "said", "nearness"),
    [
        (AskedDate(2023, 5, 8), date(2023, 5, 8), 1.0),
        (AskedDate(2023, 5, 8), date(2023, 5, 10), 1.0),
        (AskedDate(2023, 5, 8), date(2023, 5, 7), 0.7),
        (AskedDate(2023, 5, 8), date(2023, 5, 17), 0.7),
        (AskedDate(2023, 5, 8), date(2023, 6, 8), 0.3),
        (AskedDate(2023, 5, 8), date(2023, 6, 9), 0.0),
        (AskedDate(None, 5, 8), date(2020, 5, 9), 1.0),
        (AskedDate(2023, 12, None), date(2023, 12, 31), 1.0),
        (AskedDate(2023, 12, None), date(2024, 1, 1), 0.5),
        (AskedDate(None, 12, None), date(2024, 1, 1), 0.5),
        (AskedDate(2023, 12, None), date(2022, 12, 31), 0.0),
        (AskedDate(2023, None, None), date(2023, 1, 1), 0.3),
        (AskedDate(2023, 2, 31), date(2023, 2, 28), 0.0),
    ],
)
def test_what_was_said_then_or_soon_after_is_near(asked: AskedDate, said: date, nearness: float) -> None:
    assert asked.nearness(said) == nearness


@given(st.text(max_size=60), st.dates())
def test_any_question_is_read(question: str, said: date) -> None:
    asked, _ = asked_date(question)
    assert asked is None or 0 <= asked.nearness(said) <= 1


def test_who_asks_for_a_time() -> None:
    assert asks_when("When did she leave?")
    assert asks_when("What year was it?")
    assert not asks_when("Whenever you like, tell me more.")


def test_who_asks_of_the_past() -> None:
    assert asks_of_the_past("Where did she live?")
    assert asks_of_the_past("What is her former employer?")
    assert not asks_of_the_past("Where does she live?")
