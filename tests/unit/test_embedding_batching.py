"""Lists are cut into pieces that bound how long others wait."""

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.embedding.batching import pieces


def test_pieces_end_at_either_bound() -> None:
    texts = ["aaaa", "bb", "c", "d", "e", "f" * 99, "g"]
    assert list(pieces(texts, count=3, characters=6)) == [slice(0, 2), slice(2, 5), slice(5, 6), slice(6, 7)]


@given(st.lists(st.text(max_size=9)), st.integers(1, 5), st.integers(0, 20))
def test_pieces_cover_the_list_in_order(texts: list[str], count: int, characters: int) -> None:
    cut = [texts[piece] for piece in pieces(texts, count=count, characters=characters)]
    assert [text for piece in cut for text in piece] == texts
    assert all(len(piece) <= count for piece in cut)
    assert all(len(piece) == 1 or sum(map(len, piece)) <= characters for piece in cut)
