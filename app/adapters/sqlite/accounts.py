"""The tenant, its projects, members and keys."""

from collections.abc import Sequence
from typing import Final

from app.adapters.records.rows import (
    key_of,
    key_values,
    member_of,
    member_values,
    organization_of,
    project_of,
    project_values,
    term_of,
    term_values,
)
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.people import users_called
from app.adapters.sqlite.scope import Parameters, Scoped
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.account import ApiKey, Member, Organization, Project, is_within
from app.domain.ids import KeyId, MemberId, ProjectId
from app.domain.people import User
from app.domain.query import Page, Window
from app.domain.vocabulary import VocabularyTerm

SQL = statements("accounts")

_PROJECTS: Final = Listing(SQL["projects_page"], project_of, "p.created_at", "p.id")
_VOCABULARY: Final = Listing(SQL["vocabulary_page"], term_of, "t.folded", "t.folded")
_MEMBERS: Final = Listing(SQL["members_page"], member_of, "m.created_at", "m.id")
_KEYS: Final = Listing(SQL["keys_page"], key_of, "k.created_at", "k.id", descending=True)


class Tenant:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get(self) -> Organization:
        row = await self._block.run(lambda on: on.row(SQL["organization"]))
        if row is None:
            raise errors.NotFound
        return organization_of(row)


class Projects:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[ProjectId]) -> list[Project | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["projects_by_ids"], ids, project_of))

    async def by_slug(self, slug: str) -> Project | None:
        row = await self._block.run(lambda on: on.row(SQL["project_by_slug"], {"slug": slug}))
        return project_of(row) if row else None

    async def with_users(self, slug: str, external_ids: Sequence[str]) -> tuple[Project, list[User | None]] | None:
        def read(on: Scoped) -> tuple[Project, list[User | None]] | None:
            row = on.row(SQL["project_by_slug"], {"slug": slug})
            return (project_of(row), users_called(on, row["id"], external_ids)) if row else None

        return await self._block.run(read)

    async def page(self, window: Window) -> Page[Project]:
        return await self._block.run(lambda on: paged(on, _PROJECTS, window))


class ProjectWrites(Projects):
    async def put(self, project: Project) -> None:
        def put(on: Scoped) -> None:
            on.demand(project=project.id, user=None)
            on.change(SQL["project_put"], project_values(project))

        await self._block.run(put)


class Vocabularies:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def page(self, window: Window, *, project: ProjectId) -> Page[VocabularyTerm]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: paged(on, _VOCABULARY, window, asked))

    async def terms(self, project: ProjectId) -> list[VocabularyTerm]:
        asked: Parameters = {"project": project}
        return await self._block.run(lambda on: [term_of(row) for row in on.rows(SQL["vocabulary_terms"], asked)])


class VocabularyWrites(Vocabularies):
    async def replace(self, project: ProjectId, terms: Sequence[VocabularyTerm]) -> None:
        def replace(on: Scoped) -> None:
            on.demand(project=project, user=None)
            on.change(SQL["vocabulary_drop"], {"project": project})
            on.change_each(SQL["vocabulary_put"], [{"project": project, **term_values(term)} for term in terms])

        await self._block.run(replace)


class Members:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[MemberId]) -> list[Member | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["members_by_ids"], ids, member_of))

    async def page(self, window: Window) -> Page[Member]:
        return await self._block.run(lambda on: paged(on, _MEMBERS, window))


class MemberWrites(Members):
    async def put(self, member: Member) -> None:
        await self._block.run(lambda on: on.change(SQL["member_put"], member_values(member)))


class Keys:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[KeyId]) -> list[ApiKey | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["keys_by_ids"], ids, key_of))

    async def page(self, window: Window) -> Page[ApiKey]:
        return await self._block.run(lambda on: paged(on, _KEYS, window))


class KeyWrites(Keys):
    async def put(self, key: ApiKey) -> None:
        """Raises NotFound where the key, or the one it replaces, is not within what the principal itself may do."""
        await self._block.run(lambda on: _put_key(on, key))


def _put_key(on: Scoped, key: ApiKey) -> None:
    before = on.row(SQL["key_present"], {"id": key.id})
    if not is_within(key, on.principal) or (before and not before["visible"]):
        raise errors.NotFound
    if not on.change(SQL["key_put"], key_values(key)):
        raise errors.Conflict(f"the key {key.id} exists already")
