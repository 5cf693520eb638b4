"""Scopes: a caller who speaks for one end user of one project, and for that request is no more than that."""

from dataclasses import dataclass

from app.domain.account import Project
from app.domain.ids import UserId
from app.domain.people import User
from app.domain.principal import Permission, Principal, require, within
from app.domain.query import MemoryFilter
from app.domain.text import clean
from app.ports.store import Reader, Store
from app.services.drafts import MAX_REFERENCE
from app.services.explore import labelled, living_of
from app.services.numbers import GREATEST
from app.services.references import NOBODY, find_users, project_of
from app.services.results import Labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """`principal` sees what is about the user or about nobody; a user that is not known yet has `user` None."""

    principal: Principal
    project: Project
    user: User | None


async def _scoped(reader: Reader, principal: Principal, project: str | None, user: str) -> Scoped:
    found = await project_of(reader, principal, project)
    known = (await find_users(reader, found.id, [user]))[0]
    narrowed = within(principal, project=found.id, user=known.id if known else UserId(NOBODY))
    return Scoped(principal=narrowed, project=found, user=known)


class Scopes:
    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def of(self, principal: Principal, *, project: str | None, user: str) -> Scoped:
        """`project` as anywhere; `user` is our id or the caller's own. Raises Invalid for an unknown project."""
        require(principal, Permission.MEMORY_READ)
        ref = clean("user", user, limit=MAX_REFERENCE)
        async with self._store.read(principal) as reader:
            return await _scoped(reader, principal, project, ref)

    async def numbered(
        self, principal: Principal, *, project: str | None, user: str, number: int
    ) -> tuple[Scoped, Labelled | None]:
        """`of`, and the living memory of this number that the scope sees."""
        require(principal, Permission.MEMORY_READ)
        ref = clean("user", user, limit=MAX_REFERENCE)
        async with self._store.read(principal) as reader:
            scope = await _scoped(reader, principal, project, ref)
            (id_,) = await reader.memories.by_numbers([number]) if 0 < number <= GREATEST else (None,)
            about: tuple[UserId | None, ...] = (scope.user.id if scope.user else UserId(NOBODY), None)
            where = MemoryFilter(project=scope.project.id, users=about)
            found = await living_of(reader, [id_] if id_ else [], where)
            told = await labelled(reader, [*found.values()])
        return scope, told[0] if told else None

    async def own(self, principal: Principal, *, project: str | None) -> Scoped | None:
        """The scope of a key that is bound to an end user; None for another key."""
        return (
            None if principal.end_user is None else await self.of(principal, project=project, user=principal.end_user)
        )
