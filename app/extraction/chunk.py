"""Long texts cut into pieces at the borders that readers see: headings, paragraphs, sentences, words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BORDERS = (
    re.compile(r"\n(?=#{1,6} )"),
    re.compile(r"\n[ \t]*\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+"),
    re.compile(r"[;,:]\s+"),
    re.compile(r"\s+"),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text: `text` is what stands from `start` to `end` in code points, trimmed of white space."""

    text: str
    start: int
    end: int


def chunk(text: str, limit: int) -> list[Chunk]:
    """Pieces of at most `limit` code points, in order, none empty; together they hold every word."""
    if limit < 1:
        raise ValueError("a limit below one code point")
    return [piece for start, end in _split(text, 0, len(text), limit) if (piece := _trimmed(text, start, end)).text]


def _split(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    while end - start > limit:
        cut = _cut(text, start, limit)
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _cut(text: str, start: int, limit: int) -> int:
    """The last border of the strongest kind in the second half of the window, else of any kind, else the limit."""
    window = text[start : start + limit + 1]
    for floor in (limit // 2, 0):
        for border in _BORDERS:
            ends = [m.end() for m in border.finditer(window) if floor < m.end() <= limit]
            if ends:
                return start + ends[-1]
    return start + limit


def _trimmed(text: str, start: int, end: int) -> Chunk:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    return Chunk(stripped, start + left, start + left + len(stripped))
