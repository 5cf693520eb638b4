"""What has an id of its own."""

import strawberry
from strawberry.types.base import StrawberryObjectDefinition

from app.domain.graph import Entity
from app.domain.memory import Memory
from app.domain.people import User
from resolvers.fields import part

_LABEL = 80


@strawberry.interface(description="Anything with an id of its own; `node(id:)` finds it again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Globally unique and lasting: a prefix for the type, an underscore, 26 characters that sort by age."
    )

    @classmethod
    def resolve_type(cls, value: object, _info: object, _type: object) -> str:
        """A node's type has the name of its domain class."""
        return type(value).__name__

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        definition: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined] # set by strawberry
        return type(value).__name__ == definition.name


def _label(node: Memory | Entity | User) -> str:
    match node:
        case Memory():
            name = node.title or node.text
        case Entity():
            name = node.name
        case User():
            name = node.name or node.external_id
    return name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"


@strawberry.interface(description="A node that the graph can be walked through: a memory, an entity or a user.")
class GraphNode(Node):
    label: str = part(
        str, _label, "A short name to draw it with, at most 80 characters: a title or the start of a text, or a name."
    )
