"""Projects and keys to make."""

from datetime import datetime

import strawberry

from app.services.inputs import NewKey, NewTerm
from resolvers.enums import Dialect, EntityType, Scope
from resolvers.inputs.reading import Reads, filled, optional
from resolvers.scalars import JSON


@strawberry.input(name="CreateProjectInput", description="A project to create.")
class CreateProjectInput:
    slug: str = strawberry.field(description="1 to 63 of a-z, 0-9, _ and inner hyphens; unique in the organization.")
    name: str | None = optional("What people call it; the slug when left out.")
    description: str = strawberry.field(default="", description="What it is for.")


@strawberry.input(name="PutProjectInput", description="A project to make or to change.")
class PutProjectInput:
    slug: str = strawberry.field(description="1 to 63 of a-z, 0-9, _ and inner hyphens.")
    name: str | None = optional("What people call it; as it is, or the slug, when left out.")
    description: str | None = optional("What it is for; as it is when left out.")
    metadata: JSON | None = optional("Names to note, as an object; others stay.")


@strawberry.input(name="DeleteProjectInput", description="A project to delete.")
class DeleteProjectInput:
    project: str = strawberry.field(description="By id or slug.")


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


@strawberry.input(name="VocabularyTermInput", description="A name to teach.")
class VocabularyTermInput(Reads):
    term: str = strawberry.field(description="The name under which it is shown; at most 100 characters.")
    type: EntityType = strawberry.field(description="What it is.")
    aliases: list[str] = strawberry.field(default_factory=list, description="Other spellings of it; at most 20.")

    def value(self) -> NewTerm:
        return NewTerm(term=self.term, type=self.type.value, aliases=tuple(self.aliases))


@strawberry.input(name="SetVocabularyInput", description="What a project calls its things.")
class SetVocabularyInput:
    project: str | None = optional("By id or slug; the only one the key opens, or `default`, when left out.")
    terms: list[VocabularyTermInput] = strawberry.field(
        description="All of them, at most 10,000; they take the place of those that were there. None empties it."
    )


@strawberry.input(name="SetOntologyInput", description="Kinds that a project has of its own.")
class SetOntologyInput:
    project: str | None = optional("By id or slug; the only one the key opens, or `default`, when left out.")
    content_types: list[str] | None = optional("Kinds of memories, at most 32; as they are when left out.")
    relation_types: list[str] | None = optional("Kinds of relations, at most 32; as they are when left out.")
