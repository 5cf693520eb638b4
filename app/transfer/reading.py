"""From a file to its pieces: which format it has, and the reader for it."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from app.domain.errors import invalid
from app.ports.papers import PaperForm
from app.transfer import document, jsonl, markdown, plain
from app.transfer.entry import Flaw, Piece
from app.transfer.survey import Survey

MAX_DOCUMENT = 256 * 1024 * 1024
MAX_LINE = 4 * 1024 * 1024
_HEAD = 1 << 16


class Format(StrEnum):
    """How a file is read; AUTO decides by the content first, then by the name."""

    AUTO = "auto"
    JSONL = "jsonl"
    JSON = "json"
    MARKDOWN = "markdown"
    TEXT = "text"


_SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    # Of these their text is read, which is given as Markdown.
    **dict.fromkeys((form.ending for form in PaperForm), Format.MARKDOWN),
}


def format_of(file: Survey, *, name: str) -> Format:
    """JSON by what the file begins with, Markdown by its name, else plain text."""
    named = _SUFFIXES.get(Path(name).suffix.lower())
    if named in (Format.MARKDOWN, Format.JSONL):
        return named
    with file.path.open(encoding=file.encoding, errors=file.errors) as text:
        head = text.read(_HEAD).lstrip("\ufeff \t\r\n")
    if head[:1] not in ("{", "["):
        return named or Format.TEXT
    first, *further = head.splitlines()
    return Format.JSONL if any(map(str.strip, further)) and _is_complete(first) else Format.JSON


def read(file: Survey, *, name: str, form: Format) -> Iterator[Piece]:
    """The pieces of a file in order. `name` stands for it in places and as the name of sessions.

    Raises Invalid when a JSON document cannot be read at all; whatever else is wrong is a Flaw.
    """
    known = format_of(file, name=name) if form is Format.AUTO else form
    if known is Format.JSON:
        return document.read(_whole(file, name), file=name)
    return _by_lines(file, name, known)


def _by_lines(file: Survey, name: str, form: Format) -> Iterator[Piece]:
    with closing(_lines(file)) as lines:
        match form:
            case Format.JSONL:
                pieces = jsonl.read(lines, name=Path(name).stem)
            case Format.MARKDOWN:
                pieces = markdown.read(lines)
            case _:
                pieces = plain.read(lines)
        for piece in pieces:
            yield _undamaged(piece)


def _lines(file: Survey) -> Generator[str, None, None]:
    """Lines with a bound on their length: a longer one comes in parts, which then fail on their own."""
    with file.path.open(encoding=file.encoding, errors=file.errors, newline=None) as text:
        while line := text.readline(MAX_LINE):
            yield line


def _whole(file: Survey, name: str) -> str:
    if file.size > MAX_DOCUMENT:
        limit = MAX_DOCUMENT // 1024 // 1024
        raise invalid("file", f"{name} is larger than {limit} MiB; write it as JSON lines", "too_long")
    return file.path.read_text(encoding=file.encoding, errors=file.errors)


def _undamaged(piece: Piece) -> Piece:
    """Bytes that are not of the file's encoding reach texts as lone surrogates; say it in a person's words."""
    if isinstance(piece, Flaw) and "lone surrogates" in piece.reason:
        return Flaw(where=piece.where, reason="holds bytes that are not UTF-8")
    return piece


def _is_complete(line: str) -> bool:
    """Whether a line is an object by itself."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
