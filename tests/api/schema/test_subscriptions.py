"""Subscriptions: the state first, then each change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from app.domain.ids import JobId
from app.domain.principal import Scope
from app.domain.work import Job, JobState
from tests.api.schema.graph import small_graph
from tests.api.schema.world import World

PATIENCE = 5.0
EVENTS = (
    "subscription($project: String, $filter: MemoryEventFilter) { memoryEvents(project: $project, filter: $filter)"
    " { revision gap kind memoryId memory { text user { externalId } } } }"
)


async def following(stream: AsyncIterator[Any], field: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        result = await anext(stream)
    assert result.errors is None, result.errors
    return result.data[field]


async def a_job(world: World) -> str:
    data = await world.ask('mutation { addMemory(input: {text: "a text"}) { job { id } } }')
    id_: str = data["addMemory"]["job"]["id"]
    return id_


async def become(world: World, id_: str, **fields: Any) -> None:
    async with world.store.write(world.principal()) as uow:
        (job,) = await uow.jobs.get_many([JobId(id_)])
        assert isinstance(job, Job)
        await uow.jobs.put_many([replace(job, **fields)])


async def test_a_job_is_told_until_it_ends(world: World) -> None:
    id_ = await a_job(world)
    watch = "subscription($id: ID!) { jobStatus(id: $id) { gap job { state stage done total project { slug } } } }"
    async with world.watch(watch, {"id": id_}) as stream:
        first = await following(stream, "jobStatus")
        assert first["gap"] is False
        assert (first["job"]["state"], first["job"]["project"]) == ("PENDING", {"slug": "default"})
        await become(world, id_, state=JobState.PROCESSING, stage="reading", done=1, total=2)
        second = (await following(stream, "jobStatus"))["job"]
        assert (second["state"], second["stage"], second["done"], second["total"]) == ("PROCESSING", "reading", 1, 2)
        await become(world, id_, state=JobState.COMPLETED, stage="done", done=2, total=2)
        assert (await following(stream, "jobStatus"))["job"]["state"] == "COMPLETED"
        async with asyncio.timeout(PATIENCE):
            assert await anext(stream, None) is None
    assert len(world.bus) == 0


async def test_a_job_that_is_not_there_is_an_error(world: World) -> None:
    async with world.watch('subscription { jobStatus(id: "job_absent") { gap } }') as stream:
        result = await anext(stream)
        assert result.errors[0].extensions == {"code": "not_found"}
        assert await anext(stream, None) is None


async def test_all_jobs_of_a_project(world: World) -> None:
    open_job = await a_job(world)
    async with world.watch('subscription { jobs(project: "default") { gap job { id state } } }') as stream:
        first = await following(stream, "jobs")
        assert first == {"gap": False, "job": {"id": open_job, "state": "PENDING"}}
        await become(world, open_job, state=JobState.COMPLETED)
        assert (await following(stream, "jobs"))["job"] == {"id": open_job, "state": "COMPLETED"}


async def test_memories_are_told_in_order_and_the_present_first(world: World) -> None:
    before = await world.add("before")
    async with world.watch(EVENTS) as stream:
        present = await following(stream, "memoryEvents")
        assert {**present, "revision": 0} == {
            "revision": 0,
            "gap": False,
            "kind": None,
            "memoryId": None,
            "memory": None,
        }
        added = await world.add("after", user="ada")
        told = await following(stream, "memoryEvents")
        assert (told["kind"], told["memoryId"]) == ("CREATED", added["id"])
        assert told["memory"] == {"text": "after", "user": {"externalId": "ada"}}
        assert told["revision"] > present["revision"]
        await world.ask(
            "mutation($ids: [ID!]!) { forgetMemories(input: {ids: $ids}) { count } }", {"ids": [before["id"]]}
        )
        gone = await following(stream, "memoryEvents")
        assert (gone["kind"], gone["memoryId"]) == ("FORGOTTEN", before["id"])
        assert gone["revision"] > told["revision"]


async def test_only_the_changes_that_are_asked_for(world: World) -> None:
    await world.add("known", user="ada")
    wanted = {"project": "default", "filter": {"users": ["ada"], "events": ["CREATED"]}}
    async with world.watch(EVENTS, wanted) as stream:
        await following(stream, "memoryEvents")
        await world.add("about another", user="grace")
        mine = await world.add("about ada", user="ada")
        assert (await following(stream, "memoryEvents"))["memoryId"] == mine["id"]


async def test_a_user_who_is_not_known_yet_can_be_watched(world: World) -> None:
    async with world.watch(EVENTS, {"filter": {"users": ["newcomer"]}}) as stream:
        await following(stream, "memoryEvents")
        await world.add("about another", user="grace")
        mine = await world.add("hello", user="newcomer")
        assert (await following(stream, "memoryEvents"))["memoryId"] == mine["id"]


@pytest.mark.parametrize(
    ("filter_", "fitting"),
    [
        ({"tags": ["red", "green"]}, {"tags": ["green"]}),
        ({"categories": ["work"]}, {"categories": ["work", "home"]}),
        ({"types": ["Decision"]}, {"type": "decision"}),
        ({"kinds": ["SEMANTIC"]}, {"kind": "SEMANTIC"}),
        ({"sessions": ["s1"]}, {"session": "s1", "user": "ada"}),
        ({"agents": ["bot"]}, {"agent": "bot"}),
    ],
)
async def test_each_condition_of_the_filter_holds(
    world: World, filter_: dict[str, Any], fitting: dict[str, Any]
) -> None:
    async with world.watch(EVENTS, {"filter": filter_}) as stream:
        await following(stream, "memoryEvents")
        await world.add("something else", tags=["blue"], session="s2", agent="human", type="note", kind="EPISODIC")
        mine = await world.add("what is meant", **fitting)
        assert (await following(stream, "memoryEvents"))["memoryId"] == mine["id"]


async def test_r4_2_another_tenant_hears_nothing(world: World) -> None:
    theirs = world.principal(tenant="org_theirs")
    async with world.watch(EVENTS, principal=theirs) as stream:
        await following(stream, "memoryEvents")
        await world.add("ours")
        await world.ask(
            'mutation { createProject(input: {slug: "default"}) { userErrors { code } } }', principal=theirs
        )
        own = await world.ask(
            'mutation { addMemory(input: {text: "theirs", mode: VERBATIM}) { memory { id } } }', principal=theirs
        )
        assert (await following(stream, "memoryEvents"))["memoryId"] == own["addMemory"]["memory"]["id"]


async def test_the_graph_tells_of_links(world: World) -> None:
    graph = await small_graph(world)
    watch = "subscription { graphChanges { gap kind nodeId node { __typename ... on Memory { links { type } } } } }"
    async with world.watch(watch) as stream:
        assert (await following(stream, "graphChanges"))["kind"] is None
        await world.ask(
            "mutation($a: ID!, $b: ID!) { linkMemories(input: {links: [{source: $a, target: $b, type: SUPPORTS}]}) {"
            " userErrors { message } } }",
            {"a": graph.memories[0], "b": graph.memories[1]},
        )
        told = await following(stream, "graphChanges")
        assert (told["kind"], told["nodeId"]) == ("MEMORY_LINKED", graph.memories[0])
        assert told["node"] == {"__typename": "Memory", "links": [{"type": "SUPPORTS"}]}


async def test_a_stream_also_runs_queries_and_shows_errors(world: World) -> None:
    async with world.watch("{ viewer { actor } }") as stream:
        assert (await anext(stream)).data == {"viewer": {"actor": "tester"}}
    async with world.watch("subscription { nothing }") as stream:
        assert (await anext(stream)).errors[0].extensions["code"] == "bad_request"


async def test_watching_needs_the_permission(world: World) -> None:
    blind = replace(world.principal(Scope.READ), permissions=frozenset())
    for watch in (
        'subscription { jobStatus(id: "job_1") { gap } }',
        "subscription { jobs { gap } }",
        "subscription { memoryEvents { gap } }",
        "subscription { graphChanges { gap } }",
    ):
        async with world.watch(watch, principal=blind) as stream:
            result = await anext(stream)
            assert result.errors[0].extensions == {"code": "forbidden"}, watch


async def test_leaving_a_stream_ends_its_subscription(world: World) -> None:
    async with world.watch(EVENTS) as stream:
        await following(stream, "memoryEvents")
        assert len(world.bus) == 1
    async with asyncio.timeout(PATIENCE):
        while len(world.bus) > 0:  # noqa: ASYNC110 - the bus tells nobody who left
            await asyncio.sleep(0)
