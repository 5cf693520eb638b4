"""Anything by its id."""

from asyncio import gather
from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.errors import invalid
from app.domain.query import MAX_PAGE
from resolvers.context import Info
from resolvers.fields import field
from resolvers.types.node import Node

Ids: TypeAlias = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids of any types.")]
Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="An id of ours.")]


@strawberry.type
class NodeQueries:
    @field(Node | None, description="Anything by its id.")
    def node(self, info: Info, id: Id) -> Awaitable[Any]:
        return info.context.loaders.node(id)

    @field(list[Node | None] | None, description="Things by their ids, in the order asked.")
    async def nodes(self, info: Info, ids: Ids) -> Any:
        if len(ids) > MAX_PAGE:
            raise invalid("ids", f"must be at most {MAX_PAGE}", "out_of_range")
        return await gather(*(info.context.loaders.node(each) for each in ids))
