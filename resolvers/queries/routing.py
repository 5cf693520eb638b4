"""A question, answered in the way that it wants."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.services.inputs import AskedRoute
from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.connection import within
from resolvers.types.routing import RouteType

Asked: TypeAlias = Annotated[
    str, strawberry.argument(name="query", description="A question in plain words; 1 to 2,000 characters.")
]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="By id or slug; the only one the key opens, else default.")
]
User: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description='The end user whom it is asked about, who is "I" in it, by the caller\'s own id or ours. '
        "A key bound to an end user means that user."
    ),
]
Most: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many hits at most, 1 to 100.")]


@strawberry.type
class RoutingQueries:
    @field(
        RouteType | None,
        description="Decides what kind of answer a question wants (what stands at a keypath, an entity, a time, a "
        "decision, a count, a profile, or a search), says why and how sure that is, and gives that answer.",
    )
    async def route(
        self, info: Info, *, asked: Asked, project: Project = UNSET, user: User = UNSET, limit: Most = 10
    ) -> Any:
        ctx = info.context
        wanted = AskedRoute(query=asked, project=given(project), user=given(user), first=within(limit))
        return await ctx.services.routing.route(ctx.principal, asked=wanted)
