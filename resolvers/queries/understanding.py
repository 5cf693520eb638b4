"""What the memories come to when they are seen together."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.clusters import ClusterConnection
from resolvers.types.connection import After, Before, First, Last, window

Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; the only one the key opens, else default.")
]
User: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what is about this end user, by the caller's own id or ours.")
]


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
