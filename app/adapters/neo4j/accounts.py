"""The tenant, its projects, members and keys."""

from collections.abc import Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.placing import place
from app.adapters.neo4j.statements import statements
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
    user_of,
)
from app.domain import errors
from app.domain.account import ApiKey, Member, Organization, Project, is_within
from app.domain.ids import KeyId, MemberId, ProjectId
from app.domain.people import User
from app.domain.query import Page, Window
from app.domain.vocabulary import VocabularyTerm

CYPHER: Final = statements("accounts")

_PROJECTS: Final = Listing(CYPHER["projects_page"], project_of, "p.created_at", "p.id")
_VOCABULARY: Final = Listing(CYPHER["vocabulary_page"], term_of, "t.folded", "t.folded", lead="t.tenant, t.project")
_MEMBERS: Final = Listing(CYPHER["members_page"], member_of, "m.created_at", "m.id")
_KEYS: Final = Listing(CYPHER["keys_page"], key_of, "k.created_at", "k.id", descending=True)


class Tenant:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get(self) -> Organization:
        row = await self._block.row(CYPHER["organization"])
        if row is None:
            raise errors.NotFound
        return organization_of(row)


class Projects:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[ProjectId]) -> list[Project | None]:
        return await by_ids(self._block, CYPHER["projects_by_ids"], ids, project_of)

    async def by_slug(self, slug: str) -> Project | None:
        row = await self._block.row(CYPHER["project_by_slug"], {"slug": slug})
        return project_of(row) if row else None

    async def with_users(self, slug: str, external_ids: Sequence[str]) -> tuple[Project, list[User | None]] | None:
        asked = {"slug": slug, "ids": sorted(set(external_ids))}
        row = await self._block.row(CYPHER["project_with_users"], asked)
        if row is None:
            return None
        users = {each["external_id"]: user_of(each) for each in row["users"]}
        return project_of(row), [users.get(key) for key in external_ids]

    async def page(self, window: Window) -> Page[Project]:
        return await paged(self._block, _PROJECTS, window)


class ProjectWrites(Projects):
    async def put(self, project: Project) -> None:
        self._block.demand(project=project.id, user=None)
        await place(self._block, CYPHER["project_put"], project_values(project))


class Vocabularies:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def page(self, window: Window, *, project: ProjectId) -> Page[VocabularyTerm]:
        return await paged(self._block, _VOCABULARY, window, {"project": project})

    async def terms(self, project: ProjectId) -> list[VocabularyTerm]:
        rows = await self._block.rows(CYPHER["vocabulary_terms"], {"project": project})
        return [term_of(row) for row in rows]


class VocabularyWrites(Vocabularies):
    async def replace(self, project: ProjectId, terms: Sequence[VocabularyTerm]) -> None:
        self._block.demand(project=project, user=None)
        values = [{**term_values(term), "aliases": list(term.aliases)} for term in terms]
        await self._block.rows(CYPHER["vocabulary_drop"], {"project": project})
        await self._block.rows(CYPHER["vocabulary_put"], {"project": project, "terms": values})


class Members:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[MemberId]) -> list[Member | None]:
        return await by_ids(self._block, CYPHER["members_by_ids"], ids, member_of)

    async def page(self, window: Window) -> Page[Member]:
        return await paged(self._block, _MEMBERS, window)


class MemberWrites(Members):
    async def put(self, member: Member) -> None:
        await self._block.rows(CYPHER["member_put"], {"values": member_values(member)})


class Keys:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[KeyId]) -> list[ApiKey | None]:
        return await by_ids(self._block, CYPHER["keys_by_ids"], ids, key_of)

    async def page(self, window: Window) -> Page[ApiKey]:
        return await paged(self._block, _KEYS, window)


class KeyWrites(Keys):
    async def put(self, key: ApiKey) -> None:
        """Raises NotFound where the key, or the one it replaces, is not within what the principal itself may do."""
        if not is_within(key, self._block.principal):
            raise errors.NotFound
        await place(self._block, CYPHER["key_put"], _key_values(key))


def _key_values(key: ApiKey) -> dict[str, Any]:
    """Its projects as a list, which statements compare; with SQLite's names for what the scope names as well undone."""
    values: dict[str, Any] = {**key_values(key)}
    values["end_user"] = values.pop("key_user")
    del values["key_projects"]
    return values | {"projects": None if key.projects is None else sorted(key.projects)}
