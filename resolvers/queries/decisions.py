"""What does not hold together."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import DecisionId
from resolvers.context import Info
from resolvers.enums import DecisionState
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.decisions import DecisionConnection, DecisionType

Id: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The decision's id.")]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
User: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Those about this end user, by the caller's own id or ours.")
]
State: TypeAlias = Annotated[
    DecisionState | None, strawberry.argument(description="Open or settled; both if not given.")
]


@strawberry.type
class DecisionQueries:
    @field(DecisionType | None, description="A decision by its id.")
    def decision(self, info: Info, id: Id) -> Awaitable[Any]:
        return info.context.loaders.decisions.load(DecisionId(id))

    @field(DecisionConnection | None, description="Open contradictions and chosen outcomes, newest first.")
    async def decisions(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        user: User = UNSET,
        state: State = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.deciding.decisions(
            ctx.principal, project=given(project), user=given(user), state=given(state), page=page
        )
