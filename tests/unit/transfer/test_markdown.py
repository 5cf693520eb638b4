"""Markdown: a memory a section."""

from hypothesis import given
from hypothesis import strategies as st

from app.transfer import markdown
from app.transfer.chunks import CHUNK
from app.transfer.entry import Entry, Flaw

GUIDE = """\
---
title: Guide
user: maya
tags: [setup, "how to"]
date: 2026-03-02
importance: 0.8
colour: blue
---
Before all headings.

# Install #
Take a breath.

## Linux
```sh
# not a heading

make serve
```

## macOS

# Use
"""


def read(text: str) -> list[Entry | Flaw]:
    return list(markdown.read(text.splitlines(keepends=True)))


def test_sections_are_titled_by_the_path_of_their_headings() -> None:
    found = [(piece.title, piece.text, piece.where) for piece in read(GUIDE) if isinstance(piece, Entry)]
    assert found == [
        ("Guide", "Before all headings.", "line 9"),
        ("Guide › Install", "Take a breath.", "line 12"),
        ("Guide › Install › Linux", "```sh\n# not a heading\n\nmake serve\n```", "line 15"),
    ]


def test_front_matter_holds_for_every_section() -> None:
    for piece in read(GUIDE):
        assert isinstance(piece, Entry)
        assert (piece.user, piece.tags, piece.importance) == ("maya", ("setup", "how to"), 0.8)
        assert f"{piece.occurred_at}" == "2026-03-02 00:00:00+00:00"


def test_tags_may_be_a_list_of_lines() -> None:
    (piece,) = read("---\ntags:\n  - one\n  - two\n---\ntext")
    assert isinstance(piece, Entry)
    assert piece.tags == ("one", "two")


def test_without_headings_there_is_no_title() -> None:
    (piece,) = read("just text\nin two lines")
    assert piece == Entry(where="line 1", text="just text\nin two lines")


def test_a_rule_is_not_front_matter() -> None:
    assert read("---\n\ntext\n") == [Entry(where="line 1", text="---\n\ntext")]


def test_a_long_section_is_cut_between_paragraphs() -> None:
    paragraph = "word " * 150
    pieces = read(f"# Long\n\n{paragraph}\n\n{paragraph}\n")
    assert [(piece.title, piece.text) for piece in pieces if isinstance(piece, Entry)] == [
        ("Long", paragraph.strip())
    ] * 2


@given(st.text(alphabet="#-`~ab: \n", max_size=300))
def test_any_text_is_read_and_none_of_its_words_lost(text: str) -> None:
    pieces = read(text)
    kept = "".join(piece.text + (piece.title or "") for piece in pieces if isinstance(piece, Entry))
    assert all(len(piece.text) <= CHUNK for piece in pieces if isinstance(piece, Entry))
    assert set(kept) <= set(text) | set(" ›\n")
