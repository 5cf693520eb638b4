"""What callers keep word for word."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.services.transcripts import Place
from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.queries.accounts import HomeProject
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.notes import StoredValueConnection, TranscriptTurnConnection

User: TypeAlias = Annotated[str, strawberry.argument(description="Whose: an end user, by the caller's own id or ours.")]
Conversation: TypeAlias = Annotated[str, strawberry.argument(description="The conversation, as the caller calls it.")]
AnySource: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what this caller keeps; everybody's when left out.")
]
OneSource: TypeAlias = Annotated[str, strawberry.argument(description="Whose namespace it is.")]
Namespace: TypeAlias = Annotated[
    list[str] | None, strawberry.argument(description="Only below these segments; everywhere when left out.")
]


@strawberry.type
class NoteQueries:
    @field(TranscriptTurnConnection | None, description="The turns of a conversation, oldest first.")
    async def transcript(
        self,
        info: Info,
        *,
        user: User,
        session: Conversation,
        project: HomeProject = UNSET,
        source: AnySource = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.transcripts.page(
            ctx.principal,
            place=Place(project=given(project), user=user),
            session=session,
            source=given(source),
            page=window(first, after, last, before),
        )

    @field(StoredValueConnection | None, description="Values that programs keep, newest change first.")
    async def stored_values(
        self,
        info: Info,
        *,
        user: User,
        project: HomeProject = UNSET,
        source: OneSource = "api",
        namespace: Namespace = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.values.page(
            ctx.principal,
            place=Place(project=given(project), user=user),
            source=source,
            prefix=tuple(given(namespace) or ()),
            page=window(first, after, last, before),
        )
