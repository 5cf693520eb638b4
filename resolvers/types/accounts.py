"""The organization and those who act in it."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import strawberry

from app.domain.account import ApiKey
from app.domain.principal import AllProjects
from app.domain.query import MemoryFilter
from app.services.inputs import EntityWhere
from app.services.results import Viewer
from resolvers.context import Info
from resolvers.enums import Permission, Role, Scope
from resolvers.fields import ORGANIZATION, PROJECT, USER, linked, many, part
from resolvers.scalars import JSON, BigInt
from resolvers.types.connection import Connection
from resolvers.types.lists import AGENTS, ENTITIES, JOBS, SESSIONS, USERS, WEBHOOKS, memories_of, paged
from resolvers.types.node import Node


@strawberry.type(name="Organization", description="The tenant. Nothing crosses from one to another.")
class OrganizationType(Node):
    name: str = strawberry.field(description="What it is called.")
    created_at: datetime = strawberry.field(description="When it was made.")


@strawberry.type(name="Member", description="A person or service who signs in.")
class MemberType(Node):
    name: str = strawberry.field(description="What they are called.")
    email: str | None = strawberry.field(description="Where they get mail.")
    role: Role = strawberry.field(description="What they are in the organization.")
    active: bool = strawberry.field(description="The keys of an inactive member open nothing.")
    created_at: datetime = strawberry.field(description="When they joined.")


@strawberry.type(name="Project", description="A space of memories inside the organization.")
class ProjectType(Node):
    slug: str = strawberry.field(
        description="Its short name in requests, unique in the organization; 1 to 63 characters."
    )
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it is for; may be empty.")
    metadata: JSON = strawberry.field(description="What its owner notes of it.")
    revision: BigInt = strawberry.field(
        description="How often its keypaths were written; whatever one call writes or forgets there is one."
    )
    content_types: list[str] = strawberry.field(description="Kinds of memories that it has of its own.")
    relation_types: list[str] = strawberry.field(description="Kinds of relations that it has of its own.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed, or written at its keypaths.")
    deleted_at: datetime | None = strawberry.field(
        description="When it was deleted, with all that lived in it; null while it is not."
    )
    memories = memories_of(
        lambda project: MemoryFilter(project=project.id), "Its memories, newest first unless ordered."
    )
    entities = paged(
        ENTITIES,
        lambda services, principal, project, page: services.explore.entities(
            principal, where=EntityWhere(project=project.id), page=page
        ),
        "Its entities, by name.",
    )
    users = paged(
        USERS,
        lambda services, principal, project, page: services.explore.users(principal, project=project.id, page=page),
        "Its end users, oldest first.",
    )
    agents = paged(
        AGENTS,
        lambda services, principal, project, page: services.explore.agents(principal, project=project.id, page=page),
        "The programs that write into it, oldest first.",
    )
    sessions = paged(
        SESSIONS,
        lambda services, principal, project, page: services.explore.sessions(
            principal, project=project.id, user=None, page=page
        ),
        "Its conversations and runs, oldest first.",
    )
    jobs = paged(
        JOBS,
        lambda services, principal, project, page: services.work.jobs(principal, project=project.id, page=page),
        "Its jobs, newest first.",
    )
    webhooks = paged(
        WEBHOOKS | None,
        lambda services, principal, project, page: services.webhooks.webhooks(principal, project=project.id, page=page),
        "Its webhooks, newest first. Needs the permission webhook:read (scope admin).",
    )


def _key_projects(key: strawberry.Parent[ApiKey], info: Info) -> Awaitable[Any] | None:
    return None if key.projects is None else info.context.loaders.projects.load_many(sorted(key.projects))


@strawberry.type(name="ApiKey", description="A key, without its secret: that is shown once, when it is made.")
class ApiKeyType(Node):
    name: str = strawberry.field(description="What it is called.")
    scopes = part(list[Scope], lambda key: sorted(key.scopes), "What it was made for.")
    projects = strawberry.field(
        resolver=_key_projects,
        graphql_type=many(PROJECT | None) | None,
        description="The projects it opens, null for all of them; an entry is null when the project is hidden from you.",
    )
    end_user = linked(
        USER,
        lambda key: key.end_user,
        lambda loaders: loaders.users,
        "The one end user whose memories it opens, if it is bound.",
    )
    member = linked(
        MemberType, lambda key: key.member, lambda loaders: loaders.members, "Whose key it is, if a member's."
    )
    beginning: str = strawberry.field(
        description="Its first twelve characters; empty for keys made before these were kept."
    )
    last_four: str = strawberry.field(description="The last four characters of the key, to tell it from others.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it stops; null for never.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it holds.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null for never."
    )


def _viewer_projects(viewer: strawberry.Parent[Viewer], info: Info) -> Awaitable[Any] | None:
    match viewer.principal.visible:
        case AllProjects():
            return None
        case only:
            return info.context.loaders.projects.load_many(sorted(only.projects))


@strawberry.type(name="Viewer", description="Who is asking, and what they may do.")
class ViewerType:
    organization = part(ORGANIZATION, lambda viewer: viewer.organization, "Where they act.")
    actor = part(str, lambda viewer: viewer.principal.actor, "The name under which changes are recorded.")
    permissions = part(list[Permission], lambda viewer: sorted(viewer.principal.permissions), "What they may do.")
    projects = strawberry.field(
        resolver=_viewer_projects,
        graphql_type=many(PROJECT | None) | None,
        description="The projects they see; null for all of them.",
    )
    end_user = linked(
        USER,
        lambda viewer: viewer.principal.end_user,
        lambda loaders: loaders.users,
        "The one end user whose memories they see; null when not narrowed to one.",
    )
    key: ApiKeyType | None = strawberry.field(description="The key they came with; null for the local operator.")


@strawberry.type(name="ProjectConnection", description="A page of projects.")
class ProjectConnection(Connection[ProjectType]):
    pass


@strawberry.type(name="ApiKeyConnection", description="A page of API keys.")
class ApiKeyConnection(Connection[ApiKeyType]):
    pass


@strawberry.type(name="MemberConnection", description="A page of members.")
class MemberConnection(Connection[MemberType]):
    pass
