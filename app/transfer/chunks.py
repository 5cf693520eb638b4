"""Long texts in pieces, cut at paragraph borders, else at sentences, else at spaces."""

import re
from collections.abc import Iterator, Sequence

CHUNK = 1_200
"""Characters a piece should have at most: what the embedder's window of 256 tokens can take in."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def chunks(paragraphs: Sequence[str]) -> Iterator[str]:
    """Paragraphs put together while they fit into a piece; each piece is at most CHUNK characters long."""
    waiting: list[str] = []
    for paragraph in (part for whole in paragraphs for part in split(whole)):
        if waiting and sum(map(len, waiting)) + 2 * len(waiting) + len(paragraph) > CHUNK:
            yield "\n\n".join(waiting)
            waiting = []
        waiting.append(paragraph)
    if waiting:
        yield "\n\n".join(waiting)


def split(paragraph: str) -> Iterator[str]:
    """A paragraph in pieces of at most CHUNK characters."""
    if len(paragraph) <= CHUNK:
        yield paragraph
        return
    waiting = ""
    for sentence in _SENTENCE.split(paragraph):
        for part in _hard(sentence):
            if waiting and len(waiting) + 1 + len(part) > CHUNK:
                yield waiting
                waiting = part
            else:
                waiting = f"{waiting} {part}" if waiting else part
    if waiting:
        yield waiting


def _hard(sentence: str) -> Iterator[str]:
    while len(sentence) > CHUNK:
        cut = sentence.rfind(" ", 1, CHUNK)
        cut = cut if cut > 0 else CHUNK
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    if sentence:
        yield sentence
