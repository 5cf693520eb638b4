"""Documents that are no text: of an office, or to be printed."""

from enum import StrEnum
from typing import Protocol


class PaperForm(StrEnum):
    """Each named as its files end."""

    PDF = "PDF"
    DOCX = "DOCX"
    PPTX = "PPTX"
    XLSX = "XLSX"

    @property
    def ending(self) -> str:
        """Of its files' names, with the dot."""
        return f".{self.lower()}"


class Papers(Protocol):
    async def markdown(self, data: bytes, *, form: PaperForm) -> str:
        """What a document says, in order, as Markdown: headings, paragraphs, a line for each row of a table.

        Empty where it holds no text, only pictures for example. Raises Invalid (field "file") where it is not of this
        form, is locked, or asks for more than is given to it; Unavailable where too many wait.
        """
        ...
