"""The text of files, by what they are called."""

import pytest

from app.adapters.papers import Desk
from app.domain.errors import Invalid
from app.ports.papers import PaperForm
from app.services.intake import Intake, form_called, form_of
from app.transfer.texts import TextForm
from tests.papers import a_docx, a_pdf, an_xlsx


@pytest.fixture
def intake() -> Intake:
    return Intake(papers=Desk())


@pytest.mark.parametrize(
    ("name", "raw", "texts"),
    [
        ("a.txt", b"One.\n\nTwo.", ["One.", "Two."]),
        ("a.PDF", a_pdf("One.", "Two."), ["One.\n\nTwo."]),
        ("a.docx", a_docx(), ["Ada moves to Porto.\n\nCity | Year\nPorto in 2026", "# marks no heading here."]),
        ("a.xlsx", an_xlsx(), ["Name: Ada; City: Porto; since 2026\n\nName: Bob", "alone"]),
        ("a.html", b"<title>no</title><p>One.<p>Two &amp; more.", ["One.", "Two & more."]),
        ("a.csv", b"name,city\nAda,London\n", ["name: Ada; city: London"]),
        ("notes", b"One.", ["One."]),
        ("a.png", b"\x89PNG", []),
        ("a.txt", b"a\x00b", []),
        ("a.txt", b"\xff\xfe\xfa", []),
        ("a.pdf", b"%PDF-1.4", []),
    ],
)
async def test_the_texts_of_a_file(intake: Intake, name: str, raw: bytes, texts: list[str]) -> None:
    assert await intake.texts(name, raw) == texts


async def test_what_cannot_be_read_is_told_to_who_asks_for_the_text(intake: Intake) -> None:
    with pytest.raises(Invalid, match="not UTF-8"):
        await intake.text(b"\xff", form=TextForm.TXT)
    with pytest.raises(Invalid, match="damaged"):
        await intake.text(b"\xff", form=PaperForm.PPTX)


def test_forms_by_name() -> None:
    assert [form_called(name) for name in ("TXT", "DOCX", "URL")] == [TextForm.TXT, PaperForm.DOCX, None]
    assert [form_of(name) for name in ("a.b/c.Md", "x.pptx", "x.mp3")] == [TextForm.MARKDOWN, PaperForm.PPTX, None]
