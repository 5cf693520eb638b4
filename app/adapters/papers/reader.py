"""A document on stdin, its text as Markdown on stdout. A program of its own that imports nothing of ours.

    python -I reader.py PDF|DOCX|PPTX|XLSX

Exit status: 0, or 3 locked, 4 not such a document, 5 too much text; anything else: it took too much.
"""

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Final

PROCESSOR_SECONDS: Final = 30
ROOM: Final = 2 << 30
"""Bytes of address space."""
UNPACKED: Final = 300_000_000
"""Bytes that the parts of an office document may have."""
MOST: Final = 8_000_000
"""Characters."""
LOCKED, OTHER, TOO_MUCH = 3, 4, 5
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zà-öø-ÿ])")
_ENCRYPTED_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Where office documents are locked, they are packed into a file of the older kind."""


class Locked(Exception):
    """A password would be needed."""


def main() -> None:
    confine()
    data = sys.stdin.buffer.read()
    try:
        text = written(FORMS[sys.argv[1]](data))
    except Locked:
        sys.exit(LOCKED)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (whatever a broken document makes a library raise)
        sys.exit(OTHER)
    if len(text) > MOST:
        sys.exit(TOO_MUCH)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def confine() -> None:
    """Where the system knows limits: time, room, and no file is written."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def written(blocks: Iterable[str]) -> str:
    """The blocks with a blank line between them; reads no further than the limit."""
    kept, length = list[str](), 0
    for block in blocks:
        clean = block.replace("\x00", "").strip("\n")
        if clean.strip():
            kept.append(clean)
            length += len(clean)
        if length > MOST:
            break
    return "\n\n".join(kept)


def pdf(data: bytes) -> Iterator[str]:
    """A block a page; words that were parted at the end of a line are whole again."""
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(data))
    if document.is_encrypted and not document.decrypt(""):
        raise Locked
    for page in document.pages:
        yield plain(_HYPHEN.sub("", page.extract_text()))


def docx(data: bytes) -> Iterator[str]:
    from docx import Document
    from docx.table import Table

    document = Document(io.BytesIO(unpacked(data)))
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join(row_of(cell.text for cell in distinct(row.cells)) for row in block.rows)
        else:
            level = heading_level(block.style.name if block.style is not None else "")
            yield heading(block.text, level) if level else plain(block.text)


def heading_level(style: str | None) -> int:
    """1 to 6 by the style's name; 0 for what is no heading."""
    if style == "Title":
        return 1
    found = re.fullmatch(r"Heading (\d)", style or "")
    return min(6, int(found[1])) if found else 0


def pptx(data: bytes) -> Iterator[str]:
    from pptx import Presentation

    for slide in Presentation(io.BytesIO(unpacked(data))).slides:
        title = slide.shapes.title
        if title is not None:
            yield heading(title.text_frame.text, 1)
        for shape in shown(slide.shapes):
            if shape.has_text_frame and (title is None or shape.shape_id != title.shape_id):
                yield plain(shape.text_frame.text)
            elif getattr(shape, "has_table", False):
                yield "\n".join(row_of(cell.text for cell in row.cells) for row in shape.table.rows)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            yield plain(slide.notes_slide.notes_text_frame.text)


def shown(shapes: Iterable[Any]) -> Iterator[Any]:
    """Those of groups as well."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from shown(shape.shapes)
        else:
            yield shape


def xlsx(data: bytes) -> Iterator[str]:
    """A block a row, its cells named by the first row that holds any."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(unpacked(data)), read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield heading(sheet.title, 1)
        rows = (
            ["" if value is None else str(value).strip() for value in row] for row in sheet.iter_rows(values_only=True)
        )
        filled = (cells for cells in rows if any(cells))
        names, second = next(filled, []), next(filled, None)
        if second is None:
            yield plain(row_of(names))
            continue
        for cells in chain([second], filled):
            told = zip([*names, *[""] * len(cells)], cells, strict=False)
            yield plain("; ".join(f"{name}: {cell}" if name else cell for name, cell in told if cell))


def unpacked(data: bytes) -> bytes:
    """The document itself, when its parts are no more than they may be."""
    if data.startswith(_ENCRYPTED_OFFICE):
        raise Locked
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED:
            raise MemoryError
    return data


def heading(text: str, level: int) -> str:
    return f"{'#' * level} {' '.join(text.split())}" if text.strip() else ""


def plain(text: str) -> str:
    """What looks like a heading and is none is moved in, as Markdown has it."""
    return re.sub(r"(?m)^ {0,3}(#{1,6}[ \t])", r"    \1", text)


def row_of(cells: Iterable[str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())


def distinct(cells: Iterable[Any]) -> list[Any]:
    """Cells that were merged are told once."""
    kept: list[Any] = []
    for cell in cells:
        if not kept or cell._tc is not kept[-1]._tc:  # noqa: SLF001  (python-docx has no other name for it)
            kept.append(cell)
    return kept


FORMS: Final[dict[str, Callable[[bytes], Iterator[str]]]] = {"PDF": pdf, "DOCX": docx, "PPTX": pptx, "XLSX": xlsx}


if __name__ == "__main__":
    main()
