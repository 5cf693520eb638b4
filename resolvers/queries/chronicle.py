"""What changed, and when."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import MemoryId
from app.domain.work import EventKind
from app.services.inputs import ChangelogWhere
from resolvers.context import Info
from resolvers.enums import MemoryEventKind
from resolvers.errors import present
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.scalars import BigInt
from resolvers.types.chronicle import ChangelogEntryConnection, MemoryDifferenceType
from resolvers.types.connection import After, Before, First, Last, window

Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The memory's id.")]
Earlier: TypeAlias = Annotated[
    int | None, strawberry.argument(name="from", description="The earlier version; the one before `to` when left out.")
]
Later: TypeAlias = Annotated[
    int | None, strawberry.argument(name="to", description="The later version; the newest when left out.")
]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
Revision: TypeAlias = Annotated[BigInt | None, strawberry.argument(description="Only changes after this revision.")]
Since: TypeAlias = Annotated[datetime | None, strawberry.argument(description="Only changes after this time.")]
Kinds: TypeAlias = Annotated[
    list[MemoryEventKind] | None, strawberry.argument(description="These kinds of change only; all when not given.")
]


@strawberry.type
class ChronicleQueries:
    @field(ChangelogEntryConnection | None, description="Changes of memories, newest first.")
    async def changelog(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        since_revision: Revision = UNSET,
        since: Since = UNSET,
        kinds: Kinds = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        where = ChangelogWhere(
            project=given(project),
            after=given(since_revision) or 0,
            since=given(since),
            kinds=tuple(EventKind(kind.value) for kind in kinds or ()),
        )
        page = window(first, after, last, before)
        return await ctx.services.chronicle.changelog(ctx.principal, where=where, page=page)

    @field(
        MemoryDifferenceType | None,
        description="What is different between two versions of a memory; null where one of them is not there.",
    )
    async def memory_diff(self, info: Info, *, id: Id, earlier: Earlier = UNSET, later: Later = UNSET) -> Any:
        ctx = info.context
        asked = ctx.services.chronicle.difference(
            ctx.principal, memory=MemoryId(id), before=given(earlier), after=given(later)
        )
        return await present(asked)
