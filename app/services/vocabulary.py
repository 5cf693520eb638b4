"""Vocabularies: a project teaches its names, and extraction finds them from then on."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain import errors
from app.domain.account import Project
from app.domain.errors import FieldError, Invalid
from app.domain.graph import EntityType
from app.domain.ids import OrganizationId, ProjectId
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean, folded
from app.domain.vocabulary import MAX_ALIASES, MAX_NAME, MAX_TERMS, VocabularyTerm
from app.extraction.vocabulary import EMPTY, Vocabulary
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.services.inputs import NewTerm, Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import project_of
from app.services.results import Listing

_KEPT = 100
_TOLD = 100
"""Errors that are told of one vocabulary."""


class Vocabularies:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def set(self, principal: Principal, *, project: str | None, terms: Sequence[NewTerm]) -> Project:
        """These instead of all that the project has; none empties it. Raises Invalid naming each wrong term."""
        require(principal, Permission.PROJECT_WRITE)
        checked = checked_terms(terms)
        async with self._store.write(principal) as uow:
            found = await project_of(uow, principal, project)
            await uow.vocabulary.replace(found.id, checked)
            later = max(self._clock.now(), found.updated_at + timedelta(microseconds=1))
            changed = replace(found, updated_at=later)
            await uow.projects.put(changed)
        return changed

    async def terms(self, principal: Principal, *, project: str | None, page: Slice) -> Listing[VocabularyTerm]:
        """By name."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await project_of(reader, principal, project)
            binding = Binding(principal, "vocabulary", found.id)
            rows = await reader.vocabulary.page(window_of(page, binding), project=found.id)
        return listing(rows, page, binding)


class Taught:
    """Vocabularies made ready for reading texts, each kept until its project changes."""

    def __init__(self) -> None:
        self._ready: OrderedDict[tuple[OrganizationId, ProjectId], tuple[datetime, Vocabulary]] = OrderedDict()

    async def of(
        self, reader: Reader, tenant: OrganizationId, projects: Iterable[ProjectId]
    ) -> dict[ProjectId, Vocabulary]:
        wanted = list(dict.fromkeys(projects))
        found = await reader.projects.get_many(wanted) if wanted else []
        known = [project for project in found if project is not None]
        return {project.id: await self._one(reader, tenant, project) for project in known}

    async def _one(self, reader: Reader, tenant: OrganizationId, project: Project) -> Vocabulary:
        kept = self._ready.get((tenant, project.id))
        if kept is not None and kept[0] == project.updated_at:
            return kept[1]
        terms = await reader.vocabulary.terms(project.id)
        ready = await asyncio.to_thread(Vocabulary, terms) if terms else EMPTY
        self._ready[tenant, project.id] = (project.updated_at, ready)
        if len(self._ready) > _KEPT:
            self._ready.popitem(last=False)
        return ready


@dataclass(slots=True)
class _Names:
    """Which term each folded name belongs to."""

    of: dict[str, int]

    def taken(self, name: str, index: int) -> int | None:
        """The other term that has the name already."""
        first = self.of.setdefault(folded(name), index)
        return first if first != index else None


def checked_terms(terms: Sequence[NewTerm]) -> list[VocabularyTerm]:
    """Cleaned; an alias that repeats its own term is left out. Raises Invalid, as `terms.<index>.<field>`."""
    if len(terms) > MAX_TERMS:
        raise errors.invalid("terms", f"has {len(terms):,} terms; the limit is {MAX_TERMS:,}", "too_long")
    names, wrong, checked = _Names({}), list[FieldError](), list[VocabularyTerm]()
    for index, term in enumerate(terms):
        try:
            checked.append(_checked(term, index, names))
        except Invalid as problem:
            wrong += problem.fields
    if wrong:
        raise Invalid(*wrong[:_TOLD])
    return checked


def _checked(term: NewTerm, index: int, names: _Names) -> VocabularyTerm:
    place = f"terms.{index}"
    if len(term.aliases) > MAX_ALIASES:
        raise errors.invalid(f"{place}.aliases", f"has {len(term.aliases)}; the limit is {MAX_ALIASES}", "too_long")
    try:
        type_ = EntityType(term.type.upper())
    except ValueError:
        raise errors.invalid(f"{place}.type", f"{term.type!r} is not an entity type", "unknown") from None
    name = _name(f"{place}.term", term.term, index, names)
    aliases = [_name(f"{place}.aliases.{i}", alias, index, names) for i, alias in enumerate(term.aliases)]
    others = {folded(alias): alias for alias in aliases if folded(alias) != folded(name)}
    return VocabularyTerm(name=name, type=type_, aliases=tuple(others.values()))


def _name(field: str, given: str, index: int, names: _Names) -> str:
    name = " ".join(clean(field, given, limit=MAX_NAME).split())
    if not any(character.isalnum() for character in name):
        raise errors.invalid(field, "must have a letter or a digit")
    if (other := names.taken(name, index)) is not None:
        raise errors.invalid(field, f"{name!r} is a name of terms.{other} already", "duplicate")
    return name
