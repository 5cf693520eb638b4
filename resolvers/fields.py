"""The ways a field finds what it shows.

The class of a type is never built: its fields are read from the domain value that a resolver
returned. Plain attributes need no resolver; the functions here make the other fields.
"""

from asyncio import Future
from collections.abc import Awaitable, Callable, Hashable, Mapping
from types import GenericAlias
from typing import Any, TypeVar, cast

import strawberry
from aiodataloader import DataLoader
from strawberry.types.lazy_type import LazyType
from strawberry.types.nodes import SelectedField

from loaders.bundle import Loaders
from resolvers.context import Info

F = TypeVar("F", bound=Callable[..., Any])
K = TypeVar("K", bound=Hashable)

READ = "read"
"""Metadata of a field that needs nothing but its value: how it is read from there."""

# Types that lie on a circle name each other through these.
ORGANIZATION = LazyType[Any, Any]("OrganizationType", "resolvers.types.accounts")
PROJECT = LazyType[Any, Any]("ProjectType", "resolvers.types.accounts")
MEMBER = LazyType[Any, Any]("MemberType", "resolvers.types.accounts")
USER = LazyType[Any, Any]("UserType", "resolvers.types.people")
AGENT = LazyType[Any, Any]("AgentType", "resolvers.types.people")
SESSION = LazyType[Any, Any]("SessionType", "resolvers.types.people")
SOURCE = LazyType[Any, Any]("SourceType", "resolvers.types.people")
MEMORY = LazyType[Any, Any]("MemoryType", "resolvers.types.memories")
CLUSTER = LazyType[Any, Any]("ClusterType", "resolvers.types.clusters")
ENTITY = LazyType[Any, Any]("EntityNode", "resolvers.types.graph")


def field(graphql_type: Any, description: str) -> Callable[[F], F]:
    """A resolver as a field that shows its value as the type."""
    return cast("Callable[[F], F]", strawberry.field(graphql_type=graphql_type, description=description))


def mutation(graphql_type: Any, description: str) -> Callable[[F], F]:
    return cast("Callable[[F], F]", strawberry.mutation(graphql_type=graphql_type, description=description))


def subscription(graphql_type: Any, description: str) -> Callable[[F], F]:
    return cast("Callable[[F], F]", strawberry.subscription(graphql_type=graphql_type, description=description))


def many(of: Any) -> Any:
    """A list of a type that is named by a value."""
    return GenericAlias(list, (of,))


def part(graphql_type: Any, read: Callable[[Any], Any], description: str) -> Any:
    """A field that is worked out from the value behind its type."""

    def resolve(parent: strawberry.Parent[Any]) -> Any:
        return read(parent)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description, metadata={READ: read})


def linked(
    graphql_type: Any, key: Callable[[Any], K | None], loader: Callable[[Loaders], DataLoader[K, Any]], description: str
) -> Any:
    """A field that shows another node, read through a loader; null without a key, or when it is gone or hidden."""

    def resolve(parent: strawberry.Parent[Any], info: Info) -> Awaitable[Any] | None:
        wanted = key(parent)
        return None if wanted is None else loader(info.context.loaders).load(wanted)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type | None, description=description)


def related(graphql_type: Any, loader: Callable[[Loaders], DataLoader[Any, Any]], description: str) -> Any:
    """A field that shows what belongs to a node, read through a loader by the node's id."""

    def resolve(parent: strawberry.Parent[Any], info: Info) -> Awaitable[Any]:
        return loader(info.context.loaders).load(parent.id)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)


def read_ahead(info: Info, id: Hashable, by_id: Mapping[str, Callable[[Loaders], DataLoader[Any, Any]]]) -> None:
    """Starts reading what is asked of a node by its id alone, beside the node itself. What stands in fragments waits."""
    for chosen in (one for asked in info.selected_fields for one in asked.selections):
        if isinstance(chosen, SelectedField) and (loader := by_id.get(chosen.name)):
            loader(info.context.loaders).load(id).add_done_callback(_heeded)


def _heeded(found: Future[Any]) -> None:
    """A failure is told by the field that waits for it; where the node itself is missing, none does."""
    if not found.cancelled():
        found.exception()
