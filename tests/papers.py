"""Documents as bytes, for who reads them."""

import io

import docx
import openpyxl
import pptx
from pypdf import PdfReader, PdfWriter


def a_pdf(*pages: str) -> bytes:
    """A page for each text, a line of it for each of its own."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        lines = " T* ".join(f"({line}) Tj" for line in page.split("\n")) if page else ""
        shown = f"BT /F1 12 Tf 14 TL 72 720 Td {lines} ET".encode("latin-1")
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(parts)
        )
        kids.append(b"%d 0 R" % len(parts))
    parts[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(written))
    return written + head + table + tail


def locked(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("a secret", algorithm="RC4-128")
    return _saved(writer.write)


def a_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Plan", 1)
    document.add_paragraph("Ada moves to Porto.")
    table = document.add_table(2, 2)
    for cell, text in zip(table.rows[0].cells, ("City", "Year"), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1)).text = "Porto in 2026"
    document.add_heading("Later", 2)
    document.add_paragraph("# marks no heading here.")
    return _saved(document.save)


def a_pptx() -> bytes:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text = "Launch"
    slide.placeholders[1].text = "In June\nIn Oslo"
    slide.shapes.add_group_shape().shapes.add_textbox(0, 0, 9, 9).text_frame.text = "In a group"
    slide.shapes.add_table(1, 2, 0, 0, 9, 9).table.cell(0, 0).text = "In a table"
    slide.notes_slide.notes_text_frame.text = "Ask Bob."
    return _saved(slides.save)


def an_xlsx() -> bytes:
    book = openpyxl.Workbook()
    people = book.worksheets[0]
    people.title = "People"
    for row in (("Name", "City", None), (None, None, None), ("Ada", "Porto", "since 2026"), ("Bob", None, None)):
        people.append(row)
    book.create_sheet("Empty")
    book.create_sheet("One").append(("alone",))
    return _saved(book.save)


def _saved(save: object) -> bytes:
    assert callable(save)
    file = io.BytesIO()
    save(file)
    return file.getvalue()
