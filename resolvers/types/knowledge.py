"""What is known of a user by category, compiled."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import strawberry

from resolvers.context import Info
from resolvers.fields import MEMORY, many


def _sources(entry: strawberry.Parent[Any], info: Info) -> Awaitable[Any]:
    return info.context.loaders.memories.load_many(list(entry.sources))


@strawberry.type(
    name="KnowledgeEntry",
    description="What the living memories about a user say in one category, compiled when it is asked for.",
)
class KnowledgeEntryType:
    category: str = strawberry.field(description="The category.")
    content: str = strawberry.field(description="Markdown: a heading, then each memory, oldest first.")
    version: int = strawberry.field(description="Rises whenever its memories are written, removed or read anew.")
    sources: Any = strawberry.field(
        resolver=_sources,
        graphql_type=many(MEMORY | None),
        description="What it was compiled from, oldest first: the newest 1,000 at most.",
    )
    created_at: datetime = strawberry.field(description="When the oldest of them was stored.")
    updated_at: datetime = strawberry.field(description="When the newest change to any of them was stored.")
