"""References that callers write, resolved inside what the principal sees."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import errors
from app.domain.account import Project
from app.domain.errors import FieldError
from app.domain.ids import AgentId, EntityId, ProjectId, SessionId, UserId, noun_of
from app.domain.keypath import keypath_of
from app.domain.memory import Memory
from app.domain.people import Agent, Session, User
from app.domain.principal import Only, Principal
from app.domain.query import MemoryFilter
from app.ports.store import Reader, UnitOfWork
from app.services.inputs import Selection, Where

DEFAULT_PROJECT = "default"
EVERY_PROJECT = "*"
"""In a filter: all that the principal sees."""
NOBODY = "-"
"""An id that no row has: a filter on it matches nothing."""

Door = Reader | UnitOfWork


async def project_of(door: Door, principal: Principal, ref: str | None, *, field: str = "project") -> Project:
    """The project that `ref` (id or slug) names; None is the only one the key opens, else "default".

    Raises Invalid with the code "unknown" when there is none, or none that the principal sees.
    """
    project = await find_project(door, ref if ref is not None else _implied(principal))
    if project is None and ref is None:
        raise errors.invalid(field, "is needed: this key does not open the project 'default'", "required")
    if project is None:
        raise errors.invalid(field, f"there is no project {ref!r}", "unknown")
    return project


async def with_users(
    door: Door, principal: Principal, ref: str | None, users: Sequence[str]
) -> tuple[Project, list[User | None]]:
    """`project_of` and, of that project, `find_users`; in one read where all are called by names of the caller's own."""
    slug = ref if ref is not None else _implied(principal)
    own = users and noun_of(slug) != "project" and all(noun_of(user) != "user" for user in users)
    found = await door.projects.with_users(slug, users) if own else None
    if found is not None:
        return found
    project = await project_of(door, principal, ref)
    return project, await find_users(door, project.id, users) if users else []


async def find_project(door: Door, ref: str) -> Project | None:
    if noun_of(ref) == "project":
        return (await door.projects.get_many([ProjectId(ref)]))[0]
    return await door.projects.by_slug(ref)


def _implied(principal: Principal) -> str:
    match principal.visible:
        case Only(projects) if len(projects) == 1:
            return next(iter(projects))
        case _:
            return DEFAULT_PROJECT


async def find_users(door: Door, project: ProjectId, refs: Sequence[str]) -> list[User | None]:
    """Each by our id or by the caller's own."""
    ours = [UserId(ref) for ref in refs if noun_of(ref) == "user"]
    by_id = (
        {user.id: user for user in await door.users.get_many(ours) if user and user.project == project} if ours else {}
    )
    by_external = await door.users.by_external(project, refs)
    return [by_id.get(UserId(ref), theirs) for ref, theirs in zip(refs, by_external, strict=True)]


async def find_agents(door: Door, project: ProjectId, refs: Sequence[str]) -> list[Agent | None]:
    """Each by our id or by the caller's own."""
    ours = [AgentId(ref) for ref in refs if noun_of(ref) == "agent"]
    by_id = {a.id: a for a in await door.agents.get_many(ours) if a and a.project == project} if ours else {}
    by_external = await door.agents.by_external(project, refs)
    return [by_id.get(AgentId(ref), theirs) for ref, theirs in zip(refs, by_external, strict=True)]


async def find_sessions(
    door: Door, project: ProjectId, user: UserId | None, refs: Sequence[str]
) -> list[Session | None]:
    """Each by our id or by the caller's own; sessions of that user, or of nobody."""
    ours = [SessionId(ref) for ref in refs if noun_of(ref) == "session"]
    known = await door.sessions.get_many(ours) if ours else []
    by_id = {s.id: s for s in known if s and (s.project, s.user) == (project, user)}
    by_external = await door.sessions.by_external(project, user, refs)
    return [by_id.get(SessionId(ref), theirs) for ref, theirs in zip(refs, by_external, strict=True)]


async def filter_of(door: Door, principal: Principal, where: Selection) -> MemoryFilter:
    """The filter with every reference resolved; one that is resolved already stays as it is. Unknown people and entities match nothing.

    Raises Invalid for ranges that end before they begin, and for an importance beyond 0..1.
    """
    if isinstance(where, MemoryFilter):
        return where
    _check_ranges(where)
    project, users = await _project_and_users(door, principal, where)
    return MemoryFilter(
        ids=where.ids,
        project=project,
        users=users,
        agents=await _agent_ids(door, project, where.agents),
        sessions=await _session_ids(door, project, where.sessions),
        entities=await _entity_ids(door, project, where.entities),
        clusters=where.clusters,
        kinds=where.kinds,
        types=tuple(name.lower() for name in where.types),
        categories=where.categories,
        tags=where.tags,
        layers=where.layers,
        statuses=where.statuses,
        files=where.files,
        metadata=_any_of(where.metadata or {}),
        keypath=None if where.keypath is None else keypath_of(where.keypath),
        contains=where.contains.lower() if where.contains else None,
        importance_min=where.importance_min,
        importance_max=where.importance_max,
        importances=where.importances,
        occurred=where.occurred,
        valid=where.valid,
        recorded=where.recorded,
        life=where.life,
    )


def _any_of(metadata: Mapping[str, Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else (value,)) for name, value in metadata.items())


async def _project_and_users(
    door: Door, principal: Principal, where: Where
) -> tuple[ProjectId | None, tuple[UserId | None, ...]]:
    """No project is every one that the principal sees."""
    named = [ref for ref in where.users if ref is not None]
    if where.project == EVERY_PROJECT or (where.ids and where.project is None):
        project, found = None, await door.users.get_many([UserId(ref) for ref in named]) if named else []
    else:
        home, found = await with_users(door, principal, where.project, named)
        project = home.id
    if not where.users:
        return project, ()
    ids: list[UserId | None] = [user.id for user in found if user]
    return project, (*ids, *([None] if None in where.users else [])) or (UserId(NOBODY),)


def _check_ranges(where: Where) -> None:
    wrong = [
        FieldError(name, "must not end before it begins", "out_of_order")
        for name, span in (("occurred", where.occurred), ("valid", where.valid), ("recorded", where.recorded))
        if span.after is not None and span.before is not None and span.before < span.after
    ]
    least, most = where.importance_min, where.importance_max
    wrong += [
        FieldError(name, "must be between 0 and 1", "out_of_range")
        for name, value in (("importance_min", least), ("importance_max", most))
        if value is not None and not 0 <= value <= 1
    ]
    if not all(0 <= low <= high <= 1 for low, high in where.importances):
        wrong.append(FieldError("importances", "must be ranges between 0 and 1", "out_of_range"))
    if least is not None and most is not None and most < least:
        wrong.append(FieldError("importance_max", "must not be below importance_min", "out_of_order"))
    if wrong:
        raise errors.Invalid(*wrong)


async def _agent_ids(door: Door, project: ProjectId | None, refs: Sequence[str]) -> tuple[AgentId, ...]:
    if not refs:
        return ()
    found = (
        await find_agents(door, project, refs) if project else await door.agents.get_many([AgentId(r) for r in refs])
    )
    return tuple(agent.id for agent in found if agent) or (AgentId(NOBODY),)


async def _session_ids(door: Door, project: ProjectId | None, refs: Sequence[str]) -> tuple[SessionId, ...]:
    if not refs:
        return ()
    by_id = await door.sessions.get_many([SessionId(ref) for ref in refs])
    called = await door.sessions.called(project, refs) if project else []
    ids = dict.fromkeys(session.id for session in (*by_id, *called) if session)
    return tuple(ids) or (SessionId(NOBODY),)


async def _entity_ids(door: Door, project: ProjectId | None, refs: Sequence[str]) -> tuple[EntityId, ...]:
    if not refs:
        return ()
    by_id = await door.entities.get_many([EntityId(ref) for ref in refs])
    named = await door.entities.called(project=project, names=refs)
    ids = dict.fromkeys(entity.id for entity in (*by_id, *named) if entity)
    return tuple(ids) or (EntityId(NOBODY),)


def living(memory: Memory | None) -> Memory:
    """Raises NotFound for what is absent or forgotten."""
    if memory is None or memory.deleted_at is not None:
        raise errors.NotFound("there is no such memory")
    return memory
