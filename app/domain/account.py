"""The tenant and those who act in it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from app.domain.ids import KeyId, MemberId, OrganizationId, ProjectId, UserId
from app.domain.principal import AllProjects, Only, Principal, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    id: OrganizationId
    name: str
    created_at: datetime


MAX_TYPES = 32
MAX_TYPE_NAME = 64


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    ANALYST = "analyst"
    BILLING = "billing"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person or service who signs in. An inactive member's keys open nothing."""

    id: MemberId
    name: str
    email: str | None
    role: Role
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A space of memories. `slug` is unique within the organization.

    `revision` counts the writes to its keypaths: whatever one call writes or forgets there is one. `deleted_at` is set
    while it is deleted; the next such write brings it back.
    `content_types` and `relation_types` are kinds of memories and of relations that it has beside ours.
    """

    id: ProjectId
    slug: str
    name: str
    description: str
    metadata: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    content_types: tuple[str, ...] = ()
    relation_types: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is stored of a key: never its secret. `projects` None means all of them.

    `beginning` are its first twelve characters, which for all forms leave 160 random bits and more unsaid.
    """

    id: KeyId
    name: str
    scopes: frozenset[Scope]
    projects: frozenset[ProjectId] | None
    end_user: UserId | None
    member: MemberId | None
    digest: bytes
    last_four: str
    beginning: str = ""
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def is_within(key: ApiKey, principal: Principal) -> bool:
    """Whether the key opens no more than the principal itself may see."""
    match principal.visible:
        case AllProjects():
            inside = True
        case Only(projects):
            inside = key.projects is not None and key.projects <= projects
        case never:
            assert_never(never)
    return inside and (principal.end_user is None or key.end_user == principal.end_user)
