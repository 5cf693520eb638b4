"""Whom new memories speak of: users, agents, sessions and sources, found or created on first use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import errors
from app.domain.account import Project
from app.domain.ids import AgentId, ProjectId, SessionId, SourceId, UserId, is_id
from app.domain.people import Agent, Session, Source, User
from app.domain.principal import Principal
from app.ports.runtime import IdFactory
from app.ports.store import UnitOfWork
from app.services.inputs import NewMemory, NewSource
from app.services.references import find_agents, find_sessions, find_users, with_users


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The ids that one draft's references stand for."""

    project: ProjectId
    user: UserId | None
    agent: AgentId | None
    session: SessionId | None
    source: SourceId | None


class Cast:
    """Resolves the references of a batch inside one unit of work, each name once."""

    def __init__(self, uow: UnitOfWork, principal: Principal, ids: IdFactory, now: datetime) -> None:
        self._uow, self._principal, self._ids, self._now = uow, principal, ids, now
        self._users: dict[tuple[ProjectId, str], User | None] = {}

    async def assign(self, drafts: Sequence[NewMemory]) -> list[Roles]:
        """One per draft, in order. What is new is created."""
        projects = {ref: await self._project(ref, drafts) for ref in {d.project for d in drafts}}
        roles: dict[tuple[object, ...], Roles] = {}
        for draft in drafts:
            key = (draft.project, draft.user, draft.agent, draft.session, draft.source)
            if key not in roles:
                roles[key] = await self._roles(projects[draft.project], draft)
        return [roles[d.project, d.user, d.agent, d.session, d.source] for d in drafts]

    async def _project(self, ref: str | None, drafts: Sequence[NewMemory]) -> Project:
        """What the drafts call it; with its users of whom they speak."""
        named = [*dict.fromkeys(d.user for d in drafts if d.project == ref and d.user is not None)]
        project, users = await with_users(self._uow, self._principal, ref, named)
        self._users.update(zip(((project.id, name) for name in named), users, strict=True))
        return project

    async def _roles(self, project: Project, draft: NewMemory) -> Roles:
        user = await self.user(project.id, draft.user)
        return Roles(
            project=project.id,
            user=user,
            agent=await self._agent(project.id, draft.agent),
            session=await self.session(project.id, user, draft.session, draft.occurred_at),
            source=await self._source(project.id, user, draft.source),
        )

    async def user(self, project: ProjectId, ref: str | None) -> UserId | None:
        """A key that is bound to an end user writes about that user only."""
        bound = self._principal.end_user
        if ref is None:
            return bound
        if (project, ref) not in self._users:
            self._users[project, ref] = (await find_users(self._uow, project, [ref]))[0]
        found = self._users[project, ref]
        if bound is not None and (found is None or found.id != bound):
            raise errors.invalid("user", f"there is no user {ref!r}", "unknown")
        if found is None:
            _demand_own_name("user", ref)
            found = User(
                id=UserId(self._ids.new("user")), project=project, external_id=ref, name=None, created_at=self._now
            )
            await self._uow.users.put(found)
            self._users[project, ref] = found
        return found.id

    async def _agent(self, project: ProjectId, ref: str | None) -> AgentId | None:
        if ref is None:
            return None
        found = (await find_agents(self._uow, project, [ref]))[0]
        if found is None:
            _demand_own_name("agent", ref)
            found = Agent(
                id=AgentId(self._ids.new("agent")), project=project, external_id=ref, name=None, created_at=self._now
            )
            await self._uow.agents.put(found)
        return found.id

    async def session(
        self, project: ProjectId, user: UserId | None, ref: str | None, started: datetime | None
    ) -> SessionId | None:
        if ref is None:
            return None
        found = (await find_sessions(self._uow, project, user, [ref]))[0]
        if found is None:
            _demand_own_name("session", ref)
            found = Session(
                id=SessionId(self._ids.new("session")),
                project=project,
                user=user,
                external_id=ref,
                started_at=started,
                created_at=self._now,
            )
            await self._uow.sessions.put(found)
        return found.id

    async def _source(self, project: ProjectId, user: UserId | None, new: NewSource | None) -> SourceId | None:
        if new is None:
            return None
        found = await self._uow.sources.by_uri(project, user, new.uri)
        if found is None:
            found = Source(
                id=SourceId(self._ids.new("source")),
                project=project,
                user=user,
                kind=new.kind,
                uri=new.uri,
                title=new.title,
                created_at=self._now,
            )
            await self._uow.sources.put(found)
        return found.id


def _demand_own_name(noun: str, ref: str) -> None:
    """Something new is called by the caller's own id; one of ours that names nothing here is a mistake, or a try."""
    if is_id(ref):
        raise errors.invalid(noun, f"there is no {noun} {ref!r}", "unknown")
