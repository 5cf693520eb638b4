import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extraction.chunk import chunk


def test_a_short_text_is_one_piece_without_the_white_space_around_it() -> None:
    (piece,) = chunk("  One thing.\n", 100)
    assert (piece.text, piece.start, piece.end) == ("One thing.", 2, 12)


def test_paragraphs_are_kept_whole_where_they_fit() -> None:
    text = "First paragraph, two lines.\nStill the first.\n\nSecond paragraph."
    assert [piece.text for piece in chunk(text, 50)] == [
        "First paragraph, two lines.\nStill the first.",
        "Second paragraph.",
    ]


def test_a_heading_begins_a_piece() -> None:
    assert [p.text for p in chunk("Some words here.\n## Next\nMore words.", 25)] == [
        "Some words here.",
        "## Next\nMore words.",
    ]


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    assert [p.text for p in chunk("One is here. Two is here. Three is here.", 27)] == [
        "One is here. Two is here.",
        "Three is here.",
    ]


def test_a_text_without_borders_is_cut_at_the_limit() -> None:
    assert [p.text for p in chunk("abcdefghij", 4)] == ["abcd", "efgh", "ij"]


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        chunk("words", 0)


@given(st.text(max_size=300), st.integers(1, 60))
def test_no_word_is_lost_and_no_piece_is_too_long(text: str, limit: int) -> None:
    pieces = chunk(text, limit)
    assert all(0 < len(p.text) <= limit and text[p.start : p.end] == p.text for p in pieces)
    assert "".join("".join(p.text.split()) for p in pieces) == "".join(text.split())
