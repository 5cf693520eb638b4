"""Who is asking, and the projects, people, keys and members they may see."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from resolvers.context import Info
from resolvers.errors import present
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.types.accounts import (
    ApiKeyConnection,
    MemberConnection,
    ProjectConnection,
    ProjectType,
    ViewerType,
)
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.people import AgentConnection, SessionConnection, UserConnection, UserType

Ref: TypeAlias = Annotated[str, strawberry.argument(name="id", description="The project's id or slug.")]
UserRef: TypeAlias = Annotated[
    str, strawberry.argument(name="id", description="The end user's id, by the caller's own or ours.")
]
Project: TypeAlias = Annotated[
    str | None, strawberry.argument(description="A project, by id or slug; all in sight when not given.")
]
HomeProject: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="By id or slug; the only one the key opens, or `default`, when not given."),
]
OfUser: TypeAlias = Annotated[
    str | None, strawberry.argument(name="user", description="Of this end user, by the caller's own id or ours.")
]


@strawberry.type
class AccountQueries:
    @field(ViewerType, description="Who is asking, and what they may do.")
    async def viewer(self, info: Info) -> Any:
        return await info.context.services.accounts.viewer(info.context.principal)

    @field(ProjectType | None, description="A project by its id or slug.")
    async def project(self, info: Info, ref: Ref) -> Any:
        ctx = info.context
        return await present(ctx.services.explore.project(ctx.principal, ref=ref))

    @field(ProjectConnection | None, description="Projects, oldest first.")
    async def projects(
        self,
        info: Info,
        *,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.explore.projects(ctx.principal, page=window(first, after, last, before))

    @field(UserType | None, description="An end user by the caller's own id, or by ours.")
    async def user(self, info: Info, ref: UserRef, project: HomeProject = UNSET) -> Any:
        ctx = info.context
        return await present(ctx.services.explore.user(ctx.principal, project=given(project), external_id=ref))

    @field(UserConnection | None, description="End users, oldest first.")
    async def users(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.explore.users(ctx.principal, project=given(project), page=page)

    @field(AgentConnection | None, description="Programs that write memories, oldest first.")
    async def agents(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.explore.agents(ctx.principal, project=given(project), page=page)

    @field(SessionConnection | None, description="Conversations and runs, oldest first.")
    async def sessions(
        self,
        info: Info,
        *,
        project: Project = UNSET,
        user: OfUser = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.explore.sessions(ctx.principal, project=given(project), user=given(user), page=page)

    @field(
        ApiKeyConnection | None,
        description="API keys, newest first, revoked ones included. Needs the permission key:read (scope admin).",
    )
    async def api_keys(
        self,
        info: Info,
        *,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.accounts.keys(ctx.principal, page=window(first, after, last, before))

    @field(
        MemberConnection | None,
        description="Members of the organization, oldest first. Needs the permission member:read (scope admin).",
    )
    async def members(
        self,
        info: Info,
        *,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        return await ctx.services.accounts.members(ctx.principal, page=window(first, after, last, before))
