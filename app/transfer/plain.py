"""Plain text: each paragraph is a memory."""

from collections.abc import Iterable, Iterator

from app.transfer.chunks import split
from app.transfer.entry import Piece
from app.transfer.fields import entry_of


def read(lines: Iterable[str]) -> Iterator[Piece]:
    """Paragraphs are set apart by blank lines; long ones are cut at sentences."""
    for start, paragraph in paragraphs(lines):
        for part in split(paragraph):
            yield entry_of({"text": part}, where=f"line {start}")


def paragraphs(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Paragraphs with the number of their first line, from 1."""
    start, waiting = 1, list[str]()
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped:
            start = start if waiting else number
            waiting.append(stripped)
        elif waiting:
            yield start, "\n".join(waiting)
            waiting = []
    if waiting:
        yield start, "\n".join(waiting)
