"""Webhooks in the record: kept as they are, listed by project, and those that have not heard the news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import OrganizationId, ProjectId, WebhookId
from app.domain.keys import Dialect
from app.domain.principal import Only
from app.domain.query import Window
from tests.builders import NOON, PROJECT, a_principal, a_project, a_webhook, an_event, an_organization
from tests.contracts.conftest import WholeStore

US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"))
ONE, TWO = WebhookId("whk_1"), WebhookId("whk_2")
FULL = a_webhook(
    id=TWO,
    events=("*", "memory.created"),
    description="All that happens",
    headers=(("Authorization", "Bearer x"), ("X-Empty", "")),
    active=False,
    form=Dialect.MEMSOLUS,
    heard=7,
    created_at=NOON + timedelta(hours=1),
)


async def test_they_come_back_as_they_were_put(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.webhooks.put_many([a_webhook(), FULL])
        assert await uow.webhooks.get_many([TWO, ONE]) == [FULL, a_webhook()]
    changed = replace(FULL, url="https://other.example/in", active=True, description=None, headers=(), heard=9)
    async with store.write(US) as uow:
        await uow.webhooks.put_many([changed])
        await uow.webhooks.put_many([])
    async with store.read(US) as reader:
        assert await reader.webhooks.get_many([TWO, WebhookId("whk_9")]) == [changed, None]


async def test_a_page_has_those_of_a_project_newest_first(store: WholeStore) -> None:
    other = a_webhook(id=WebhookId("whk_3"), project=ProjectId("prj_2"))
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.webhooks.put_many([a_webhook(), FULL, other])
    async with store.read(US) as reader:
        first = await reader.webhooks.page(Window(limit=1), project=PROJECT)
        assert ([row.item for row in first.rows], first.more) == ([FULL], True)
        rest = await reader.webhooks.page(Window(limit=9, position=first.rows[0].position), project=PROJECT)
        assert ([row.item for row in rest.rows], rest.more) == ([a_webhook()], False)


async def test_what_is_removed_is_gone(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.webhooks.put_many([a_webhook(), FULL])
        assert await uow.webhooks.remove([TWO, WebhookId("whk_9")]) == 1
        assert await uow.webhooks.remove([]) == 0
    async with store.read(US) as reader:
        assert await reader.webhooks.get_many([ONE, TWO]) == [a_webhook(), None]


async def test_those_that_have_not_heard_the_news(store: WholeStore) -> None:
    later, deaf = a_webhook(id=TWO, heard=1), a_webhook(id=WebhookId("whk_3"), active=False)
    async with store.write(US) as uow:
        await uow.webhooks.put_many([later, a_webhook(), deaf])
        assert await uow.webhooks.behind(limit=9) == []
    assert await store.tenants_with_news(limit=9) == []
    async with store.write(US) as uow:
        uow.emit(an_event())
        uow.emit(an_event())
    assert await store.tenants_with_news(limit=9) == [US.tenant]
    async with store.read(US) as reader:
        assert await reader.webhooks.behind(limit=9) == [a_webhook(), later]
        assert await reader.webhooks.behind(limit=1) == [a_webhook()]
    async with store.write(US) as uow:
        await uow.webhooks.put_many([replace(each, heard=2) for each in (later, a_webhook())])
        assert await uow.webhooks.behind(limit=9) == []
    assert await store.tenants_with_news(limit=9) == []


async def test_news_of_one_tenant_is_none_of_another(store: WholeStore) -> None:
    await store.found(an_organization(id=THEM.tenant, name="Theirs"))
    for principal in (US, THEM):
        async with store.write(principal) as uow:
            await uow.webhooks.put_many([a_webhook()])
    async with store.write(THEM) as uow:
        uow.emit(an_event())
    assert await store.tenants_with_news(limit=9) == [THEM.tenant]
    async with store.write(US) as uow:
        uow.emit(an_event())
    assert await store.tenants_with_news(limit=9) == [US.tenant, THEM.tenant]
    assert await store.tenants_with_news(limit=1) == [US.tenant]


async def test_one_out_of_sight_is_neither_taken_nor_moved(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.webhooks.put_many([a_webhook()])
    elsewhere = replace(US, visible=Only(frozenset({ProjectId("prj_2")})))
    for attempt in (a_webhook(), a_webhook(project=ProjectId("prj_2"))):
        async with store.write(elsewhere) as uow:
            with pytest.raises(errors.NotFound):
                await uow.webhooks.put_many([attempt])
    async with store.read(US) as reader:
        assert await reader.webhooks.get_many([ONE]) == [a_webhook()]
