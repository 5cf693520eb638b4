"""Subscriptions over HTTP: server-sent events and multipart, and how they end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.api.edge_world import World, a_world

EVENTS = "text/event-stream"
MULTIPART = 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json'


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as world:
        yield world


def events(text: str) -> list[Any]:
    """Payloads of `next` events, and the word "complete"."""
    told = []
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if lines[0] == "event: next":
            told.append(json.loads(lines[1].removeprefix("data: ")))
        elif lines[0] == "event: complete":
            told.append("complete")
        else:
            assert lines == [":"]
    return told


def parts(text: str) -> list[Any]:
    """Bodies of the parts of a multipart answer; the boundary closes it."""
    first, *rest, last = text.split("--graphql")
    assert (first, last) == ("", "--\r\n")
    bodies = []
    for part in rest:
        headers, body = part.split("\r\n\r\n", 1)
        assert headers == "\r\nContent-Type: application/json; charset=utf-8"
        bodies.append(json.loads(body))
    return bodies


async def test_a_subscription_as_events(world: World) -> None:
    response = await world.ask("subscription { count(to: 2) }", accept=EVENTS)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events(response.text) == [{"data": {"count": 1}}, {"data": {"count": 2}}, "complete"]


async def test_a_subscription_in_parts(world: World) -> None:
    response = await world.ask("subscription { count(to: 2) }", accept=MULTIPART)
    assert response.headers["content-type"].startswith("multipart/mixed")
    assert parts(response.text) == [{"payload": {"data": {"count": 1}}}, {"payload": {"data": {"count": 2}}}]


async def test_json_first_and_a_stream_where_it_is_needed(world: World) -> None:
    accept = f"application/json, {EVENTS}"
    assert (await world.ask("{ actor }", accept=accept)).headers["content-type"].startswith("application/json")
    assert (await world.ask("subscription { count }", accept=accept)).headers["content-type"].startswith(EVENTS)


async def test_a_query_as_events_is_one_event(world: World) -> None:
    response = await world.ask("{ thing { name } }", accept=EVENTS)
    assert events(response.text) == [{"data": {"thing": {"name": "a"}}}, "complete"]


async def test_a_subscription_over_get(world: World) -> None:
    response = await world.http.get(
        "/graphql", params={"query": "subscription { count(to: 1) }"}, headers={**world.auth, "accept": EVENTS}
    )
    assert events(response.text) == [{"data": {"count": 1}}, "complete"]


@pytest.mark.parametrize("query", ["subscription { nonsense }", "{", "subscription($n: Int!) { count(to: $n) }"])
async def test_what_will_not_run_is_told_in_the_stream(world: World, query: str) -> None:
    response = await world.ask(query, accept=EVENTS)
    assert response.status_code == 200
    refused, complete = events(response.text)
    assert list(refused) == ["errors"]
    assert complete == "complete"


async def test_a_subscription_that_breaks_is_told_and_ends(world: World) -> None:
    response = await world.ask("subscription { broken }", accept=EVENTS)
    first, broken, complete = events(response.text)
    assert first == {"data": {"broken": 1}}
    assert broken["errors"][0]["message"] == "it broke"
    assert complete == "complete"


async def opened(
    world: World, stack: AsyncExitStack, accept: str = EVENTS
) -> tuple[httpx.Response, AsyncIterator[str]]:
    """A stream that has told its first event and has no end of its own."""
    body, headers = {"query": "subscription { forever }"}, {**world.auth, "accept": accept}
    response = await stack.enter_async_context(world.http.stream("POST", "/graphql", json=body, headers=headers))
    text = response.aiter_text()
    while "forever" not in await anext(text):
        pass
    return response, text


async def test_a_client_that_leaves_ends_the_subscription(world: World) -> None:
    async with AsyncExitStack() as stack:
        await opened(world, stack)
        assert world.ran == ["forever starts"]
    await world.until_ran("forever starts", "forever ends")


@pytest.mark.parametrize("accept", [EVENTS, MULTIPART])
async def test_r4_21_a_revoked_key_ends_the_stream_within_a_second(world: World, accept: str) -> None:
    async with AsyncExitStack() as stack:
        _, text = await opened(world, stack, accept)
        world.keys.revoke()
        world.clock.forward(0.6)
        async with asyncio.timeout(1):
            rest = "".join([piece async for piece in text])
    assert '"code":"unauthenticated"' in rest
    assert rest.endswith("event: complete\ndata:\n\n" if accept == EVENTS else "--graphql--\r\n")
    assert world.ran == ["forever starts", "forever ends"]


async def test_a_server_that_stops_ends_its_streams_in_order(world: World) -> None:
    async with AsyncExitStack() as stack:
        _, text = await opened(world, stack)
        stopping = asyncio.ensure_future(world.stop())
        async with asyncio.timeout(5):
            rest = "".join([piece async for piece in text])
            await stopping
    assert '"code":"unavailable"' in rest
    assert rest.endswith("event: complete\ndata:\n\n")
    assert world.ran == ["forever starts", "forever ends"]
