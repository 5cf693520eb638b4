"""Intake: the paragraphs of a document, whatever kind of text it is."""

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from app.transfer import markdown, plain
from app.transfer.entry import Entry, Piece

MAX_PIECES = 1_000
_TEXTS = frozenset(
    [
        ".txt",
        ".text",
        ".log",
        ".rst",
        ".py",
        ".js",
        ".ts",
        ".tsx",
        ".jsx",
        ".java",
        ".go",
        ".rs",
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".hpp",
        ".cs",
        ".rb",
        ".php",
        ".sh",
        ".sql",
        ".json",
        ".jsonl",
        ".yaml",
        ".yml",
        ".toml",
        ".ini",
        ".xml",
        ".css",
        ".kt",
        ".swift",
    ]
)
_MARKDOWN = frozenset({".md", ".markdown"})
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "br",
        "section",
        "article",
        "blockquote",
        "pre",
        "title",
    ]
)
_SILENT = frozenset({"script", "style", "head", "template", "noscript"})


def texts_in(name: str, raw: bytes) -> list[str]:
    """At most 1,000 texts in the document's order; none where nothing can be read in it."""
    ending = Path(name).suffix.lower()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    if "\x00" in text:
        return []
    if ending in _PAGES:
        pieces: Iterator[Piece] = plain.read(_page(text).splitlines())
    elif ending == ".csv":
        pieces = plain.read(_rows(text))
    elif ending in _MARKDOWN:
        pieces = markdown.read(text.splitlines())
    elif ending in _TEXTS or not ending:
        pieces = plain.read(text.splitlines())
    else:
        return []
    return [piece.text for piece in pieces if isinstance(piece, Entry) and piece.text.strip()][:MAX_PIECES]


def _rows(text: str) -> Iterator[str]:
    """Each row as a sentence of its own, named by the header."""
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    for row in rows:
        told = [f"{name}: {value}" for name, value in zip(header, row, strict=False) if value.strip()]
        if told:
            yield "; ".join(told)
            yield ""


class _Page(HTMLParser):
    """What a reader would see, block by block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(data.split()) or " ")


def _page(text: str) -> str:
    page = _Page()
    page.feed(text)
    page.close()
    return "".join(page.parts)
