"""Ontologies: the kinds of memories and of relations that a project has of its own."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain import errors
from app.domain.account import MAX_TYPE_NAME, MAX_TYPES, Project
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.references import project_of


class Ontologies:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def get(self, principal: Principal, *, project: str | None) -> Project:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            return await project_of(reader, principal, project)

    async def set(
        self,
        principal: Principal,
        *,
        project: str | None,
        content_types: Sequence[str] | None = None,
        relation_types: Sequence[str] | None = None,
    ) -> Project:
        """These instead of those that the project has; None leaves them, none of a kind empties it.

        They are the whole project's: Forbidden for a caller bound to one end user.
        """
        require(principal, Permission.MEMORY_WRITE)
        if principal.end_user is not None:
            raise errors.Forbidden("a key of one end user cannot change what the project has")
        given = {"content_types": content_types, "relation_types": relation_types}
        checked = {field: _checked(field, types) for field, types in given.items() if types is not None}
        if not checked:
            raise errors.invalid("content_types", "give content_types, relation_types or both", "required")
        async with self._store.write(principal) as uow:
            found = await project_of(uow, principal, project)
            changed = replace(
                found,
                content_types=checked.get("content_types", found.content_types),
                relation_types=checked.get("relation_types", found.relation_types),
                updated_at=max(self._clock.now(), found.updated_at),
            )
            await uow.projects.put(changed)
        return changed


def _checked(field: str, types: Sequence[str]) -> tuple[str, ...]:
    """In the order given, each once."""
    if len(types) > MAX_TYPES:
        raise errors.invalid(field, f"has {len(types):,}; the limit is {MAX_TYPES}", "too_long")
    return tuple(
        dict.fromkeys(clean(f"{field}.{place}", name, limit=MAX_TYPE_NAME) for place, name in enumerate(types))
    )
