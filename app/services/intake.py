"""Intake: the text of a file, and the pieces of it, whatever kind of document it is."""

from collections.abc import Iterator
from pathlib import PurePath

from app.domain import errors
from app.ports.papers import PaperForm, Papers
from app.transfer.entry import Entry, Piece
from app.transfer.texts import TextForm, pieces

FileForm = TextForm | PaperForm
MAX_PIECES = 1_000
_MARKED = {".md": TextForm.MARKDOWN, ".markdown": TextForm.MARKDOWN, ".csv": TextForm.CSV}
_PAGES = dict.fromkeys((".html", ".htm", ".xhtml"), TextForm.HTML)
_PAPERS = {form.ending: form for form in PaperForm}
_CODE = (
    *(".py", ".js", ".ts", ".tsx", ".jsx", ".java", ".go", ".rs", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".rb"),
    *(".php", ".sh", ".sql", ".css", ".kt", ".swift"),
)
_PLAIN = ("", ".txt", ".text", ".log", ".rst", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".ini", ".xml", *_CODE)
_FORMS: dict[str, FileForm] = {**_MARKED, **_PAGES, **_PAPERS, **dict.fromkeys(_PLAIN, TextForm.TXT)}


def form_of(name: str) -> FileForm | None:
    """By how a file's name ends; None for what is not read."""
    return _FORMS.get(PurePath(name).suffix.lower())


def form_called(name: str) -> FileForm | None:
    """By its own name: TXT, MARKDOWN, PDF and so on."""
    return next((form for form in (*TextForm, *PaperForm) if form == name), None)


class Intake:
    def __init__(self, *, papers: Papers) -> None:
        self._papers = papers

    async def text(self, raw: bytes, *, form: FileForm) -> tuple[str, TextForm]:
        """A file's text, and the form that this is of. Raises Invalid (field "file") where it cannot be read."""
        if isinstance(form, PaperForm):
            return await self._papers.markdown(raw, form=form), TextForm.MARKDOWN
        try:
            return raw.decode("utf-8-sig"), form
        except UnicodeDecodeError:
            raise errors.invalid("file", "is not UTF-8", "malformed") from None

    async def texts(self, name: str, raw: bytes) -> list[str]:
        """At most 1,000 texts in the document's order; none where nothing can be read in it."""
        form = form_of(name)
        if form is None:
            return []
        try:
            text, form = await self.text(raw, form=form)
            found = _kept(pieces(text, form=form, name=name)) if "\x00" not in text else []
        except errors.Invalid:
            return []
        return found


def _kept(found: Iterator[Piece]) -> list[str]:
    return [piece.text for piece in found if isinstance(piece, Entry) and piece.text.strip()][:MAX_PIECES]
