"""Long lists of texts are embedded piece by piece, so that nobody waits for a whole list."""

from collections.abc import Iterator, Sequence


def pieces(texts: Sequence[str], *, count: int, characters: int) -> Iterator[slice]:
    """Slices that cover `texts` in order, each of at most `count` texts and `characters` (or of one text)."""
    start = size = 0
    for index, text in enumerate(texts):
        if index > start and (index - start == count or size + len(text) > characters):
            yield slice(start, index)
            start, size = index, 0
        size += len(text)
    if texts:
        yield slice(start, len(texts))
