"""Users, agents, sessions and sources."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import AgentId, ProjectId, SessionId, UserId
from app.domain.query import Window
from tests.builders import NOON, PROJECT, a_principal, a_project, a_session, a_source, a_user, an_agent
from tests.contracts.conftest import WholeStore

US = a_principal()
ADA, BEN = UserId("usr_1"), UserId("usr_2")


async def test_people_and_sources_come_back_as_they_were_put(store: WholeStore) -> None:
    user = a_user(metadata={"plan": "pro", "seats": [1, 2]}, name=None)
    session = a_session(user=ADA, started_at=None)
    source = a_source(user=ADA, title=None)
    async with store.write(US) as uow:
        await uow.users.put(user)
        await uow.agents.put(an_agent())
        await uow.sessions.put(session)
        await uow.sources.put(source)
    async with store.read(US) as reader:
        assert await reader.users.get_many([ADA, BEN, ADA]) == [user, None, user]
        assert await reader.agents.get_many([AgentId("agt_1")]) == [an_agent()]
        assert await reader.sessions.get_many([session.id]) == [session]
        assert await reader.sources.get_many([source.id]) == [source]


async def test_external_ids_are_looked_up_in_order_and_inside_their_project(store: WholeStore) -> None:
    ben = a_user(id=BEN, external_id="ben")
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.users.put(ben)
        await uow.users.put(a_user(id=UserId("usr_3"), project=ProjectId("prj_2"), external_id="ada"))
        await uow.agents.put(an_agent())
        assert await uow.users.by_external(PROJECT, ["ben", "eve", "ada"]) == [ben, None, a_user()]
        await uow.projects.put(a_project())
        assert await uow.projects.with_users("default", ["ben", "eve", "ada"]) == (a_project(), [ben, None, a_user()])
        assert await uow.projects.with_users("default", []) == (a_project(), [])
        assert await uow.projects.with_users("nope", ["ben"]) is None
        assert await uow.agents.by_external(PROJECT, ["helper", "x"]) == [an_agent(), None]
    async with store.read(replace(US, end_user=BEN)) as reader:
        assert await reader.projects.with_users("default", ["ben", "ada"]) == (a_project(), [ben, None])


async def test_an_external_id_is_taken_once_in_a_project(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user())
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.users.put(a_user(id=BEN))


async def test_sessions_of_one_name_belong_to_different_users(store: WholeStore) -> None:
    nobodys, adas = a_session(), a_session(id=SessionId("ses_2"), user=ADA)
    async with store.write(US) as uow:
        await uow.sessions.put(nobodys)
        await uow.sessions.put(adas)
    async with store.read(US) as reader:
        assert await reader.sessions.by_external(PROJECT, None, ["monday"]) == [nobodys]
        assert await reader.sessions.by_external(PROJECT, ADA, ["monday", "tuesday"]) == [adas, None]
        assert await reader.sessions.by_external(PROJECT, BEN, ["monday"]) == [None]
        assert await reader.sessions.called(PROJECT, ["monday"]) == [nobodys, adas]
        page = await reader.sessions.page(Window(limit=9), project=PROJECT, user=ADA)
        assert [row.item for row in page.rows] == [adas]
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.sessions.put(a_session(id=SessionId("ses_3")))


async def test_a_source_is_found_by_its_uri_project_and_user(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.sources.put(a_source())
    async with store.read(US) as reader:
        assert await reader.sources.by_uri(PROJECT, None, a_source().uri) == a_source()
        assert await reader.sources.by_uri(PROJECT, ADA, a_source().uri) is None
        assert await reader.sources.by_uri(ProjectId("prj_2"), None, a_source().uri) is None


async def test_lists_are_oldest_first_and_narrowed_by_project(store: WholeStore) -> None:
    older = a_user(id=BEN, external_id="ben", created_at=NOON - timedelta(hours=1))
    elsewhere = a_user(id=UserId("usr_3"), project=ProjectId("prj_2"), created_at=NOON + timedelta(hours=1))
    async with store.write(US) as uow:
        for user in (a_user(), older, elsewhere):
            await uow.users.put(user)
    async with store.read(US) as reader:
        everyone = await reader.users.page(Window(limit=9), project=None)
        assert [row.item for row in everyone.rows] == [older, a_user(), elsewhere]
        of_project = await reader.users.page(Window(limit=9), project=PROJECT)
        assert [row.item for row in of_project.rows] == [older, a_user()]


async def test_a_removed_user_is_gone(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.users.remove(ADA)
        assert await uow.users.get_many([ADA]) == [None]
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.users.remove(ADA)
