"""Entities that are one."""

import strawberry

from app.services.inputs import MergeRequest
from resolvers.inputs.reading import Reads, filled, optional


@strawberry.input(
    name="MergeEntitiesInput", description="Entities of one project and one user that are the same thing."
)
class MergeEntitiesInput(Reads):
    into: str = strawberry.field(description="The one that stays, by id or by its only name.")
    entities: list[str] = strawberry.field(description="Those that it takes in, by id or by their only name; 1 to 20.")
    reason: str | None = optional("Why; at most 500 characters.")

    def value(self) -> MergeRequest:
        return filled(MergeRequest, self)


@strawberry.input(name="SplitEntityInput", description="A merge to take back.")
class SplitEntityInput:
    entity: strawberry.ID = strawberry.field(description="The id of the entity that was taken in.")
