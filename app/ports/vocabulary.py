"""The part of the record that holds what projects call their things; opened as all of it, see `app.ports.store`."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import ProjectId
from app.domain.query import Page, Window
from app.domain.vocabulary import VocabularyTerm


class VocabularyReader(Protocol):
    """What a project calls its things. `Project.updated_at` moves when it is replaced."""

    async def page(self, window: Window, *, project: ProjectId) -> Page[VocabularyTerm]:
        """By folded name; empty when the project is absent or invisible."""
        ...

    async def terms(self, project: ProjectId) -> list[VocabularyTerm]:
        """All of them, by folded name."""
        ...


class VocabularyWriter(VocabularyReader, Protocol):
    async def replace(self, project: ProjectId, terms: Sequence[VocabularyTerm]) -> None:
        """These instead of all that were there. No two may have the same folded name. Raises NotFound."""
        ...
