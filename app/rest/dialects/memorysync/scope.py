"""Whose memories a request is about: what its headers, its body and its key say."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from app.domain.account import Project
from app.domain.ids import MemoryId, ProjectId
from app.domain.principal import AllProjects, Permission, Principal
from app.rest.call import Call
from app.rest.speech import Wrong
from app.services.inputs import Slice
from app.services.results import Labelled
from app.services.scopes import Scoped

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_PROJECT = re.compile(r"proj_[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The caller as this end user of this project. `user` is the caller's name for the end user.

    `owner` is our id of it, None before it is first written about; `number` is then 0.
    """

    principal: Principal
    project: ProjectId
    user: str
    owner: str | None
    number: int


def project_handle(project: ProjectId) -> str:
    """A project's id in MemorySync's form; there are few, so it is found again by making it of each."""
    return "proj_" + hashlib.sha256(project.encode()).hexdigest()[:16]


async def scope_of(call: Call[Any, Any], *, end_user: str | None = None, item_first: bool = False) -> Scope:
    """`end_user` is what the body says; the header wins, but not over the items of a batch."""
    header = _header(call, "x-end-user-id")
    named = (end_user or header) if item_first else (header or end_user)
    return await scoped(call, await project_asked(call), named)


async def named_scope(call: Call[Any, Any]) -> Scope | None:
    """None where neither the headers nor the key name an end user."""
    named = _header(call, "x-end-user-id") or call.principal.end_user
    project = await project_asked(call)
    return await scoped(call, project, named) if named else None


async def scoped(call: Call[Any, Any], project: str | None, named: str | None) -> Scope:
    user = _end_user(call, named)
    return _scope(call, await call.services.scopes.of(call.principal, project=project, user=user), user)


async def scoped_memory(call: Call[Any, Any], number: int) -> tuple[Scope, Labelled | None]:
    """The scope that the headers name, and its memory of this number."""
    project, user = await project_asked(call), _end_user(call, _header(call, "x-end-user-id"))
    found, told = await call.services.scopes.numbered(call.principal, project=project, user=user, number=number)
    return _scope(call, found, user), told


def _end_user(call: Call[Any, Any], named: str | None) -> str:
    """Who is named, else whom the key is bound to."""
    user = named or call.principal.end_user
    if user is None:
        message = "An end user is needed: send X-End-User-ID, or end_user_id in the body"
        raise Wrong(400, "MISSING_END_USER_ID", message)
    return user


def _scope(call: Call[Any, Any], found: Scoped, named: str) -> Scope:
    bound, user = call.principal.end_user, found.user
    if bound is not None and (user is None or user.id != bound):
        raise Wrong(403, "FORBIDDEN", "This key is of another end user")
    return Scope(
        principal=found.principal,
        project=found.project.id,
        user=user.external_id if user else named,
        owner=user.id if user else None,
        number=(user.number if user else None) or 0,
    )


async def project_asked(call: Call[Any, Any]) -> str | None:
    """Our id of the project that the headers name; None where they name none. Checks the other headers on the way."""
    check_tenant(call)
    if _header(call, "x-allow-cross-project") == "true" and not _crosses(call.principal):
        raise Wrong(403, "FORBIDDEN", "Insufficient scope. Missing: org:cross_project_read")
    if "x-project-id" not in call.headers:
        return None
    asked = call.headers["x-project-id"].strip()
    if not _PROJECT.fullmatch(asked):
        raise Wrong(400, "INVALID_PROJECT_ID_FORMAT", "X-Project-ID must be proj_ and 16 hexadecimal digits")
    for project in await projects_of(call):
        if project_handle(project.id) == asked:
            return project.id
    raise Wrong(403, "FORBIDDEN", "This project is not one that the key opens")


async def projects_of(call: Call[Any, Any]) -> list[Project]:
    """All that the caller sees, oldest first."""
    found: list[Project] = []
    after: str | None = None
    while True:
        page = await call.services.explore.projects(call.principal, page=Slice(first=100, after=after))
        found += [item.node for item in page.items]
        if not page.has_next:
            return found
        after = page.items[-1].cursor


def check_tenant(call: Call[Any, Any]) -> None:
    if "x-tenant-id" not in call.headers:
        return
    tenant = call.headers["x-tenant-id"].strip()
    if not tenant:
        raise Wrong(400, "TENANT_CONTEXT_REQUIRED", "X-Tenant-ID is empty")
    if not _TENANT.fullmatch(tenant):
        raise Wrong(400, "INVALID_TENANT_ID_FORMAT", "X-Tenant-ID is not a tenant's id")
    if tenant not in ("default", call.principal.tenant):
        raise Wrong(403, "FORBIDDEN", "The key is of another tenant")


async def memory_ids(call: Call[Any, Any], numbers: list[int]) -> list[MemoryId | None]:
    """By number, as this caller may see them at all; whoever asks narrows it further."""
    return await call.services.numbers.ids(call.principal, numbers=numbers)


def _crosses(principal: Principal) -> bool:
    return isinstance(principal.visible, AllProjects) and Permission.PROJECT_WRITE in principal.permissions


def _header(call: Call[Any, Any], name: str) -> str | None:
    """Clients send names in UTF-8; HTTP hands them over as Latin-1."""
    value = call.headers.get(name, "").strip()
    try:
        return value.encode("latin-1").decode("utf-8") or None
    except UnicodeDecodeError:
        return value or None
