"""What stands at keypaths, and the tree that they make."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.services.inputs import Address, KeypathWhere
from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.keypaths import KEYPATH
from resolvers.inputs.past import AsOfArgument, moment
from resolvers.inputs.reading import given
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.keypaths import KeypathConnection
from resolvers.types.memories import MemoryType, MemoryVersionConnection

Keypath: TypeAlias = Annotated[str, strawberry.argument(description=KEYPATH)]
Project: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="A project, by id or slug; the only one the key opens, or `default`, when left out."
    ),
]
User: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="In what is about this end user, by the caller's own id or ours; in what is about nobody when left "
        "out. A key bound to an end user means that user's."
    ),
]
Prefix: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what lies below this keypath; from the root when left out.")
]
Depth: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description="Cut so many levels below the prefix, 1 to 32; whole keypaths when left out."),
]


@strawberry.type
class KeypathQueries:
    @field(MemoryType | None, description="What lives at a keypath; null where nothing does.")
    async def memory_at(
        self,
        info: Info,
        *,
        keypath: Keypath,
        project: Project = UNSET,
        user: User = UNSET,
        as_of: AsOfArgument = UNSET,
    ) -> Any:
        ctx, then = info.context, moment(as_of)
        address = Address(keypath=keypath, project=given(project), user=given(user))
        if then is not None:
            return await ctx.services.past.at(ctx.principal, address=address, as_of=then)
        return await ctx.services.keypaths.at(ctx.principal, address=address)

    @field(
        KeypathConnection | None,
        description="The keypaths that lead to living memories, sorted by code point. With a depth, each branch that "
        "goes on further is one entry that counts what is below it.",
    )
    async def keypaths(
        self,
        info: Info,
        *,
        prefix: Prefix = UNSET,
        depth: Depth = UNSET,
        project: Project = UNSET,
        user: User = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        where = KeypathWhere(project=given(project), user=given(user), prefix=given(prefix), depth=given(depth))
        return await ctx.services.keypaths.page(ctx.principal, where=where, page=window(first, after, last, before))

    @field(
        MemoryVersionConnection | None,
        description="All that has ever stood at a keypath, over forgetting and storing anew, newest first. A version "
        "with deletedAt is where it was forgotten.",
    )
    async def keypath_history(
        self,
        info: Info,
        *,
        keypath: Keypath,
        project: Project = UNSET,
        user: User = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        address = Address(keypath=keypath, project=given(project), user=given(user))
        page = window(first, after, last, before)
        return await ctx.services.keypaths.history(ctx.principal, address=address, page=page)
