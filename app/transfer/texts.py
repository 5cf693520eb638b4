"""Texts that came by another way than as a file: forms by name, and rows and pages as memories."""

import csv
import io
from collections.abc import Iterator
from enum import StrEnum
from html.parser import HTMLParser

from app.domain.errors import invalid
from app.domain.memory import MAX_TITLE
from app.transfer import document, markdown, plain
from app.transfer.chunks import split
from app.transfer.entry import Entry, Piece
from app.transfer.fields import entry_of

_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
        "td",
        "th",
    ]
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "title"})


class TextForm(StrEnum):
    TXT = "TXT"
    MARKDOWN = "MARKDOWN"
    JSON = "JSON"
    CSV = "CSV"
    HTML = "HTML"


def pieces(text: str, *, form: TextForm, name: str) -> Iterator[Piece]:
    """What the text holds, in order. Raises Invalid where it is not of this form."""
    match form:
        case TextForm.TXT:
            return plain.read(text.splitlines())
        case TextForm.MARKDOWN:
            return markdown.read(text.splitlines())
        case TextForm.JSON:
            return document.read(text, file=name)
        case TextForm.CSV:
            return _rows(text, name)
        case TextForm.HTML:
            return _page(text)


def _rows(text: str, name: str) -> Iterator[Piece]:
    """Each row is a memory: by its columns' names where one is a text, else all of them in one text."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    try:
        for number, row in enumerate(reader, start=2):
            cells = {
                column: value for column, value in row.items() if column and isinstance(value, str) and value.strip()
            }
            if not cells:
                continue
            entry = entry_of(cells, where=f"row {number}")
            if isinstance(entry, Entry):
                yield entry
                continue
            told = "; ".join(f"{column.strip()}: {value.strip()}" for column, value in cells.items())
            for part in split(told):
                yield entry_of({"text": part}, where=f"row {number}")
    except csv.Error as wrong:
        raise invalid("file", f"{name} is not CSV: {wrong}", "malformed") from None


def _page(text: str) -> Iterator[Piece]:
    page = _Page()
    page.feed(text)
    page.close()
    title = " ".join(page.title.split())[:MAX_TITLE]
    named = {"title": title} if title else {}
    for place, paragraph in plain.paragraphs("".join(page.seen).splitlines()):
        for part in split(paragraph):
            yield entry_of({**named, "text": part}, where=f"line {place}")


class _Page(HTMLParser):
    """What is seen of a page, a paragraph for each block, and what it calls itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.title = ""
        self._unseen = 0
        self._names = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        self._unseen += tag in _UNSEEN
        self._names = tag == "title" and not self.title
        if tag in _BREAKS:
            self.seen.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._names = False
        if tag in _BREAKS:
            self.seen.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._names:
            self.title += data
        if not self._unseen:
            self.seen.append(" ".join(data.split()) + " " if data.strip() else " ")
