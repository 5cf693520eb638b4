"""What the memories come to when they are seen together."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.memory import LabelCount
from app.services.inputs import Where
from resolvers.context import Info
from resolvers.enums import Label
from resolvers.fields import field
from resolvers.inputs.filters import Filter
from resolvers.inputs.reading import given
from resolvers.types.clusters import ClusterConnection
from resolvers.types.connection import After, Before, First, Last, window, within
from resolvers.types.summaries import LabelCountType
from resolvers.types.understanding import IntelligenceType

Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; the only one the key opens, else default.")
]
User: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what is about this end user, by the caller's own id or ours.")
]


By: TypeAlias = Annotated[Label, strawberry.argument(description="Which labels.")]
Most: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many at most, 1 to 100.")]


@strawberry.type
class UnderstandingQueries:
    @field(ClusterConnection | None, description="Groups of memories that are about the same, the last changed first.")
    async def clusters(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        user: User = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.clusters.page(ctx.principal, project=given(project), user=given(user), page=page)

    @field(
        list[LabelCountType] | None,
        description="The categories of memories with how many there are of each, the commonest first.",
    )
    async def categories(self, info: Info, *, project: Project = UNSET, user: User = UNSET, limit: Most = 100) -> Any:
        named = given(user)
        where = Where(project=given(project), users=(named,) if named else ())
        return await _counted(info, where=where, label=Label.CATEGORY, limit=limit)

    @field(
        list[LabelCountType] | None,
        description="How many memories of a filter have each category, kind, tag or type, the commonest first.",
    )
    async def label_counts(self, info: Info, *, by: By, filter: Filter = UNSET, limit: Most = 100) -> Any:
        return await _counted(info, where=filter.value() if filter else Where(), label=by, limit=limit)

    @field(
        IntelligenceType | None,
        description="What stands out in a project, or in what is about one of its end users: themes, what grows, what "
        "recurs, what has gone stale, what is at odds; each with the memories that bear it out.",
    )
    async def intelligence(self, info: Info, *, project: Project = UNSET, user: User = UNSET) -> Any:
        ctx = info.context
        return await ctx.services.understand.intelligence(ctx.principal, project=given(project), user=given(user))


async def _counted(info: Info, *, where: Where, label: Label, limit: int) -> list[LabelCount]:
    ctx = info.context
    found = await ctx.services.explore.labels(ctx.principal, where=where, by=label)
    return found[: within(limit)]
