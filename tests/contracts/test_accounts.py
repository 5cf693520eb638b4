"""Tenant, projects, members and keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import KeyId, OrganizationId, ProjectId
from app.domain.principal import Only
from app.domain.query import Window
from tests.builders import NOON, PROJECT, a_key, a_member, a_principal, a_project, an_organization
from tests.contracts.conftest import WholeStore

US = a_principal()
OTHER = ProjectId("prj_2")


async def test_a_tenant_knows_itself(store: WholeStore) -> None:
    async with store.read(US) as reader:
        assert await reader.organization.get() == an_organization()


async def test_a_project_comes_back_as_it_was_put(store: WholeStore) -> None:
    project = a_project(description="All of it", updated_at=NOON + timedelta(hours=1))
    async with store.write(US) as uow:
        await uow.projects.put(project)
    async with store.read(US) as reader:
        assert await reader.projects.get_many([OTHER, PROJECT]) == [None, project]
        assert await reader.projects.by_slug("default") == project
        assert await reader.projects.by_slug("nope") is None


async def test_putting_a_project_again_replaces_it(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.projects.put(a_project(name="Renamed", slug="renamed"))
    async with store.read(US) as reader:
        assert await reader.projects.by_slug("default") is None
        assert await reader.projects.get_many([PROJECT]) == [a_project(name="Renamed", slug="renamed")]


async def test_a_slug_is_taken_once_in_a_tenant(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.projects.put(a_project(id=OTHER))
    async with store.write(a_principal(tenant=OrganizationId("org_2"))) as uow:
        await uow.projects.put(a_project(id=OTHER))


async def test_projects_are_listed_oldest_first(store: WholeStore) -> None:
    older = a_project(id=OTHER, slug="older", created_at=NOON - timedelta(days=1))
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.projects.put(older)
    async with store.read(US) as reader:
        page = await reader.projects.page(Window(limit=1))
        assert ([row.item for row in page.rows], page.more) == ([older], True)
    async with store.read(replace(US, visible=Only(frozenset({PROJECT})))) as reader:
        page = await reader.projects.page(Window(limit=5))
        assert ([row.item for row in page.rows], page.more) == ([a_project()], False)


async def test_a_member_comes_back_as_it_was_put(store: WholeStore) -> None:
    member = a_member(email=None, active=False)
    async with store.write(US) as uow:
        await uow.members.put(member)
    async with store.read(US) as reader:
        assert await reader.members.get_many([member.id]) == [member]
        assert [row.item for row in (await reader.members.page(Window(limit=5))).rows] == [member]


async def test_a_key_comes_back_as_it_was_put(store: WholeStore) -> None:
    key = a_key(
        projects=frozenset({PROJECT, OTHER}),
        member=a_member().id,
        expires_at=NOON + timedelta(days=1),
        revoked_at=NOON,
        last_used_at=NOON,
    )
    async with store.write(US) as uow:
        await uow.keys.put(key)
    async with store.read(US) as reader:
        assert await reader.keys.get_many([key.id]) == [key]


async def test_keys_are_listed_newest_first(store: WholeStore) -> None:
    newer = a_key(id=KeyId("key_2"), created_at=NOON + timedelta(days=1), revoked_at=NOON + timedelta(days=2))
    async with store.write(US) as uow:
        await uow.keys.put(a_key())
        await uow.keys.put(newer)
    async with store.read(US) as reader:
        assert [row.item for row in (await reader.keys.page(Window(limit=5))).rows] == [newer, a_key()]


async def test_who_sees_some_projects_sees_and_makes_only_keys_within_those(store: WholeStore) -> None:
    within = a_key(id=KeyId("key_within"), projects=frozenset({PROJECT}))
    beyond = a_key(id=KeyId("key_beyond"), projects=frozenset({PROJECT, OTHER}))
    of_all = a_key(id=KeyId("key_of_all"))
    narrow = replace(US, visible=Only(frozenset({PROJECT})))
    async with store.write(US) as uow:
        for key in (within, beyond, of_all):
            await uow.keys.put(key)
    async with store.read(narrow) as reader:
        assert [row.item for row in (await reader.keys.page(Window(limit=5))).rows] == [within]
    for key in (beyond, of_all, replace(of_all, projects=frozenset({PROJECT}))):
        with pytest.raises(errors.NotFound):
            async with store.write(narrow) as uow:
                await uow.keys.put(key)


async def test_a_project_keeps_its_notes_its_revision_and_when_it_was_deleted(store: WholeStore) -> None:
    project = replace(a_project(), metadata={"git_remote": "https://x"}, revision=7, deleted_at=NOON)
    async with store.write(US) as uow:
        await uow.projects.put(project)
    async with store.read(US) as reader:
        assert await reader.projects.get_many([project.id]) == [project]
    async with store.write(US) as uow:
        await uow.projects.put(replace(project, metadata={}, deleted_at=None))
    async with store.read(US) as reader:
        assert await reader.projects.by_slug(project.slug) == replace(project, metadata={}, deleted_at=None)
