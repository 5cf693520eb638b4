"""Addresses of memories, as the record finds them."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import MemoryId
from app.domain.keypath import Branch, Place, Twig
from app.domain.memory import Memory, MemoryVersion
from app.domain.query import Page, Window


class KeypathReader(Protocol):
    async def at(self, places: Sequence[Place]) -> list[Memory | None]:
        """For each place the memory that lives there, else the one that was changed last of those that did."""
        ...

    async def page(self, window: Window, *, branch: Branch) -> Page[Twig]:
        """The keypaths below a prefix that lead to live memories, cut at the branch's depth, each once, sorted."""
        ...

    async def below(self, branch: Branch) -> list[MemoryId]:
        """The live memories at the branch's prefix and below it, by keypath; its depth is not asked."""
        ...

    async def history(self, place: Place, window: Window) -> Page[MemoryVersion]:
        """The versions of all memories that have ever stood there, newest first."""
        ...
