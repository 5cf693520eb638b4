"""What many watch in the same way is executed once, and only where they ask and see the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from app.domain.ids import KeyId
from app.domain.principal import Credential, Permission, Principal, Scope
from app.edge.strict_json import write_json
from resolvers.broadcast import Told
from tests.api.schema.world import World

PATIENCE = 5.0
EVENTS = "subscription { memoryEvents { revision kind memory { text project { slug } user { externalId } } } }"
GRAPH = "subscription { graphChanges { revision kind } }"


async def told(stream: AsyncIterator[Any]) -> Any:
    async with asyncio.timeout(PATIENCE):
        return await anext(stream)


async def told_together(
    world: World, watchers: Sequence[tuple[str, dict[str, Any], Principal]], text: str = "said to all"
) -> list[Any]:
    """What each watcher is told of one new memory."""
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(world.watch(query, variables, principal=principal))
            for query, variables, principal in watchers
        ]
        states = await asyncio.gather(*map(told, streams))
        assert len(set(map(id, states))) == len(states)  # the present state is each one's own
        await world.add(text, user="ada")
        return list(await asyncio.gather(*map(told, streams)))


async def test_all_who_ask_and_see_the_same_are_told_one_result(world: World) -> None:
    first = world.principal(Scope.READ)
    second = replace(first, actor="another", credential=Credential(key=KeyId("key_another")))
    one, two = await told_together(world, [(EVENTS, {}, first), (EVENTS, {}, second)])
    assert one is two
    assert one.body is two.body


async def test_a_shared_payload_is_what_a_lone_execution_gives(world: World) -> None:
    principal = world.principal()
    named = EVENTS.replace("subscription", "subscription Alone")
    shared, _, alone = await told_together(
        world, [(EVENTS, {}, principal), (EVENTS, {}, principal), (named, {}, principal)]
    )
    assert alone is not shared
    assert shared.body == alone.body == write_json({"data": alone.data})


async def test_r4_8_nothing_is_shared_with_another_sight(world: World) -> None:
    project = (await world.add("before", user="ada"))["project"]["id"]
    ada = (await world.add("known", user="ada"))["user"]["id"]
    principal = world.principal(Scope.READ)
    sights = [
        principal,
        world.principal(Scope.READ, projects=[project]),
        world.principal(Scope.READ, user=ada),
        replace(principal, permissions=frozenset({Permission.MEMORY_READ, Permission.KEY_READ})),
    ]
    results = await told_together(world, [(EVENTS, {}, sight) for sight in sights])
    assert len(set(map(id, results))) == len(sights)
    assert {result.body for result in results} == {results[0].body}


async def test_r4_8_each_tenant_is_told_its_own_change(world: World) -> None:
    add = 'mutation { addMemory(input: {text: "%s", mode: VERBATIM}) { userErrors { code } } }'
    theirs = world.principal(tenant="org_theirs")
    await world.ask('mutation { createProject(input: {slug: "default"}) { userErrors { code } } }', principal=theirs)
    watch = "subscription { memoryEvents { memory { text } } }"
    async with world.watch(watch) as ours, world.watch(watch, principal=theirs) as other:
        await told(ours)
        await told(other)
        await world.ask(add % "ours")
        await world.ask(add % "theirs", principal=theirs)
        assert (await told(ours)).data == {"memoryEvents": {"memory": {"text": "ours"}}}
        assert (await told(other)).data == {"memoryEvents": {"memory": {"text": "theirs"}}}


@pytest.mark.parametrize(
    ("query", "one", "other"),
    [
        (
            "subscription($on: Boolean!) { memoryEvents { kind revision @include(if: $on) } }",
            {"on": True},
            {"on": False},
        ),
        ("subscription($slug: String) { memoryEvents(project: $slug) { kind } }", {"slug": "default"}, {}),
    ],
)
async def test_nothing_is_shared_with_other_variables(
    world: World, query: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    principal = world.principal()
    first, second = await told_together(world, [(query, one, principal), (query, other, principal)])
    assert first is not second


async def test_nothing_is_shared_with_another_operation_of_the_document(world: World) -> None:
    both = "subscription A { memoryEvents { kind } } subscription B { memoryEvents { memory { text } } }"
    async with AsyncExitStack() as stack:
        streams = []
        for name in ("A", "B"):
            stream = await world.schema.stream(both, {}, world.context(), operation_name=name)
            streams.append(stream)
            stack.push_async_callback(stream.aclose)
            await told(stream)
        await world.add("said")
        assert [(await told(stream)).data for stream in streams] == [
            {"memoryEvents": {"kind": "CREATED"}},
            {"memoryEvents": {"memory": {"text": "said"}}},
        ]


async def test_a_change_is_read_once_for_all(world: World) -> None:
    async def reads(watchers: int) -> int:
        async with AsyncExitStack() as stack:
            streams = [await stack.enter_async_context(world.watch(EVENTS)) for _ in range(watchers)]
            for stream in streams:
                await told(stream)
            await world.add(f"for {watchers}", user="ada")
            world.store.reads = 0
            await asyncio.gather(*map(told, streams))
            return world.store.reads

    assert await reads(20) == await reads(1)


async def test_one_who_leaves_takes_nothing_from_the_others(world: World) -> None:
    async with world.watch(EVENTS) as stays:
        await told(stays)
        async with world.watch(EVENTS) as leaves:
            await told(leaves)
            first, second = asyncio.create_task(told(leaves)), asyncio.create_task(told(stays))
            await world.add("said")
            first.cancel()
            assert (await second).data["memoryEvents"]["memory"]["text"] == "said"
            await asyncio.wait([first])


async def test_errors_are_not_shared_and_carry_their_own_request(world: World) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("not for the client")

    world.services.live.memory = broken  # type: ignore[method-assign]
    async with AsyncExitStack() as stack:
        streams = []
        for number in range(2):
            context = world.context()
            context.request_id = f"req_{number}"
            stream = await world.schema.stream(EVENTS, {}, context)
            streams.append(stream)
            stack.push_async_callback(stream.aclose)
            await told(stream)
        await world.add("said")
        results = [await told(stream) for stream in streams]
    assert [error.extensions for result in results for error in result.errors] == [
        {"code": "internal", "id": "req_0"},
        {"code": "internal", "id": "req_1"},
    ]
    assert not any(isinstance(result, Told) for result in results)
