"""Webhooks."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.webhooks import WebhookConnection

HomeProject: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="By id or slug; the only one the key opens, or `default`, when not given."),
]


@strawberry.type
class WebhookQueries:
    @field(
        WebhookConnection | None,
        description="Webhooks of a project, newest first. Needs the permission webhook:read (scope admin).",
    )
    async def webhooks(
        self,
        info: Info,
        *,
        project: HomeProject = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.webhooks.webhooks(ctx.principal, project=given(project), page=page)
