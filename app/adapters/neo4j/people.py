"""Users, agents, sessions and sources."""

from collections.abc import Sequence
from typing import Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.lookups import by_external_ids, by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.placing import place
from app.adapters.neo4j.statements import statements
from app.adapters.records.rows import (
    agent_of,
    agent_values,
    session_of,
    session_values,
    source_of,
    source_values,
    user_of,
    user_values,
)
from app.domain import errors
from app.domain.ids import AgentId, ProjectId, SessionId, SourceId, UserId
from app.domain.people import Agent, Session, Source, User
from app.domain.query import Page, Window

CYPHER: Final = statements("people")

_USERS: Final = Listing(CYPHER["users_page"], user_of, "u.created_at", "u.id")
_AGENTS: Final = Listing(CYPHER["agents_page"], agent_of, "a.created_at", "a.id")
_SESSIONS: Final = Listing(CYPHER["sessions_page"], session_of, "s.created_at", "s.id")
_SOURCES: Final = Listing(CYPHER["sources_page"], source_of, "s.created_at", "s.id")

NOBODY: Final = ""
"""What `owner` says where a node is about nobody: a constraint passes over what is absent."""


class Users:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[UserId]) -> list[User | None]:
        return await by_ids(self._block, CYPHER["users_by_ids"], ids, user_of)

    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[User | None]:
        asked = {"project": project}
        return await by_external_ids(self._block, CYPHER["users_by_external"], external_ids, user_of, asked)

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[User]:
        return await paged(self._block, _USERS, window, {"project": project})


class UserWrites(Users):
    async def put(self, user: User) -> None:
        self._block.demand(project=user.project, user=user.id)
        await place(self._block, CYPHER["user_put"], user_values(user))

    async def remove(self, user: UserId) -> None:
        if not await self._block.rows(CYPHER["user_remove"], {"id": user}):
            raise errors.NotFound


class Agents:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[AgentId]) -> list[Agent | None]:
        return await by_ids(self._block, CYPHER["agents_by_ids"], ids, agent_of)

    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[Agent | None]:
        asked = {"project": project}
        return await by_external_ids(self._block, CYPHER["agents_by_external"], external_ids, agent_of, asked)

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Agent]:
        return await paged(self._block, _AGENTS, window, {"project": project})


class AgentWrites(Agents):
    async def put(self, agent: Agent) -> None:
        self._block.demand(project=agent.project, user=None)
        await place(self._block, CYPHER["agent_put"], agent_values(agent))


class Sessions:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[SessionId]) -> list[Session | None]:
        return await by_ids(self._block, CYPHER["sessions_by_ids"], ids, session_of)

    async def by_external(
        self, project: ProjectId, user: UserId | None, external_ids: Sequence[str]
    ) -> list[Session | None]:
        asked = {"project": project, "owner": user or NOBODY}
        return await by_external_ids(self._block, CYPHER["sessions_by_external"], external_ids, session_of, asked)

    async def called(self, project: ProjectId, external_ids: Sequence[str]) -> list[Session]:
        asked = {"project": project, "names": sorted(set(external_ids))}
        return [session_of(row) for row in await self._block.rows(CYPHER["sessions_called"], asked)]

    async def page(self, window: Window, *, project: ProjectId | None, user: UserId | None) -> Page[Session]:
        return await paged(self._block, _SESSIONS, window, {"project": project, "user": user})


class SessionWrites(Sessions):
    async def put(self, session: Session) -> None:
        self._block.demand(project=session.project, user=session.user)
        values = {**session_values(session), "owner": session.user or NOBODY}
        await place(self._block, CYPHER["session_put"], values)


class Sources:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[SourceId]) -> list[Source | None]:
        return await by_ids(self._block, CYPHER["sources_by_ids"], ids, source_of)

    async def by_uri(self, project: ProjectId, user: UserId | None, uri: str) -> Source | None:
        asked = {"project": project, "owner": user or NOBODY, "uri": uri}
        row = await self._block.row(CYPHER["source_by_uri"], asked)
        return source_of(row) if row else None

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Source]:
        return await paged(self._block, _SOURCES, window, {"project": project})


class SourceWrites(Sources):
    async def put(self, source: Source) -> None:
        self._block.demand(project=source.project, user=source.user)
        values = {**source_values(source), "owner": source.user or NOBODY}
        await place(self._block, CYPHER["source_put"], values)
