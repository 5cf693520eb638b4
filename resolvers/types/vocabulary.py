"""What a project calls its things."""

import strawberry

from resolvers.enums import EntityType
from resolvers.fields import part
from resolvers.types.connection import Connection


@strawberry.type(name="VocabularyTerm", description="A name that a project taught.")
class VocabularyTermType:
    term = part(str, lambda term: term.name, "The name under which it is shown.")
    type: EntityType = strawberry.field(description="What it is.")
    aliases: list[str] = strawberry.field(description="Other spellings of it; at most 20.")


@strawberry.type(name="VocabularyTermConnection", description="A page of a project's vocabulary.")
class VocabularyTermConnection(Connection[VocabularyTermType]):
    pass
