"""Accounts: the tenant's projects, keys and members."""

import re
from dataclasses import replace
from datetime import datetime

from app.domain import errors
from app.domain.account import ApiKey, Member, Project, Role
from app.domain.ids import KeyId, MemberId, ProjectId, UserId, noun_of
from app.domain.keys import Dialect, beginning, digest_of, format_dialect_key, format_key, last_four, read_key
from app.domain.people import User
from app.domain.principal import AllProjects, Only, Permission, Principal, Scope, permissions_of, require
from app.domain.query import Window
from app.domain.text import clean
from app.domain.work import Event, EventKind
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.inputs import NewKey, Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import DEFAULT_PROJECT, find_users, project_of
from app.services.results import IssuedKey, Listing, Viewer

_SLUG = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SECRET_BYTES = 32


class Accounts:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def viewer(self, principal: Principal) -> Viewer:
        async with self._store.read(principal) as reader:
            organization = await reader.organization.get()
            key_id = principal.credential.key
            key = (await reader.keys.get_many([key_id]))[0] if key_id else None
        return Viewer(organization=organization, principal=principal, key=key)

    async def furnish(self, principal: Principal) -> None:
        """Gives a new tenant its owner and the project "default". Idempotent."""
        require(principal, Permission.PROJECT_WRITE)
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            if await uow.projects.by_slug(DEFAULT_PROJECT) is not None:
                return
            owner = MemberId(self._ids.new("member"))
            await uow.members.put(
                Member(id=owner, name="Owner", email=None, role=Role.OWNER, active=True, created_at=now)
            )
            project = Project(
                id=ProjectId(self._ids.new("project")),
                slug=DEFAULT_PROJECT,
                name="Default",
                description="",
                created_at=now,
                updated_at=now,
            )
            await uow.projects.put(project)
            uow.emit(Event(kind=EventKind.PROJECT_CREATED, subject=project.id, project=project.id, user=None))

    async def first_key(self, principal: Principal) -> IssuedKey | None:
        """An admin key for a tenant that has had no key yet; None when it has had one."""
        async with self._store.read(principal) as reader:
            if (await reader.keys.page(Window(limit=1))).rows:
                return None
        return await self.create_key(principal, key=NewKey(name="first key", scopes=tuple(Scope)))

    async def create_project(
        self, principal: Principal, *, slug: str, name: str | None = None, description: str = ""
    ) -> Project:
        """`slug`: 1..63 of a-z, 0-9, _ and inner hyphens. Raises Conflict when it is taken."""
        require(principal, Permission.PROJECT_WRITE)
        if not isinstance(principal.visible, AllProjects):
            raise errors.Forbidden("a key of single projects cannot create others")
        demand_slug(slug)
        now = self._clock.now()
        project = Project(
            id=ProjectId(self._ids.new("project")),
            slug=slug,
            name=clean("name", name, limit=200) if name else slug,
            description=clean("description", description, limit=2_000) if description else "",
            created_at=now,
            updated_at=now,
        )
        async with self._store.write(principal) as uow:
            if await uow.projects.by_slug(slug) is not None:
                raise errors.Conflict(f"there is a project {slug!r} already")
            await uow.projects.put(project)
            uow.emit(Event(kind=EventKind.PROJECT_CREATED, subject=project.id, project=project.id, user=None))
        return project

    async def create_key(self, principal: Principal, *, key: NewKey) -> IssuedKey:
        """A key never opens more than the one that creates it."""
        require(principal, Permission.KEY_WRITE)
        scopes = _scopes(key.scopes)
        if not permissions_of(scopes) <= principal.permissions:
            raise errors.Forbidden("a key cannot hold more rights than the one that creates it")
        now = self._clock.now()
        if key.expires_at is not None and key.expires_at <= now:
            raise errors.invalid("expires_at", "must be in the future", "out_of_range")
        text, id_, digest = self._made(key.dialect)
        async with self._store.write(principal) as uow:
            projects = await self._projects(uow, principal, key)
            issued = ApiKey(
                id=id_,
                name=clean("name", key.name, limit=200),
                scopes=scopes,
                projects=projects,
                end_user=await self._end_user(uow, principal, projects, key.user, now),
                member=None,
                digest=digest,
                last_four=last_four(text),
                beginning=beginning(text),
                created_at=now,
                expires_at=key.expires_at,
                revoked_at=None,
                last_used_at=None,
            )
            await uow.keys.put(issued)
            uow.emit(Event(kind=EventKind.KEY_CREATED, subject=id_, project=None, user=issued.end_user))
        return IssuedKey(key=issued, secret=text)

    def _made(self, dialect: Dialect | None) -> tuple[str, KeyId, bytes]:
        """The text of a new key, its id, and the digest that is stored."""
        secret = self._ids.secret(_SECRET_BYTES)
        text = format_dialect_key(dialect, secret) if dialect else format_key(KeyId(self._ids.new("key")), secret)
        parts = read_key(text)
        if parts is None:
            raise AssertionError("a key that was just made is read back")
        return text, parts[0], digest_of(parts[1])

    async def revoke_key(self, principal: Principal, *, key: KeyId) -> ApiKey:
        """Idempotent. It counts from the next request on, in every process within a second."""
        require(principal, Permission.KEY_WRITE)
        async with self._store.write(principal) as uow:
            found = (await uow.keys.get_many([key]))[0]
            if found is None:
                raise errors.NotFound("there is no such key")
            if found.revoked_at is not None:
                return found
            revoked = replace(found, revoked_at=self._clock.now())
            await uow.keys.put(revoked)
            uow.emit(Event(kind=EventKind.KEY_REVOKED, subject=key, project=None, user=found.end_user))
            return revoked

    async def keys(self, principal: Principal, *, page: Slice) -> Listing[ApiKey]:
        """Newest first."""
        require(principal, Permission.KEY_READ)
        binding = Binding(principal, "keys")
        async with self._store.read(principal) as reader:
            rows = await reader.keys.page(window_of(page, binding))
        return listing(rows, page, binding)

    async def members(self, principal: Principal, *, page: Slice) -> Listing[Member]:
        """Oldest first."""
        require(principal, Permission.MEMBER_READ)
        binding = Binding(principal, "members")
        async with self._store.read(principal) as reader:
            rows = await reader.members.page(window_of(page, binding))
        return listing(rows, page, binding)

    async def _projects(self, uow: UnitOfWork, principal: Principal, key: NewKey) -> frozenset[ProjectId] | None:
        if key.projects is None:
            match principal.visible:
                case AllProjects():
                    return None
                case Only(projects):
                    return projects
        found = [await project_of(uow, principal, ref, field="projects") for ref in key.projects]
        if not found:
            raise errors.invalid("projects", "must not be empty; leave it out for all projects", "blank")
        return frozenset(project.id for project in found)

    async def _end_user(
        self,
        uow: UnitOfWork,
        principal: Principal,
        projects: frozenset[ProjectId] | None,
        ref: str | None,
        now: datetime,
    ) -> UserId | None:
        if ref is None:
            return principal.end_user
        if projects is None or len(projects) != 1:
            raise errors.invalid("user", "goes with exactly one project", "required")
        project = next(iter(projects))
        found = (await find_users(uow, project, [ref]))[0]
        if principal.end_user is not None and (found is None or found.id != principal.end_user):
            raise errors.invalid("user", f"there is no user {ref!r}", "unknown")
        if found is None:
            found = User(
                id=UserId(self._ids.new("user")),
                project=project,
                external_id=clean("user", ref, limit=256),
                name=None,
                created_at=now,
            )
            await uow.users.put(found)
        return found.id


def demand_slug(slug: str) -> None:
    """Raises Invalid for what cannot be a project's short name; what begins as our ids do would be taken for one."""
    if not _SLUG.fullmatch(slug):
        raise errors.invalid("slug", "must be 1 to 63 of a-z, 0-9, _ and inner hyphens")
    if noun_of(slug) == "project":
        raise errors.invalid("slug", "must not begin as ids of projects do")


def _scopes(names: tuple[str, ...]) -> frozenset[Scope]:
    try:
        scopes = frozenset(Scope(name.lower()) for name in names)
    except ValueError:
        known = ", ".join(Scope)
        raise errors.invalid("scopes", f"must be of {known}", "unknown") from None
    if not scopes:
        raise errors.invalid("scopes", "must not be empty", "blank")
    return scopes
