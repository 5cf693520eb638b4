"""Fields that show a list which belongs to a node, a page at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET
from strawberry.types.lazy_type import LazyType

from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.services.bundle import Services
from app.services.inputs import AsOf, Selection, Slice, Sort
from app.services.results import Listing
from resolvers.context import Info
from resolvers.enums import Direction, MemoryOrder
from resolvers.types.connection import After, Before, First, Last, window

MEMORIES = LazyType[Any, Any]("MemoryConnection", "resolvers.types.memories")
VERSIONS = LazyType[Any, Any]("MemoryVersionConnection", "resolvers.types.memories")
KEYPATHS = LazyType[Any, Any]("KeypathConnection", "resolvers.types.keypaths")
FEEDBACK = LazyType[Any, Any]("FeedbackConnection", "resolvers.types.memories")
ENTITIES = LazyType[Any, Any]("EntityConnection", "resolvers.types.graph")
USERS = LazyType[Any, Any]("UserConnection", "resolvers.types.people")
AGENTS = LazyType[Any, Any]("AgentConnection", "resolvers.types.people")
SESSIONS = LazyType[Any, Any]("SessionConnection", "resolvers.types.people")
DELIVERIES = LazyType[Any, Any]("WebhookDeliveryConnection", "resolvers.types.webhooks")
WEBHOOKS = LazyType[Any, Any]("WebhookConnection", "resolvers.types.webhooks")
JOBS = LazyType[Any, Any]("JobConnection", "resolvers.types.work")

Read: TypeAlias = Callable[[Services, Principal, Any, Slice], Awaitable[Listing[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryListing(Listing[Memory]):
    """A page of memories that knows what it is a page of, so that the whole can be counted."""

    where: Selection
    as_of: AsOf | None = None


@strawberry.input(name="MemoryOrder", description="How memories are sorted.")
class MemoryOrderBy:
    field: MemoryOrder = strawberry.field(default=MemoryOrder.CREATED_AT, description="What they are sorted by.")
    direction: Direction = strawberry.field(default=Direction.DESC, description="Which end comes first.")

    def sort(self) -> Sort:
        return Sort(by=self.field, descending=self.direction is Direction.DESC)


OrderBy: TypeAlias = Annotated[
    MemoryOrderBy | None, strawberry.argument(description="How to sort; the newest first when not given.")
]


async def memory_listing(
    info: Info, *, where: Selection, order_by: MemoryOrderBy | None, page: Slice, as_of: AsOf | None = None
) -> MemoryListing:
    ctx = info.context
    sort = order_by.sort() if order_by else Sort()
    if as_of is None:
        found = await ctx.services.explore.memories(ctx.principal, where=where, sort=sort, page=page)
    else:
        found = await ctx.services.past.memories(ctx.principal, where=where, sort=sort, page=page, as_of=as_of)
    return MemoryListing(
        items=found.items, has_next=found.has_next, has_previous=found.has_previous, where=where, as_of=as_of
    )


def memories_of(where: Callable[[Any], MemoryFilter], description: str) -> Any:
    """The memories that a node stands for in a filter."""

    async def resolve(
        parent: strawberry.Parent[Any],
        info: Info,
        *,
        order_by: OrderBy = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        page = window(first, after, last, before)
        return await memory_listing(info, where=where(parent), order_by=order_by, page=page)

    return strawberry.field(resolver=resolve, graphql_type=MEMORIES, description=description)


def paged(graphql_type: Any, read: Read, description: str) -> Any:
    """Any other list of a node."""

    async def resolve(
        parent: strawberry.Parent[Any],
        info: Info,
        *,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await read(ctx.services, ctx.principal, parent, window(first, after, last, before))

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)
