"""The candidates of a search side by side: who stands next to whom, and what spreads between neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from app.domain.ids import MemoryId, SessionId
from app.domain.memory import Glimpse
from app.retrieval.traits import TraitBook, Traits

Values = NDArray[np.float32]
Rows = NDArray[np.intp]
Pairs = tuple[Rows, Rows]

WIDEST = 4
_LONGEST = 1 << 40
"""More than a session has turns."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`glimpses` with their `traits`. A fact stands where its source does, but only turns have a say there.

    `steps` tells for each step (-1: one turn earlier) who hears whom: the rows of turns, and those of their hearers.
    `kin` are, for a fact or the source of one, the source and all that was drawn from it.
    """

    glimpses: Sequence[Glimpse]
    traits: Sequence[Traits]
    rows: Mapping[MemoryId, int]
    origins: Rows
    sessions: Rows
    steps: Mapping[int, Pairs]
    kin: Mapping[MemoryId, Sequence[MemoryId]]

    def __len__(self) -> int:
        return len(self.glimpses)

    def values(self, known: Mapping[MemoryId, float]) -> Values:
        """One a row; 0 where nothing is known."""
        return np.fromiter(map(known.get, self.rows, repeat(0.0)), dtype=np.float32, count=len(self))

    @property
    def cosines(self) -> Values:
        """Cut to 0..1; 0 where there is no vector."""
        known = np.array([glimpse.cosine or 0.0 for glimpse in self.glimpses], dtype=np.float32)
        return np.clip(known, 0, 1)

    def spread(self, values: Values, parts: Sequence[float]) -> Values:
        """Each with these parts of what its neighbours at distance 1, 2, … have, before and after."""
        total = values.copy()
        for step, (turns, hearers) in self.steps.items():
            if abs(step) <= len(parts):
                total[hearers] += np.float32(parts[abs(step) - 1]) * values[turns]
        return total

    def previous(self, values: Values) -> Values:
        """What the turn before has; 0 where there is none."""
        found = np.zeros_like(values)
        if -1 in self.steps:
            turns, hearers = self.steps[-1]
            found[hearers] = values[turns]
        return found

    def best_of_session(self, values: Values) -> Values:
        """The session's highest value, for each memory in it; 0 outside of sessions."""
        found = np.zeros_like(values)
        inside = self.sessions >= 0
        if inside.any():
            best = np.zeros(self.sessions.max() + 1, dtype=values.dtype)
            np.maximum.at(best, self.sessions[inside], values[inside])
            found[inside] = best[self.sessions[inside]]
        return found


def scene_of(glimpses: Sequence[Glimpse], book: TraitBook) -> Scene:
    rows = {glimpse.id: row for row, glimpse in enumerate(glimpses)}
    origins = [
        next((rows[source] for source in glimpse.sources if source in rows), row) if glimpse.sources else row
        for row, glimpse in enumerate(glimpses)
    ]
    names: dict[SessionId, int] = {}
    sessions = [names.setdefault(g.session, len(names)) if g.session else -1 for g in glimpses]
    inside = np.array(sessions, dtype=np.intp)
    begun = np.array(origins, dtype=np.intp)
    return Scene(
        glimpses=glimpses,
        traits=[book.of(glimpse) for glimpse in glimpses],
        rows=rows,
        origins=begun,
        sessions=inside,
        steps=_steps(_codes(glimpses, inside), begun),
        kin=_kin(glimpses, rows),
    )


def _codes(glimpses: Sequence[Glimpse], sessions: Rows) -> Rows:
    """A number for each turn's place, neighbours next to each other; below 0 for what is no turn."""
    positions = np.array([-1 if g.position is None else g.position for g in glimpses], dtype=np.intp)
    codes: Rows = np.where((sessions >= 0) & (positions >= 0), sessions * _LONGEST + WIDEST + positions, -_LONGEST)
    return codes


def _steps(codes: Rows, origins: Rows) -> dict[int, Pairs]:
    """Turns are looked up by the places next to each hearer's, all hearers at once."""
    order = np.argsort(codes, kind="stable")
    sorted_codes, heard_at = codes[order], codes[origins]
    steps = {}
    for step in (step for distance in range(1, WIDEST + 1) for step in (-distance, distance)):
        found = np.minimum(np.searchsorted(sorted_codes, heard_at + step), len(codes) - 1)
        hearers = np.flatnonzero((heard_at >= 0) & (sorted_codes[found] == heard_at + step))
        if len(hearers):
            steps[step] = (order[found[hearers]], hearers)
    return steps


def _kin(glimpses: Sequence[Glimpse], rows: Mapping[MemoryId, int]) -> dict[MemoryId, list[MemoryId]]:
    families: dict[MemoryId, list[MemoryId]] = {}
    for glimpse in glimpses:
        for source in glimpse.sources:
            if source in rows:
                families.setdefault(source, [source]).append(glimpse.id)
    kin: dict[MemoryId, list[MemoryId]] = {}
    for family in families.values():
        for member in family:
            kin.setdefault(member, []).extend(other for other in family if other != member)
    return kin
