"""Notes: what callers keep word for word beside the memories; never found by a search of memories."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.ids import ProjectId, UserId


class Shelf(StrEnum):
    """TRANSCRIPT holds turns of conversations, STATE values under keys, SEEN what was sent before."""

    TRANSCRIPT = "transcript"
    STATE = "state"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note of an end user. `number` is its tenant's, of the row that memories are numbered by; 0 before it is kept.

    `source` is who keeps it, `space` where (a session, a namespace), `name` what it is called there. `body` is JSON.
    """

    number: int = 0
    project: ProjectId
    user: UserId
    shelf: Shelf
    source: str
    space: str
    name: str
    body: dict[str, Any] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
