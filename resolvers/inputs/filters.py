"""Which memories and entities are meant."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from app.domain.query import TimeRange
from app.services.inputs import EntityWhere, Where
from resolvers.enums import EntityType, Kind, Layer, Life, MemoryEventKind, Status
from resolvers.inputs.reading import Reads, filled, optional
from resolvers.scalars import JSON

PROJECT = "A project, by id or slug."


@strawberry.input(name="TimeRange", description="A stretch of time; a side left out is open.")
class TimeRangeInput(Reads):
    after: datetime | None = optional("From then on, inclusive.")
    before: datetime | None = optional("Until then, exclusive.")

    def value(self) -> TimeRange:
        return filled(TimeRange, self)


@strawberry.input(name="ImportanceRange", description="A stretch of importance, with both its ends; 0 to 1.")
class ImportanceRange(Reads):
    least: float = strawberry.field(description="At least this.")
    most: float = strawberry.field(description="At most this.")

    def value(self) -> tuple[float, float]:
        return self.least, self.most


@strawberry.input(
    name="MemoryFilter",
    description="Conditions that all must hold; within a list any value will do, and an empty list is no condition. "
    "Users, agents, sessions and entities that are not known match nothing; an unknown project is an error.",
)
class MemoryFilter(Reads):
    ids: list[strawberry.ID] | None = optional("These memories.")
    project: str | None = optional(PROJECT)
    users: list[str | None] | None = optional(
        "About these end users, by the caller's own ids or ours; null is nobody in particular."
    )
    agents: list[str] | None = optional("Written by these agents, by the caller's own ids or ours.")
    sessions: list[str] | None = optional("From these sessions, by the caller's own ids or ours.")
    kinds: list[Kind] | None = optional("Of these kinds.")
    types: list[str] | None = optional("Of these types.")
    categories: list[str] | None = optional("In any of these categories.")
    tags: list[str] | None = optional("With any of these tags.")
    entities: list[str] | None = optional("Naming any of these entities, by id or by name or alias.")
    clusters: list[strawberry.ID] | None = optional("In any of these clusters.")
    layers: list[Layer] | None = optional("Of these layers.")
    statuses: list[Status] | None = optional("With extraction in these states.")
    files: list[str] | None = optional("With all of these files.")
    metadata: JSON | None = optional("With these values in its metadata, at the first level; of a list any one.")
    keypath: str | None = optional("At this keypath or below it.")
    contains: str | None = optional("With this in its title or text, whatever the case.")
    importance_min: float | None = optional("At least this important, 0 to 1.")
    importance_max: float | None = optional("At most this important, 0 to 1.")
    importances: list[ImportanceRange] | None = optional("As important as any of these ranges says.")
    occurred: TimeRangeInput | None = optional("When it happened.")
    valid: TimeRangeInput | None = optional("Its validity overlaps this.")
    recorded: TimeRangeInput | None = optional("When it was stored.")
    life: Life = strawberry.field(default=Life.LIVE, description="Living memories, forgotten ones, or both.")

    def value(self) -> Where:
        return filled(Where, self)


@strawberry.input(
    name="MemoryEventFilter",
    description="Which changes to tell; conditions as in MemoryFilter, on the memory as it is.",
)
class MemoryEventFilter(Reads):
    events: list[MemoryEventKind] | None = optional("These kinds of change; all when left out.")
    users: list[str] | None = optional("About these end users, by the caller's own ids or ours.")
    agents: list[str] | None = optional("Written by these agents, by the caller's own ids or ours.")
    sessions: list[str] | None = optional("From these sessions, by the caller's own ids or ours.")
    kinds: list[Kind] | None = optional("Of these kinds.")
    types: list[str] | None = optional("Of these types.")
    categories: list[str] | None = optional("In any of these categories.")
    tags: list[str] | None = optional("With any of these tags.")

    def value(self) -> Where:
        return filled(Where, self)


@strawberry.input(name="EntityFilter", description="Conditions that all must hold.")
class EntityFilter(Reads):
    project: str | None = optional(PROJECT)
    user: str | None = optional("Known from this end user's memories only, by the caller's own id or ours.")
    types: list[EntityType] | None = optional("Of these types.")
    name: str | None = optional("A part of the name or of an alias, in any case.")

    def value(self) -> EntityWhere:
        return filled(EntityWhere, self)


Filter: TypeAlias = Annotated[
    MemoryFilter | None, strawberry.argument(description="Which memories; all living ones in sight when not given.")
]


def where(filter: MemoryFilter | None) -> Where:
    return filter.value() if filter else Where()
