"""What is forgotten and restored."""

import strawberry

from app.services.inputs import ForgetRequest
from resolvers.enums import Erasure
from resolvers.inputs.filters import MemoryFilter
from resolvers.inputs.reading import Reads, filled, optional


@strawberry.input(
    name="ForgetMemoriesInput",
    description="What to forget: by ids, by filter, everything about a user, or everything in a project. "
    "Exactly one of them, but user and project may go together.",
)
class ForgetMemoriesInput(Reads):
    ids: list[strawberry.ID] | None = optional("These memories; at most 1,000.")
    where: MemoryFilter | None = strawberry.field(
        name="filter", default=strawberry.UNSET, description="What this filter finds; it must have a condition."
    )
    user: str | None = optional("Everything about this end user, by the caller's own id or ours.")
    project: str | None = optional("Everything in this project, by id or slug.")
    erasure: Erasure = strawberry.field(default=Erasure.FORGET, description="How thoroughly.")
    dry_run: bool = strawberry.field(default=False, description="Only tell what would be forgotten; change nothing.")

    def value(self) -> ForgetRequest:
        return filled(ForgetRequest, self)


@strawberry.input(name="RestoreMemoriesInput", description="Forgotten memories to bring back, all or none.")
class RestoreMemoriesInput:
    ids: list[strawberry.ID] = strawberry.field(description="1 to 1,000.")
