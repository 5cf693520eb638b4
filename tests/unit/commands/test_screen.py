"""What is shown to people is safe to print and keeps its measure."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import screen


@given(st.text())
def test_nothing_printed_steers_the_terminal(text: str) -> None:
    shown = screen.printable(text)
    assert len(shown) == len(text)
    assert not any(ord(character) < 32 and character not in "\t\n" for character in shown)
    assert not any(character in "\x7f\x9b\u202e\u2066" for character in shown)


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_one_line_of_its_width(text: str, width: int) -> None:
    line = screen.one_line(text, width=width)
    assert len(line) <= width
    assert "\n" not in line


@pytest.mark.parametrize(
    ("share", "bar"),
    [(0.0, "    "), (0.5, "██  "), (1.0, "████"), (0.26, "█   "), (0.3, "█▎  "), (-1.0, "    "), (7.0, "████")],
)
def test_a_bar_shows_a_share(share: float, bar: str) -> None:
    assert screen.bar(share, width=4) == bar


def test_counts_and_days_in_words() -> None:
    assert screen.count(1, "memory") == "1 memory"
    assert screen.count(2_000, "memory") == "2,000 memories"
    assert screen.count(0, "job") == "0 jobs"
    assert screen.day(datetime(2026, 3, 2, tzinfo=UTC)) == "2 Mar 2026"
    assert screen.day(None) == ""
