"""A first look at a file."""

import codecs
import hashlib
from pathlib import Path

import pytest

from app.domain.errors import Invalid
from app.transfer.entry import Entry, Flaw
from app.transfer.reading import Format, read
from app.transfer.survey import survey


def texts(path: Path) -> list[str]:
    return [
        piece.text if isinstance(piece, Entry) else piece.reason
        for piece in read(survey(path), name=path.name, form=Format.AUTO)
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notes.txt"


def test_digest_and_size_are_those_of_the_bytes(file: Path) -> None:
    file.write_bytes(b"tea\n" * 100_000)
    found = survey(file)
    assert (found.digest, found.size) == (hashlib.sha256(file.read_bytes()).hexdigest(), 400_000)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("cp1252", b""),
    ],
)
def test_text_is_read_in_its_encoding(file: Path, encoding: str, mark: bytes) -> None:
    file.write_bytes(mark + "Smörgås på Möja.\n\nKaffe i Åbo.".encode(encoding))
    assert texts(file) == ["Smörgås på Möja.", "Kaffe i Åbo."]


def test_damaged_utf_8_costs_only_the_lines_that_hold_it(file: Path) -> None:
    file.write_bytes("Smörgås på Möja, många.\n\n".encode() + b"bro\xffken\n\n" + "Kaffe i Åbo.".encode())
    assert texts(file) == ["Smörgås på Möja, många.", "holds bytes that are not UTF-8", "Kaffe i Åbo."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF document; its name must end with .pdf"),
        (
            b"PK\x03\x04....",
            "is a ZIP archive, or an office document whose name does not end with .docx, .pptx or .xlsx",
        ),
        (b"\x1f\x8b....", "is gzip-compressed; import its text"),
        (b"\x7fELF\x00\x00\x01\x02", "is not a text file (it holds NUL bytes)"),
    ],
)
def test_what_is_no_text_is_refused_in_plain_words(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        survey(file)
    assert str(refused.value) == f"file: {file} {message}"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no such file or directory"):
        survey(tmp_path / "absent.txt")
    with pytest.raises(Invalid, match="is a directory"):
        survey(tmp_path)


def test_flaws_of_damaged_lines_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "Åbo, Möja"}\n'.encode() + b'{"text": "b\xff"}\n{"text": "c"}\n')
    pieces = list(read(survey(path), name=path.name, form=Format.AUTO))
    assert pieces[1] == Flaw(where="line 2", reason="holds bytes that are not UTF-8")
    assert [type(piece) for piece in pieces] == [Entry, Flaw, Entry]
