"""Sift: what a text has to say, before it is stored: the facts that stand alone, or why there are none."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.extraction.findings import FoundFact, Turn
from app.extraction.pipeline import Extractor
from app.ports.runtime import Clock

T = TypeVar("T")

SHORT = 200
"""Characters up to which a text may be only talk; a longer one is worth keeping whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The facts of a turn, or `reason` why it has none. Where it says something that no fact holds, it is its own."""

    facts: tuple[FoundFact, ...] = ()
    itself: bool = False
    reason: str | None = None


class Sift:
    """Reads without storing."""

    def __init__(self, *, extractor: Extractor, clock: Clock) -> None:
        self._extractor, self._clock = extractor, clock
        self._one_thread = asyncio.Lock()

    async def talk(self, texts: Sequence[str]) -> list[str | None]:
        """For each text what talk it is where it is nothing else (a greeting, thanks, …), or None."""
        short = [text for text in texts if len(text) <= SHORT]
        now = self._clock.now()
        found = await self._read(self._extractor.talk, [Turn(text=text, at=now) for text in short])
        reasons = dict(zip(short, found, strict=True))
        return [reasons.get(text) for text in texts]

    async def facts(self, turn: Turn) -> Sifted:
        """What one turn says."""
        (finding,) = await self._read(self._extractor.extract, [turn])
        if finding.skip_reason is not None:
            return Sifted(reason=finding.skip_reason)
        return Sifted(facts=finding.facts, itself=not finding.facts)

    async def _read(self, reading: Callable[[Sequence[Turn]], list[T]], turns: Sequence[Turn]) -> list[T]:
        if not turns:
            return []
        async with self._one_thread:
            return await asyncio.to_thread(reading, turns)
