"""Long texts in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from app.transfer.chunks import CHUNK, chunks, split

PARAGRAPH = st.text(alphabet="abc. \n", min_size=1, max_size=3 * CHUNK)


def letters(texts: list[str]) -> str:
    return "".join("".join(texts).split())


@given(st.lists(PARAGRAPH, max_size=5))
def test_no_piece_is_too_long_and_no_letter_is_lost(paragraphs: list[str]) -> None:
    pieces = list(chunks(paragraphs))
    assert all(len(piece) <= CHUNK for piece in pieces)
    assert letters(pieces) == letters(paragraphs)


def test_paragraphs_stay_together_while_they_fit() -> None:
    third = "x" * (CHUNK // 3)
    assert list(chunks([third, third, third])) == [f"{third}\n\n{third}", third]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "word " * 100 + "end."
    assert list(split(f"{sentence} {sentence} {sentence}")) == [f"{sentence} {sentence}", sentence]


def test_a_word_without_end_is_cut_hard() -> None:
    assert [len(piece) for piece in split("x" * (2 * CHUNK + 1))] == [CHUNK, CHUNK, 1]
