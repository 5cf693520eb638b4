"""Candidates as ranking reads them."""

from datetime import UTC, datetime
from typing import Any

from app.domain.ids import MemoryId, SessionId
from app.domain.memory import Glimpse
from app.retrieval.scene import Scene, scene_of
from app.retrieval.traits import TraitBook

MAY = datetime(2023, 5, 8, tzinfo=UTC)


def a_glimpse(name: str, text: str = "", **told: Any) -> Glimpse:
    plain = Glimpse(
        id=MemoryId(name),
        version=1,
        text=text or name,
        heading=None,
        session=None,
        position=None,
        actor=None,
        occurred_at=None,
        valid_to=None,
        sources=(),
        feedback=0.0,
        cosine=None,
    )
    return plain._replace(**told)


def talk(*lines: str, session: str = "ses_1", at: datetime = MAY) -> list[Glimpse]:
    """Turns "Name: text" of one session, called t0, t1, … after their session."""
    turns = []
    for position, line in enumerate(lines):
        actor, _, text = line.partition(": ")
        place: dict[str, Any] = {"session": SessionId(session), "position": position, "actor": actor, "occurred_at": at}
        turns.append(a_glimpse(f"{session}_t{position}", text, **place))
    return turns


def a_scene(*glimpses: Glimpse) -> Scene:
    return scene_of(glimpses, TraitBook())
