"""What kind of answer a question got, and the answer."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.services.results import Hit, Routed
from resolvers.enums import RouteKind
from resolvers.fields import part
from resolvers.types.decisions import DecisionType
from resolvers.types.graph import EntityNode
from resolvers.types.memories import MemoryType
from resolvers.types.profiles import ProfileFactType


@strawberry.type(name="RouteGuess", description="A kind of answer that a question may want.")
class RouteGuessType:
    kind: RouteKind = strawberry.field(description="Which kind.")
    why: str = strawberry.field(description="What in the question speaks for it.")
    confidence: float = strawberry.field(description="How sure that is, 0 to 1.")


@strawberry.type(description="A memory that was found for an answer.")
class RouteHit:
    memory: MemoryType = strawberry.field(description="The memory.")
    score: float = strawberry.field(description="0 to 1, higher is better; comparable within one answer.")


def _hits(routed: Routed) -> Sequence[Hit]:
    return [item.node for item in routed.found.hits.items]


@strawberry.type(name="Route", description="The kind of answer that a question wants, and that answer.")
class RouteType:
    kind = part(RouteKind, lambda one: one.best.kind, "Which kind of answer it is.")
    why = part(str, lambda one: one.best.why, "What in the question speaks for it.")
    confidence = part(float, lambda one: one.best.confidence, "How sure that is, 0 to 1.")
    others: list[RouteGuessType] = strawberry.field(description="Kinds that came less near, the nearest first.")
    hits = part(list[RouteHit], _hits, "Memories that answer it, best first; as many as were asked for at most.")
    degraded = part(bool, lambda one: bool(one.found.degraded), "Whether a source of hits did not answer in time.")
    memory: MemoryType | None = strawberry.field(description="KEYPATH: what lives there; null where nothing does.")
    entity: EntityNode | None = strawberry.field(description="ENTITY, COUNT: whom or what it is about.")
    count: int | None = strawberry.field(description="COUNT: how many memories there are.")
    facts: list[ProfileFactType] = strawberry.field(description="PROFILE: what is known of the user in that regard.")
    decision: DecisionType | None = strawberry.field(
        description="DECISION: the newest that the hits are part of; null where there is none."
    )
    after = part(datetime | None, lambda one: one.period.after, "TIME, COUNT: the period that it names, from here on.")
    before = part(datetime | None, lambda one: one.period.before, "TIME, COUNT: the end of that period, exclusive.")
