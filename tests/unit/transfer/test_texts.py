"""Texts by form: what their pieces are."""

import pytest

from app.domain.errors import Invalid
from app.transfer.entry import Entry
from app.transfer.texts import TextForm, pieces


def read(text: str, form: TextForm) -> list[str]:
    found = list(pieces(text, form=form, name="file"))
    assert all(isinstance(piece, Entry) for piece in found)
    return [piece.text for piece in found if isinstance(piece, Entry)]


def test_plain_text_comes_by_paragraphs() -> None:
    assert read("One.\n\nTwo,\nstill two.", TextForm.TXT) == ["One.", "Two,\nstill two."]


def test_markdown_comes_by_sections() -> None:
    assert read("# A\n\nOne.\n\n# B\n\nTwo.", TextForm.MARKDOWN) == ["One.", "Two."]


def test_json_comes_by_items() -> None:
    assert read('[{"text": "One."}, {"text": "Two."}]', TextForm.JSON) == ["One.", "Two."]
    with pytest.raises(Invalid):
        read("One.", TextForm.JSON)


def test_rows_without_a_text_are_told_by_their_columns() -> None:
    assert read("city,country\nOslo,Norway\n,\nLisbon,\n", TextForm.CSV) == [
        "city: Oslo; country: Norway",
        "city: Lisbon",
    ]


def test_rows_with_a_text_are_that_text() -> None:
    (piece,) = pieces("text,user\nLikes tea.,ada\n", form=TextForm.CSV, name="file")
    assert isinstance(piece, Entry)
    assert (piece.text, piece.user) == ("Likes tea.", "ada")


def test_a_page_is_what_is_seen_of_it() -> None:
    page = (
        "<html><head><title>Trains</title><style>p {}</style></head><body><p>They run <b>hourly</b> &amp; late.</p>"
        "<script>x()</script><ul><li>North<li>South</ul></body>"
    )
    assert [" ".join(text.split()) for text in read(page, TextForm.HTML)] == [
        "They run hourly & late.",
        "North",
        "South",
    ]


def test_what_a_page_calls_itself_titles_its_pieces() -> None:
    page = "<title> Trains &amp;\n buses </title><p>Hourly.<svg><title>Arrow</title></svg><p>Late."
    found = list(pieces(page, form=TextForm.HTML, name="file"))
    assert [(piece.title, piece.text) for piece in found if isinstance(piece, Entry)] == [
        ("Trains & buses", "Hourly."),
        ("Trains & buses", "Late."),
    ]


@pytest.mark.parametrize("form", TextForm)
def test_nothing_comes_of_nothing(form: TextForm) -> None:
    assert form is TextForm.JSON or read("", form) == []
