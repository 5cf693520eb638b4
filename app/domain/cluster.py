"""A cluster: memories that are about the same, told apart by meaning and by the entities that they share."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import ClusterId, ProjectId, UserId

LEAST = 2
"""Living memories that a cluster has to have to be shown: one alone is no group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Memories of one project about one end user, or about nobody. Its id stays while memories come and go.

    `name` and `keywords` are what tells it from the project's other clusters, the most telling first. `terms` are
    words and entity ids with how many of its memories have them, the commonest first. `weight` is how many memories
    made it what it is; `cohesion` is their mean cosine to its centre, 0..1.
    """

    id: ClusterId
    project: ProjectId
    user: UserId | None
    name: str = ""
    keywords: tuple[str, ...] = ()
    terms: tuple[tuple[str, int], ...] = ()
    weight: int = 0
    cohesion: float = 0.0
    created_at: datetime
    updated_at: datetime
