"""Users, agents, sessions and sources."""

from collections.abc import Sequence
from typing import Final

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
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_external_ids, by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.ids import AgentId, ProjectId, SessionId, SourceId, UserId
from app.domain.people import Agent, Session, Source, User
from app.domain.query import Page, Window

SQL = statements("people")

_USERS: Final = Listing(SQL["users_page"], user_of, "u.created_at", "u.id")
_AGENTS: Final = Listing(SQL["agents_page"], agent_of, "a.created_at", "a.id")
_SESSIONS: Final = Listing(SQL["sessions_page"], session_of, "s.created_at", "s.id")
_SOURCES: Final = Listing(SQL["sources_page"], source_of, "s.created_at", "s.id")


def users_called(on: Scoped, project: ProjectId, external_ids: Sequence[str]) -> list[User | None]:
    return by_external_ids(on, SQL["users_by_external"], external_ids, user_of, {"project": project})


class Users:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[UserId]) -> list[User | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["users_by_ids"], ids, user_of))

    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[User | None]:
        return await self._block.run(lambda on: users_called(on, project, external_ids))

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[User]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: paged(on, _USERS, window, asked))


class UserWrites(Users):
    async def put(self, user: User) -> None:
        values = {**user_values(user), "number": None}
        await self._block.run(lambda on: _put(on, "user", user.id, values, project=user.project, user=user.id))

    async def remove(self, user: UserId) -> None:
        def remove(on: Scoped) -> None:
            before = on.row(SQL["user_present"], {"id": user})
            if before is None or not before["visible"]:
                raise errors.NotFound
            on.change(SQL["user_notes_remove"], {"id": user})
            on.change(SQL["user_remove"], {"id": user})

        await self._block.run(remove)


class Agents:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[AgentId]) -> list[Agent | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["agents_by_ids"], ids, agent_of))

    async def by_external(self, project: ProjectId, external_ids: Sequence[str]) -> list[Agent | None]:
        asked: Parameters = {"project": project}
        return await self._block.run(
            lambda on: by_external_ids(on, SQL["agents_by_external"], external_ids, agent_of, asked)
        )

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Agent]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: paged(on, _AGENTS, window, asked))


class AgentWrites(Agents):
    async def put(self, agent: Agent) -> None:
        await self._block.run(
            lambda on: _put(on, "agent", agent.id, agent_values(agent), project=agent.project, user=None)
        )


class Sessions:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[SessionId]) -> list[Session | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["sessions_by_ids"], ids, session_of))

    async def by_external(
        self, project: ProjectId, user: UserId | None, external_ids: Sequence[str]
    ) -> list[Session | None]:
        asked: Parameters = {"project": project, "user": user}
        return await self._block.run(
            lambda on: by_external_ids(on, SQL["sessions_by_external"], external_ids, session_of, asked)
        )

    async def called(self, project: ProjectId, external_ids: Sequence[str]) -> list[Session]:
        asked: Parameters = {"project": project, "names": listed(external_ids)}
        return await self._block.run(lambda on: [session_of(row) for row in on.rows(SQL["sessions_called"], asked)])

    async def page(self, window: Window, *, project: ProjectId | None, user: UserId | None) -> Page[Session]:
        asked: Parameters = {"project": project, "user": user}
        return await self._block.run(lambda on: paged(on, _SESSIONS, window, asked))


class SessionWrites(Sessions):
    async def put(self, session: Session) -> None:
        await self._block.run(
            lambda on: _put(
                on, "session", session.id, session_values(session), project=session.project, user=session.user
            )
        )


class Sources:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[SourceId]) -> list[Source | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["sources_by_ids"], ids, source_of))

    async def by_uri(self, project: ProjectId, user: UserId | None, uri: str) -> Source | None:
        asked: Parameters = {"project": project, "user": user, "uri": uri}
        row = await self._block.run(lambda on: on.row(SQL["source_by_uri"], asked))
        return source_of(row) if row else None

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Source]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: paged(on, _SOURCES, window, asked))


class SourceWrites(Sources):
    async def put(self, source: Source) -> None:
        await self._block.run(
            lambda on: _put(on, "source", source.id, source_values(source), project=source.project, user=source.user)
        )


def _put(on: Scoped, noun: str, id: str, values: Parameters, *, project: ProjectId, user: UserId | None) -> None:
    """Raises NotFound where the row, or the one it replaces, is out of the principal's sight."""
    on.demand(project=project, user=user)
    before = on.row(SQL[f"{noun}_present"], {"id": id})
    if before and not before["visible"]:
        raise errors.NotFound
    on.change(SQL[f"{noun}_put"], values)
