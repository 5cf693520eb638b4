"""Chunk: a long text in passages that end where a paragraph or a sentence does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?])\s"), re.compile(r"\s"))
_LEAST = 0.5
"""A border counts when it leaves at least this part of the limit in the passage."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage without outer white space; offsets count code points of the whole text, end exclusive."""

    text: str
    start: int
    end: int


def chunk(text: str, *, limit: int) -> list[Chunk]:
    """Passages of at most `limit` (>= 1) characters, in order; together they hold every word of the text."""
    return [passage for start, end in _cuts(text, limit) if (passage := _stripped(text, start, end)).text]


def _cuts(text: str, limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > limit:
        end = _border(text, start, start + limit)
        yield start, end
        start = end
    yield start, len(text)


def _border(text: str, start: int, stop: int) -> int:
    """Where the passage that begins at `start` ends: the last border of the strongest kind that is late enough."""
    earliest = start + max(1, int((stop - start) * _LEAST))
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, earliest, stop)]
        if ends:
            return ends[-1]
    return stop


def _stripped(text: str, start: int, end: int) -> Chunk:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    body = piece.strip()
    return Chunk(body, start + left, start + left + len(body))
