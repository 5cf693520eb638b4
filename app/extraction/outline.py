"""A text taken apart along its own outline: each statement with the names that headings, labels and its subject give it.

Nothing of the text is left out: what no rule names is named by its first words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.domain.text import folded

MAX_WORDS: Final = 5
MAX_NAME: Final = 48
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_BULLET: Final = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
_LABEL: Final = re.compile(
    r"[*_`]{0,3}((?:(?![.!?]\s)[^:=*`\n]){1,60}?)[*_`]{0,3}\s*(?::[*_]{0,3}|=|–|—)\s+\S", re.DOTALL
)
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_SENTENCE: Final = re.compile(r"(?<=[.!?…。！？])\s+(?=[^\Wa-z_]|[\"'“(])")
_SUBJECT: Final = re.compile(
    r"(.{2,80}?)\s+(?:is|are|was|were|uses?|has|have|must|should|shall|will|runs?|lives?|stays?|means|needs?|costs?)\b",
    re.IGNORECASE | re.DOTALL,
)
_WORD: Final = re.compile(r"[^\W_]+")
_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "us",
        "was",
        "we",
        "were",
        "will",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`path` are the names that lead to it, `heading` the titles above it.

    `labelled` tells that the text names what it speaks of, so that another value takes its place.
    """

    path: tuple[str, ...]
    text: str
    heading: str | None = None
    labelled: bool = False


def outline(text: str, *, context: str | None = None) -> list[Statement]:
    """The statements in order, no text twice under one name. `context` names the branch of what has no heading."""
    reading = _Reading(context=name_of(context or ""))
    found = [statement for line in [*text.splitlines(), None] for statement in reading.read(line)]
    return list({(statement.path, statement.text): statement for statement in found}.values())


def name_of(words: str) -> str:
    """The first words that carry meaning, as one name; empty where there is no letter and no digit."""
    found = _WORD.findall(folded(words))
    told = [word for word in found if word not in _SMALL] or found
    return "_".join(told[:MAX_WORDS])[:MAX_NAME].strip("_")


def topic_of(text: str) -> str:
    """What a sentence speaks of: its subject where that has a name, else its first words."""
    subject = _SUBJECT.match(text)
    words = _WORD.findall(folded(subject[1])) if subject else []
    named = bool(words) and len(words) <= MAX_WORDS and not set(words) <= _SMALL
    return name_of(subject[1] if subject and named else text) or "note"


@dataclass(slots=True)
class _Reading:
    """Goes over the lines; `waiting` are those of the paragraph or item that may still go on."""

    context: str
    headings: list[tuple[int, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    is_item: bool = False
    is_code: bool = False
    is_bare: bool = False

    def read(self, line: str | None) -> Iterator[Statement]:
        """What ends with this line; None is the end of the text."""
        if line is None:
            yield from self._said()
            yield from self._left()
        elif _FENCE.match(line):
            yield from self._fenced(line)
        elif self.is_code:
            self.waiting.append(line)
        elif not line.strip():
            yield from self._said()
        elif heading := _HEADING.match(line):
            yield from self._said()
            yield from self._entered(len(heading[1]), heading[2])
        elif bullet := _BULLET.match(line):
            yield from self._said()
            self.is_item, self.waiting = True, [bullet[1]]
        else:
            self.waiting.append(line.strip())

    def _said(self) -> Iterator[Statement]:
        text, is_item = "\n".join(self.waiting).strip(), self.is_item
        self.waiting, self.is_item = [], False
        if not text:
            return
        for piece in [text] if is_item else _pieces(text):
            yield self._statement(piece)

    def _fenced(self, line: str) -> Iterator[Statement]:
        """Code stays in one piece, with its fences."""
        if not self.is_code:
            yield from self._said()
            self.is_code, self.waiting = True, [line]
            return
        code = "\n".join([*self.waiting, line])
        self.is_code, self.waiting, self.is_bare = False, [], False
        yield Statement((*self._above(), "code"), code, self._title())

    def _entered(self, level: int, title: str) -> Iterator[Statement]:
        if not self.headings or level <= self.headings[-1][0]:
            yield from self._left()
        self.headings = [each for each in self.headings if each[0] < level] + [(level, title)]
        self.is_bare = bool(title)

    def _left(self) -> Iterator[Statement]:
        """A heading under which nothing stood says something itself."""
        if self.is_bare:
            self.is_bare = False
            title = self.headings[-1][1]
            yield Statement(self._above() or (topic_of(title),), title)

    def _statement(self, text: str) -> Statement:
        self.is_bare = False
        told = _LABEL.match(text)
        label = name_of(told[1]) if told and len(_WORD.findall(told[1])) <= MAX_WORDS else ""
        return Statement((*self._above(), label or topic_of(text)), text, self._title(), bool(label))

    def _above(self) -> tuple[str, ...]:
        names = tuple(name for _, title in self.headings if (name := name_of(title)))
        return names or ((self.context,) if self.context else ())

    def _title(self) -> str | None:
        return " / ".join(title for _, title in self.headings)[:500].strip() or None


def _pieces(text: str) -> Iterator[str]:
    """Sentences; lines that are labelled stand for themselves."""
    paragraph: list[str] = []
    for line in text.split("\n"):
        if _LABEL.match(line):
            yield from _sentences(" ".join(paragraph))
            paragraph = []
            yield line
        else:
            paragraph.append(line)
    yield from _sentences(" ".join(paragraph))


def _sentences(text: str) -> Iterator[str]:
    yield from (piece for piece in _SENTENCE.split(text) if piece.strip())
