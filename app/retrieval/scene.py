"""The candidates of a search side by side: who stands next to whom, and what spreads between neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.ids import MemoryId, SessionId
from app.domain.memory import Glimpse
from app.retrieval.traits import TraitBook, Traits

Values = NDArray[np.float32]
Rows = NDArray[np.intp]
Pairs = tuple[Rows, Rows]
Place = tuple[SessionId, int]

WIDEST = 4


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
        return np.array([known.get(glimpse.id, 0.0) for glimpse in self.glimpses], dtype=np.float32)

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
    origins = [next((rows[s] for s in g.sources if s in rows), row) for row, g in enumerate(glimpses)]
    names: dict[SessionId, int] = {}
    sessions = [names.setdefault(g.session, len(names)) if g.session else -1 for g in glimpses]
    places = [_place(glimpse) for glimpse in glimpses]
    return Scene(
        glimpses=glimpses,
        traits=[book.of(glimpse) for glimpse in glimpses],
        rows=rows,
        origins=np.array(origins, dtype=np.intp),
        sessions=np.array(sessions, dtype=np.intp),
        steps=_steps([places[origin] for origin in origins], places),
        kin=_kin(glimpses, rows),
    )


def _place(glimpse: Glimpse) -> Place | None:
    return (glimpse.session, glimpse.position) if glimpse.session and glimpse.position is not None else None


def _steps(heard_at: Sequence[Place | None], said_at: Sequence[Place | None]) -> dict[int, Pairs]:
    turns = {place: row for row, place in enumerate(said_at) if place}
    steps = {}
    for step in (step for distance in range(1, WIDEST + 1) for step in (-distance, distance)):
        pairs = [
            (turns[said], row)
            for row, place in enumerate(heard_at)
            if place and (said := (place[0], place[1] + step)) in turns
        ]
        if pairs:
            said_by, hearers = zip(*pairs, strict=True)
            steps[step] = (np.array(said_by, dtype=np.intp), np.array(hearers, dtype=np.intp))
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
