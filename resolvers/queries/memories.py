"""Memories: one, lists of them, and those that answer a question."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import MemoryId
from app.services.inputs import Question
from resolvers.context import Info
from resolvers.enums import SearchMode
from resolvers.fields import field
from resolvers.inputs.filters import Filter, where
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.lists import OrderBy, memory_listing
from resolvers.types.memories import MemoryConnection, MemoryType
from resolvers.types.search import SearchConnection

Asked: TypeAlias = Annotated[
    str, strawberry.argument(name="query", description="What is looked for, in plain words; 1 to 2,000 characters.")
]
Mode: TypeAlias = Annotated[SearchMode, strawberry.argument(description="Which signals rank.")]
Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The memory's id.")]


@strawberry.type
class MemoryQueries:
    @field(MemoryType | None, description="A memory by its id, a forgotten one too.")
    def memory(self, info: Info, id: Id) -> Awaitable[Any]:
        return info.context.loaders.memories.load(MemoryId(id))

    @field(MemoryConnection | None, description="Memories by filter, in order.")
    async def memories(
        self,
        info: Info,
        *,
        filter: Filter = UNSET,
        order_by: OrderBy = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        page = window(first, after, last, before)
        return await memory_listing(info, where=where(filter), order_by=order_by, page=page)

    @field(SearchConnection | None, description="Memories that answer a question, best first; at most 1,000.")
    async def search(
        self,
        info: Info,
        *,
        asked: Asked,
        mode: Mode = SearchMode.HYBRID,
        filter: Filter = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        question = Question(query=asked, mode=mode, where=where(filter), slice=page)
        return await ctx.services.recall.search(ctx.principal, question=question)
