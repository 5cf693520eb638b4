"""Memories: one, lists of them, and those that answer a question."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, TypeAlias

import strawberry
from aiodataloader import DataLoader
from strawberry import UNSET

from app.domain.ids import MemoryId
from app.services.inputs import Question
from loaders.bundle import Loaders
from resolvers.context import Info
from resolvers.enums import SearchMode
from resolvers.fields import field, read_ahead
from resolvers.inputs.filters import Filter, where
from resolvers.inputs.past import AsOfArgument, moment
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.lists import OrderBy, memory_listing
from resolvers.types.memories import MemoryConnection, MemoryType
from resolvers.types.search import SearchConnection

Asked: TypeAlias = Annotated[
    str, strawberry.argument(name="query", description="What is looked for, in plain words; 1 to 2,000 characters.")
]
Mode: TypeAlias = Annotated[SearchMode, strawberry.argument(description="Which signals rank.")]
Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The memory's id.")]


_BY_ID: Final[Mapping[str, Callable[[Loaders], DataLoader[Any, Any]]]] = {
    "mentions": lambda loaders: loaders.mentions,
    "links": lambda loaders: loaders.links,
    "usage": lambda loaders: loaders.usage,
}
"""What belongs to a memory and is read by its id alone."""


@strawberry.type
class MemoryQueries:
    @field(
        MemoryType | None,
        description="A memory by its id, a forgotten one too. With asOf as it stood, null unless it lived; mentions, "
        "links and usage below it are always those of now.",
    )
    def memory(self, info: Info, id: Id, as_of: AsOfArgument = UNSET) -> Awaitable[Any]:
        ctx, then = info.context, moment(as_of)
        if then is None:
            read_ahead(info, MemoryId(id), _BY_ID)
            return ctx.loaders.memories.load(MemoryId(id))
        return ctx.services.past.memory(ctx.principal, memory=MemoryId(id), as_of=then)

    @field(
        MemoryConnection | None,
        description="Memories by filter, in order. With asOf as they stood, by when they were stored only; a filter on "
        "entities is refused then.",
    )
    async def memories(
        self,
        info: Info,
        *,
        filter: Filter = UNSET,
        order_by: OrderBy = UNSET,
        as_of: AsOfArgument = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        page = window(first, after, last, before)
        return await memory_listing(info, where=where(filter), order_by=order_by, page=page, as_of=moment(as_of))

    @field(
        SearchConnection | None,
        description="Memories that answer a question, best first; at most 1,000. With asOf, "
        "memories are judged as they stood, forgotten ones and replaced texts included; approximate in two ways: a text "
        "that was replaced since is found by its words and not by its meaning, and candidates that only another index "
        "knows may have left it.",
    )
    async def search(
        self,
        info: Info,
        *,
        asked: Asked,
        mode: Mode = SearchMode.HYBRID,
        filter: Filter = UNSET,
        as_of: AsOfArgument = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        question = Question(query=asked, mode=mode, where=where(filter), slice=page, as_of=moment(as_of))
        return await ctx.services.recall.search(ctx.principal, question=question)
