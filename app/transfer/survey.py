"""A first look at a file: is it text, in which encoding, and what is its digest."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import invalid

_CHUNK = 1 << 20
_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARIES = {
    b"%PDF": "a PDF document; its name must end with .pdf",
    b"PK\x03\x04": "a ZIP archive, or an office document whose name does not end with .docx, .pptx or .xlsx",
    b"\x1f\x8b": "gzip-compressed; import its text",
    b"BZh": "bzip2-compressed; import its text",
    b"\xfd7zXZ": "xz-compressed; import its text",
    b"(\xb5/\xfd": "zstd-compressed; import its text",
    b"SQLite format 3": "an SQLite database; import its text",
    b"\x89PNG": "a picture; import its text",
    b"\xff\xd8\xff": "a picture; import its text",
    b"GIF8": "a picture; import its text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A text file: its SHA-256 in hexadecimal, its size in bytes, and its encoding as Python names it.

    `errors` is how bytes that do not fit are to be decoded: "surrogateescape" keeps them apart, so
    that only the lines which hold them are refused.
    """

    path: Path
    digest: str
    size: int
    encoding: str
    errors: str = "surrogateescape"


def survey(path: Path) -> Survey:
    """Reads the whole file once, in pieces. Raises Invalid (field "file") when it cannot be imported."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            _require_text(path, head)
            encoding = _marked(head)
            file.seek(0)
            digest, size, guessed = _pass_over(file)
    except OSError as exc:
        raise invalid("file", f"{path}: {(exc.strerror or str(exc)).lower()}", "unreadable") from exc
    if not head.strip() and size <= _HEAD:
        raise invalid("file", f"{path} is empty", "empty")
    return Survey(path=path, digest=digest, size=size, encoding=encoding or guessed)


def _require_text(path: Path, head: bytes) -> None:
    for magic, name in _BINARIES.items():
        if head.startswith(magic):
            raise invalid("file", f"{path} is {name}", "not_text")
    if b"\x00" in head and _marked(head) is None:
        raise invalid("file", f"{path} is not a text file (it holds NUL bytes)", "not_text")


def _marked(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or that UTF-16 without one betrays."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if len(head) >= 8 and len(head) % 2 == 0 and b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        half = len(head) // 2
        if odd > half * 0.7 and even < half * 0.05:
            return "utf-16-le"
        if even > half * 0.7 and odd < half * 0.05:
            return "utf-16-be"
    return None


def _pass_over(file: BinaryIO) -> tuple[str, int, str]:
    """Digest, size and, for bytes without a mark: UTF-8, also when a little damaged, else Windows-1252."""
    digest, size, good, bad = hashlib.sha256(), 0, 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        text = decoder.decode(chunk)
        if not text.isascii():
            damaged = sum("\udc80" <= character <= "\udcff" for character in text)
            bad += damaged
            good += sum(character > "\x7f" for character in text) - damaged
    bad += len(decoder.decode(b"", final=True))
    return digest.hexdigest(), size, "cp1252" if bad > good else "utf-8"
