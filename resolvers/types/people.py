"""Whom memories are about, who wrote them, where they come from."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.people import User
from app.domain.query import MemoryFilter
from app.services.inputs import EntityWhere
from app.services.knowledge import KnowledgeQuery
from resolvers.context import Info
from resolvers.enums import BioForm, BioStyle, SourceKind
from resolvers.fields import PROJECT, linked
from resolvers.scalars import JSON
from resolvers.types.connection import Connection
from resolvers.types.knowledge import KnowledgeEntryType
from resolvers.types.lists import ENTITIES, SESSIONS, memories_of, paged
from resolvers.types.node import GraphNode, Node
from resolvers.types.profiles import BiographyType, BioType, ProfileType

MAX_ENTRIES = 100


async def _profile(user: strawberry.Parent[User], info: Info) -> Any:
    return await info.context.services.profiles.profile(info.context.principal, user=user.id)


async def _bio(user: strawberry.Parent[User], info: Info) -> Any:
    return await info.context.services.profiles.bio(info.context.principal, user=user.id)


async def _knowledge(user: strawberry.Parent[User], info: Info) -> Any:
    query = KnowledgeQuery(project=user.project, user=user.id)
    found = await info.context.services.knowledge.entries(info.context.principal, query=query, limit=MAX_ENTRIES)
    return found.items


async def _biography(
    user: strawberry.Parent[User],
    info: Info,
    form: Annotated[BioForm, strawberry.argument(description="How it is to be laid out.")] = BioForm.FULL,
    style: Annotated[BioStyle, strawberry.argument(description="How it is to put lists.")] = BioStyle.NARRATIVE,
) -> Any:
    ctx = info.context
    return await ctx.services.biographies.read(ctx.principal, user=user.id, form=form, style=style)


@strawberry.type(name="User", description="An end user whom memories are about; created on first use.")
class UserType(GraphNode):
    external_id: str = strawberry.field(description="The caller's own id, unique in the project.")
    name: str | None = strawberry.field(description="What they are called, where that is known.")
    metadata: JSON = strawberry.field(description="What the caller keeps with them; at most 16 KiB.")
    created_at: datetime = strawberry.field(description="When they were first spoken of.")
    project = linked(PROJECT, lambda user: user.project, lambda loaders: loaders.projects, "Where they are known.")
    memories = memories_of(
        lambda user: MemoryFilter(project=user.project, users=(user.id,)),
        "What is remembered about them, newest first.",
    )
    sessions = paged(
        SESSIONS,
        lambda services, principal, user, page: services.explore.sessions(
            principal, project=user.project, user=user.id, page=page
        ),
        "Their conversations, oldest first.",
    )
    profile: ProfileType = strawberry.field(
        resolver=_profile, description="What their living memories say of them, as it stands now."
    )
    bio: BioType = strawberry.field(resolver=_bio, description="The same in a few sentences.")
    knowledge: list[KnowledgeEntryType] = strawberry.field(
        resolver=_knowledge, description="What is remembered about them, compiled by category; at most 100 entries."
    )
    biography: BiographyType = strawberry.field(
        resolver=_biography, description="Who they are in a form and style, or as somebody wrote it by hand."
    )
    entities = paged(
        ENTITIES,
        lambda services, principal, user, page: services.explore.entities(
            principal, where=EntityWhere(project=user.project, user=user.id), page=page
        ),
        "What is known from their memories only, by name.",
    )


@strawberry.type(name="Agent", description="A program that writes memories; created on first use.")
class AgentType(Node):
    external_id: str = strawberry.field(description="The caller's own id, unique in the project.")
    name: str | None = strawberry.field(description="What it is called, where that is known.")
    created_at: datetime = strawberry.field(description="When it first wrote.")
    project = linked(PROJECT, lambda agent: agent.project, lambda loaders: loaders.projects, "Where it writes.")
    memories = memories_of(
        lambda agent: MemoryFilter(project=agent.project, agents=(agent.id,)), "What it wrote, newest first."
    )


@strawberry.type(name="Session", description="A conversation or a run; created on first use.")
class SessionType(Node):
    external_id: str = strawberry.field(description="The caller's own id, unique in the project and its user.")
    started_at: datetime | None = strawberry.field(description="When it began, where that is known.")
    created_at: datetime = strawberry.field(description="When its first memory was stored.")
    project = linked(PROJECT, lambda session: session.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(
        UserType, lambda session: session.user, lambda loaders: loaders.users, "Whom it is about, if anybody."
    )
    memories = memories_of(
        lambda session: MemoryFilter(project=session.project, sessions=(session.id,)),
        "What was said in it, newest first.",
    )


@strawberry.type(name="Source", description="What memories came from: a document, a page, an import.")
class SourceType(Node):
    kind: SourceKind = strawberry.field(description="What it is.")
    uri: str = strawberry.field(description="Its address or file name, unique in the project and its user.")
    title: str | None = strawberry.field(description="Its title, where that is known.")
    created_at: datetime = strawberry.field(description="When its first memory was stored.")
    project = linked(PROJECT, lambda source: source.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(UserType, lambda source: source.user, lambda loaders: loaders.users, "Whom it is about, if anybody.")


@strawberry.type(name="UserConnection", description="A page of end users.")
class UserConnection(Connection[UserType]):
    pass


@strawberry.type(name="AgentConnection", description="A page of agents.")
class AgentConnection(Connection[AgentType]):
    pass


@strawberry.type(name="SessionConnection", description="A page of sessions.")
class SessionConnection(Connection[SessionType]):
    pass
