"""Documents are read by a program of their own, however they are made."""

import io
import zipfile

import pytest

from app.adapters.papers import Desk
from app.adapters.papers.reader import UNPACKED
from app.domain.errors import Invalid
from app.ports.papers import PaperForm
from tests.papers import a_docx, a_pdf, a_pptx, an_xlsx, locked

SAID = {
    PaperForm.PDF: "The launch moved to Friday.\nMaya asked for testers.\n\nOn the second page.",
    PaperForm.DOCX: "# Plan\n\nAda moves to Porto.\n\nCity | Year\nPorto in 2026\n\n## Later\n\n    # marks no heading here.",
    PaperForm.PPTX: "# Launch\n\nIn June\nIn Oslo\n\nIn a group\n\nIn a table\n\nAsk Bob.",
    PaperForm.XLSX: "# People\n\nName: Ada; City: Porto; since 2026\n\nName: Bob\n\n# Empty\n\n# One\n\nalone",
}
MADE = {
    PaperForm.PDF: lambda: a_pdf("The launch moved to Friday.\nMaya asked for test-\ners.", "On the second page."),
    PaperForm.DOCX: a_docx,
    PaperForm.PPTX: a_pptx,
    PaperForm.XLSX: an_xlsx,
}


@pytest.mark.parametrize("form", PaperForm)
async def test_a_document_says_what_it_says(form: PaperForm) -> None:
    assert await Desk().markdown(MADE[form](), form=form) == SAID[form]


@pytest.mark.parametrize("form", PaperForm)
async def test_what_is_no_such_document_is_refused(form: PaperForm) -> None:
    wrong = a_pdf("x") if form is not PaperForm.PDF else a_docx()
    for data in (b"", b"%PDF-1.7\n", b"nonsense" * 999, wrong):
        with pytest.raises(Invalid, match=f"damaged, or no {form} document"):
            await Desk().markdown(data, form=form)


async def test_a_document_without_text_is_empty() -> None:
    assert await Desk().markdown(a_pdf("", ""), form=PaperForm.PDF) == ""


@pytest.mark.parametrize(
    ("data", "form"),
    [(locked(a_pdf("x")), PaperForm.PDF), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on", PaperForm.DOCX)],
)
async def test_a_locked_document_is_called_so(data: bytes, form: PaperForm) -> None:
    with pytest.raises(Invalid, match="locked with a password"):
        await Desk().markdown(data, form=form)


async def test_a_document_that_unpacks_to_very_much_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(UNPACKED + 1))
    with pytest.raises(Invalid, match="takes too much"):
        await Desk().markdown(file.getvalue(), form=PaperForm.DOCX)


async def test_a_document_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Invalid, match="takes too much"):
        await Desk(seconds=0.01).markdown(a_docx(), form=PaperForm.DOCX)


async def test_more_text_than_is_read_is_refused() -> None:
    page = "\n".join(["x" * 1_000] * 1_000)
    with pytest.raises(Invalid, match="more text than is read"):
        await Desk().markdown(a_pdf(*[page] * 9), form=PaperForm.PDF)
