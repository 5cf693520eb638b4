"""Whom memories are about, who wrote them and where they come from, as a part of the record: see `app.ports.store`."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import AgentId, ProjectId, SessionId, SourceId, UserId
from app.domain.people import Agent, Session, Source, User
from app.domain.query import Page, Window
from app.ports.lookup import Lookup


class UserReader(Lookup[UserId, User], Protocol):
    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[User | None]: ...

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[User]:
        """Oldest first, of one project or of all visible ones."""
        ...


class UserWriter(UserReader, Protocol):
    async def put(self, user: User) -> None: ...

    async def remove(self, user: UserId) -> None:
        """Removes the node itself and its notes; its memories and entities must be erased before."""
        ...


class AgentReader(Lookup[AgentId, Agent], Protocol):
    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[Agent | None]: ...

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Agent]:
        """Oldest first."""
        ...


class AgentWriter(AgentReader, Protocol):
    async def put(self, agent: Agent) -> None: ...


class SessionReader(Lookup[SessionId, Session], Protocol):
    async def by_external(
        self, project: ProjectId, user: UserId | None, external_ids: Sequence[str]
    ) -> list[Session | None]: ...

    async def called(self, project: ProjectId, external_ids: Sequence[str]) -> list[Session]:
        """Every visible session of the project with one of these external ids, whoever its user is."""
        ...

    async def page(self, window: Window, *, project: ProjectId | None, user: UserId | None) -> Page[Session]:
        """Oldest first; `user` None is every user."""
        ...


class SessionWriter(SessionReader, Protocol):
    async def put(self, session: Session) -> None: ...


class SourceReader(Lookup[SourceId, Source], Protocol):
    async def by_uri(self, project: ProjectId, user: UserId | None, uri: str) -> Source | None: ...

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Source]:
        """Oldest first."""
        ...


class SourceWriter(SourceReader, Protocol):
    async def put(self, source: Source) -> None: ...
