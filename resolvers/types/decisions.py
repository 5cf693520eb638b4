"""What does not hold together, and what was chosen."""

from datetime import datetime

import strawberry

from resolvers.enums import DecisionState, Outcome
from resolvers.fields import MEMORY, PROJECT, USER, linked, part
from resolvers.types.connection import Connection
from resolvers.types.node import Node


@strawberry.type(name="Decision", description="Two memories that do not hold together: open, or settled by an outcome.")
class DecisionType(Node):
    newer = linked(MEMORY, lambda one: one.newer, lambda loaders: loaders.memories, "What was said later.")
    older = linked(MEMORY, lambda one: one.older, lambda loaders: loaders.memories, "What was known before.")
    state = part(DecisionState, lambda one: one.state, "Whether somebody has to choose.")
    why: str = strawberry.field(description="What was found between the two.")
    confidence: float = strawberry.field(description="How sure that is, 0 to 1.")
    outcome: Outcome | None = strawberry.field(description="What was chosen; null while it is open.")
    reason: str | None = strawberry.field(description="Why that was chosen.")
    opened_at: datetime = strawberry.field(description="When it was noticed.")
    settled_at: datetime | None = strawberry.field(description="When it was chosen.")
    settled_by: str | None = strawberry.field(description="Who chose: a caller, or `rules` where extraction was sure.")
    project = linked(PROJECT, lambda one: one.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(USER, lambda one: one.user, lambda loaders: loaders.users, "Whom it is about, if anybody.")


@strawberry.type(name="DecisionConnection", description="A page of decisions.")
class DecisionConnection(Connection[DecisionType]):
    pass
