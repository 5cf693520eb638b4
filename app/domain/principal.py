"""Who asks, and what they may see and do. A principal is what opens the store."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain import errors
from app.domain.ids import KeyId, OrganizationId, ProjectId, UserId


class Scope(StrEnum):
    """What a credential was issued for. Each contains the one before."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a use case asks for."""

    MEMORY_READ = "memory:read"
    MEMORY_WRITE = "memory:write"
    MEMORY_ERASE = "memory:erase"
    PROJECT_WRITE = "project:write"
    KEY_READ = "key:read"
    KEY_WRITE = "key:write"
    MEMBER_READ = "member:read"
    JOB_CONTROL = "job:control"
    WEBHOOK_READ = "webhook:read"
    WEBHOOK_WRITE = "webhook:write"


_READ = frozenset({Permission.MEMORY_READ})
_WRITE = _READ | {Permission.MEMORY_WRITE}
SCOPE_PERMISSIONS: dict[Scope, frozenset[Permission]] = {
    Scope.READ: _READ,
    Scope.WRITE: _WRITE,
    Scope.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class AllProjects:
    """Every project of the tenant."""


@dataclass(frozen=True, slots=True)
class Only:
    """These projects; `Only(frozenset())` sees nothing."""

    projects: frozenset[ProjectId]


Visible = AllProjects | Only


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What opened the door. `expires_at` ends live connections too."""

    key: KeyId | None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A verified caller.

    `end_user` narrows it to one end user: it sees memories about that user and memories about
    nobody in particular, and what it writes is about that user.
    """

    tenant: OrganizationId
    actor: str
    visible: Visible
    permissions: frozenset[Permission]
    credential: Credential
    end_user: UserId | None = None

    def sees(self, project: ProjectId) -> bool:
        match self.visible:
            case AllProjects():
                return True
            case Only(projects):
                return project in projects

    def may_see(self, *, project: ProjectId | None, user: UserId | None) -> bool:
        """Whether a row of this project about this user is inside what the principal sees."""
        inside = project is None or self.sees(project)
        return inside and (self.end_user is None or user is None or user == self.end_user)


def within(principal: Principal, *, project: ProjectId, user: UserId | None) -> Principal:
    """The same caller, seeing no more than this project and, with a user, what is about that user or nobody.

    Raises NotFound where that is more than it sees.
    """
    if not principal.may_see(project=project, user=user):
        raise errors.NotFound
    return replace(principal, visible=Only(frozenset({project})), end_user=user or principal.end_user)


def require(principal: Principal, permission: Permission) -> None:
    """Raises Forbidden, naming the permission, unless the principal holds it."""
    if permission not in principal.permissions:
        raise errors.Forbidden(f"this credential lacks the permission {permission}")


def permissions_of(scopes: Iterable[Scope]) -> frozenset[Permission]:
    return frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in scopes))
