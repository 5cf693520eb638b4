"""Entities, their relations, and the shapes that exploring the graph returns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId, UserId

MAX_DEPTH = 4
MAX_PATHS = 5


class EntityType(StrEnum):
    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    PLACE = "PLACE"
    TECHNOLOGY = "TECHNOLOGY"
    PRODUCT = "PRODUCT"
    EVENT = "EVENT"
    CONCEPT = "CONCEPT"
    THING = "THING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A named thing. It belongs to a project and, when it is known from one end user's memories only, to that user.

    `merged_into` is the entity that took it in; while it is set, nobody finds it.
    """

    id: EntityId
    project: ProjectId
    user: UserId | None
    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    description: str | None = None
    created_at: datetime
    updated_at: datetime
    merged_into: EntityId | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Code points of the memory's text, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A memory names an entity. Salience is 0..1, higher is more central."""

    memory: MemoryId
    entity: EntityId
    salience: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention with what is named."""

    mention: Mention
    entity: Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One entity to another. `(source, target, type)` is unique among current ones; weight is 0..1."""

    id: RelationId
    source: EntityId
    target: EntityId
    type: str
    weight: float
    valid_from: datetime | None
    valid_to: datetime | None
    evidence: tuple[MemoryId, ...]


class EdgeKind(StrEnum):
    MENTIONS = "mentions"
    RELATES = "relates"
    LINKS = "links"
    ABOUT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One edge of the graph between any two nodes; `type` says more (a relation's or a link's type), a link's `label` most."""

    source: str
    target: str
    kind: EdgeKind
    type: str
    weight: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgraph:
    """Nodes with their distance from the start, in breadth-first order, and the edges among them."""

    nodes: tuple[tuple[str, int], ...]
    edges: tuple[Edge, ...]
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPath:
    """Node ids from one end to the other and the edge between each pair."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
