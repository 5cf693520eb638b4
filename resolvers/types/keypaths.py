"""The tree of keypaths."""

import strawberry

from app.services.inputs import KeypathWhere
from resolvers.fields import MEMORY, linked, part
from resolvers.types.connection import Connection
from resolvers.types.lists import KEYPATHS, paged


@strawberry.type(name="Keypath", description="A place in the tree of keypaths.")
class KeypathType:
    path: str = strawberry.field(description="The whole keypath, as `a.b.c`.")
    names: list[str] = strawberry.field(description="The names along it as they read, with dots where `%2E` stands.")
    memory = linked(
        MEMORY, lambda node: node.memory, lambda loaders: loaders.memories, "What lives there; null for a mere branch."
    )
    below: int = strawberry.field(description="How many memories live below it.")
    has_children = part(bool, lambda node: node.below > 0, "Whether anything lives below it.")
    children = paged(
        KEYPATHS,
        lambda services, principal, node, page: services.keypaths.page(
            principal, where=KeypathWhere(project=node.project, user=node.user, prefix=node.path, depth=1), page=page
        ),
        "The keypaths one level below it, sorted.",
    )


@strawberry.type(name="KeypathConnection", description="A page of keypaths.")
class KeypathConnection(Connection[KeypathType]):
    pass
