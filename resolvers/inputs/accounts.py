"""Projects and keys to make."""

from datetime import datetime

import strawberry

from app.services.inputs import NewKey
from resolvers.enums import Dialect, Scope
from resolvers.inputs.reading import Reads, filled, optional


@strawberry.input(name="CreateProjectInput", description="A project to create.")
class CreateProjectInput:
    slug: str = strawberry.field(description="1 to 63 of a-z, 0-9 and inner hyphens; unique in the organization.")
    name: str | None = optional("What people call it; the slug when left out.")
    description: str = strawberry.field(default="", description="What it is for.")


@strawberry.input(name="CreateApiKeyInput", description="A key to create; it never opens more than yours.")
class CreateApiKeyInput(Reads):
    name: str = strawberry.field(description="What to call it; 1 to 100 characters.")
    scopes: list[Scope] = strawberry.field(
        default_factory=lambda: [Scope.READ, Scope.WRITE], description="What it may do."
    )
    projects: list[str] | None = optional("The projects it opens, by id or slug; all of them when left out.")
    user: str | None = optional("Binds it to one end user of exactly one project, by the caller's own id or ours.")
    expires_at: datetime | None = optional("When it stops; never when left out.")
    dialect: Dialect | None = optional("In the form that clients of this service expect; it opens the same.")

    def value(self) -> NewKey:
        return filled(NewKey, self)


@strawberry.input(name="RevokeApiKeyInput", description="A key to revoke.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(description="The key's id, not the key.")


@strawberry.input(name="ReplayJobInput", description="A failed job to start again.")
class ReplayJobInput:
    id: strawberry.ID = strawberry.field(description="The job.")
