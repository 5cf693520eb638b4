"""graphql-transport-ws: who may greet, what a message does, and what ends the socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.edge.lean_socket import LeanSocket
from app.edge.options import EdgeOptions
from tests.api.edge_world import World, a_world, greeted

ORIGIN = "https://app.example.org"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world(EdgeOptions(cors_origins=(ORIGIN,), max_subscriptions=3, message_limit=10_000)) as world:
        yield world


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def subscribe(socket: ClientConnection, id_: str, query: str, **more: Any) -> None:
    await say(socket, id=id_, type="subscribe", payload={"query": query, **more})


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return json.loads(await socket.recv())


async def close_code(socket: ClientConnection) -> int:
    """The code it closes with; nothing else may be said before."""
    with pytest.raises(ConnectionClosed) as caught:
        async with asyncio.timeout(7):
            await socket.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


async def still_answers(socket: ClientConnection) -> None:
    await subscribe(socket, "still", "{ actor }")
    assert (await hear(socket))["type"] == "next"
    assert await hear(socket) == {"id": "still", "type": "complete"}


async def test_operations_share_a_socket(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "a", "subscription { count(to: 2) }")
        assert await hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 1}}}
        assert await hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 2}}}
        assert await hear(socket) == {"id": "a", "type": "complete"}
        await subscribe(socket, "a", 'mutation { note(text: "x") }')
        assert await hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"note": "x"}}}
        assert await hear(socket) == {"id": "a", "type": "complete"}
        assert world.ran == ["note x"]


@pytest.mark.parametrize("payload", ["apiKey", "Authorization", "authorization", "X-API-Key"])
async def test_r4_65_the_key_may_come_in_connection_init(world: World, payload: str) -> None:
    value = f"Bearer {world.key}" if payload.lower() == "authorization" else world.key
    async with world.socket(key=False) as socket:
        await greeted(socket, {payload: value})
        await still_answers(socket)


@pytest.mark.parametrize("payload", [None, {}, {"apiKey": "wrong"}, {"apiKey": 5}, {"Authorization": "Basic x"}])
async def test_r4_65_no_good_key_closes_with_4403(world: World, payload: dict[str, Any] | None) -> None:
    async with world.socket(key=False) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await close_code(socket) == 4403


async def test_r4_65_who_does_not_greet_within_five_seconds_is_closed_with_4408(world: World) -> None:
    async with world.socket() as socket:
        assert await close_code(socket) == 4408


async def test_a_bad_key_in_the_headers_is_refused_before_there_is_a_socket(world: World) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await world.socket(key=False, headers={"authorization": "Bearer wrong"})
    assert caught.value.response.status_code == 401
    assert json.loads(caught.value.response.body or b"")["errors"][0]["extensions"]["code"] == "unauthenticated"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", f"{ORIGIN}.evil.example"])
async def test_r4_65_pages_of_other_origins_are_refused(world: World, origin: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await world.socket(origin=origin)
    assert caught.value.response.status_code == 403


async def test_r4_65_pages_of_this_origin_and_of_the_list_are_admitted(world: World) -> None:
    for origin in (world.url, ORIGIN, ORIGIN.upper(), f"{ORIGIN}:443"):
        async with world.socket(origin=origin) as socket:
            await greeted(socket)


async def test_r4_22_a_key_in_the_address_is_refused_and_not_logged(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(InvalidStatus) as caught:
        await world.socket(path="/graphql?apiKey=canary")
    assert caught.value.response.status_code == 400
    assert "socket.closed" in capsys.readouterr().out
    assert not [each for each in caplog.records if each.name.startswith("uvicorn") and "canary" in each.getMessage()]


async def test_there_is_one_address_for_sockets(world: World) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await world.socket(path="/elsewhere")
    assert caught.value.response.status_code == 404


@pytest.mark.parametrize("protocols", [None, ["graphql-ws"]])
async def test_other_protocols_close_with_4406(world: World, protocols: list[str] | None) -> None:
    async with world.socket(subprotocols=protocols) as socket:
        assert await close_code(socket) == 4406


async def test_a_subscription_before_the_greeting_closes_with_4401(world: World) -> None:
    async with world.socket() as socket:
        await subscribe(socket, "1", "{ actor }")
        assert await close_code(socket) == 4401


async def test_a_second_greeting_closes_with_4429(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await say(socket, type="connection_init")
        assert await close_code(socket) == 4429


async def test_an_id_in_use_closes_with_4409(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "subscription { forever }")
        assert (await hear(socket))["type"] == "next"
        await subscribe(socket, "1", "{ actor }")
        assert await close_code(socket) == 4409


@pytest.mark.parametrize("greets", [True, False])
@pytest.mark.parametrize(
    "message",
    ["5", "[]", "null", "nonsense", "{}", '{"type":"unknown"}', '{"type":5}', '{"type":"pong","type":"pong"}', b"{}"],
)
async def test_messages_outside_the_protocol_close_with_4400(
    world: World, message: str | bytes, *, greets: bool
) -> None:
    async with world.socket() as socket:
        if greets:
            await greeted(socket)
        await socket.send(message)
        assert await close_code(socket) == 4400


@pytest.mark.parametrize("message", ['{"type":"subscribe"}', '{"type":"subscribe","id":5}', '{"type":"complete"}'])
async def test_an_operation_without_an_id_closes_with_4400(world: World, message: str) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await socket.send(message)
        assert await close_code(socket) == 4400


BAD_PAYLOADS: list[Any] = [
    None,
    5,
    [],
    {},
    {"query": 5},
    {"query": "{"},
    {"query": "{ nonsense }"},
    {"query": "{ actor } { actor }"},
    {"query": "{ actor }", "operationName": "other"},
    {"query": "{ actor }", "variables": []},
    {"query": "subscription($n: Int!) { count(to: $n) }"},
    {"query": "query($n: Int!) { things(first: $n) { total } }"},
]


@pytest.mark.parametrize("payload", BAD_PAYLOADS, ids=str)
async def test_a_bad_operation_is_told_and_harms_no_other(world: World, payload: Any) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "good", "subscription { forever }")
        assert (await hear(socket))["id"] == "good"
        await say(socket, id="bad", type="subscribe", payload=payload)
        told = await hear(socket)
        assert (told["id"], told["type"]) == ("bad", "error")
        assert all("code" in error["extensions"] for error in told["payload"])
        await still_answers(socket)
        world.halt.set()
        assert await hear(socket) == {"id": "good", "type": "next", "payload": {"data": {"forever": 1}}}
        assert await hear(socket) == {"id": "good", "type": "complete"}


async def test_a_subscription_that_breaks_ends_alone(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "subscription { broken }")
        assert (await hear(socket))["type"] == "next"
        told = await hear(socket)
        assert told["type"] == "error"
        assert told["payload"][0]["message"] == "it broke"
        await still_answers(socket)


async def test_complete_ends_the_operation_and_frees_its_id(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        for _ in range(2):
            await subscribe(socket, "1", "subscription { forever }")
            assert (await hear(socket))["type"] == "next"
            await say(socket, id="1", type="complete")
        await still_answers(socket)
    assert world.ran == ["forever starts", "forever ends"] * 2


async def test_completing_what_is_unknown_is_nothing(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await say(socket, id="never", type="complete")
        await still_answers(socket)


async def test_a_socket_that_stands_has_forgotten_its_headers(world: World) -> None:
    async with world.socket(headers={"x-request-id": "find-me-1"}) as socket:
        assert socket.response is not None
        assert socket.response.headers["x-request-id"] == "find-me-1"
        await greeted(socket)
        (held,) = [each for each in world.server.server_state.connections if isinstance(each, LeanSocket)]
        assert not held.request.headers
        assert not held.scope["headers"]
        await still_answers(socket)


async def test_pings_are_answered_at_any_time(world: World) -> None:
    async with world.socket() as socket:
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        await greeted(socket)
        await say(socket, type="ping", payload={"n": 1})
        assert await hear(socket) == {"type": "pong", "payload": {"n": 1}}
        await say(socket, type="pong")
        await still_answers(socket)


async def test_r4_65_operations_on_a_socket_are_limited(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        for number in range(3):
            await subscribe(socket, str(number), "subscription { forever }")
            assert (await hear(socket))["type"] == "next"
        await subscribe(socket, "one more", "subscription { forever }")
        told = await hear(socket)
        assert told["payload"][0]["extensions"]["code"] == "too_many_operations"
        await say(socket, id="0", type="complete")
        await still_answers(socket)


async def test_r4_65_messages_are_limited(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", f"{{ actor }} # {'x' * 11_000}")
        assert await close_code(socket) == 1009


async def test_r4_86_operations_on_a_socket_count_for_the_rate() -> None:
    async with a_world(EdgeOptions(rate_limit=3)) as world, world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "{ actor }")
        await hear(socket)
        await hear(socket)
        await subscribe(socket, "2", "{ actor }")
        await hear(socket)
        await hear(socket)
        await subscribe(socket, "3", "{ actor }")
        told = await hear(socket)
        assert told["payload"][0]["extensions"] == {"code": "rate_limited", "retryAfter": 20.0}
        world.clock.forward(20)
        await still_answers(socket)


async def test_r4_21_a_revoked_key_closes_its_sockets_within_a_second(world: World) -> None:
    other = world.keys.issue(2)
    async with world.socket() as socket, world.socket(key=False) as spared:
        await greeted(socket)
        await greeted(spared, {"apiKey": other})
        await subscribe(socket, "1", "subscription { forever }")
        assert (await hear(socket))["type"] == "next"
        world.keys.revoke()
        world.clock.forward(0.6)
        async with asyncio.timeout(1):
            assert await close_code(socket) == 4401
        await still_answers(spared)
    assert world.ran == ["forever starts", "forever ends"]


async def test_r4_65_an_expired_key_closes_its_socket(world: World) -> None:
    text = world.keys.issue(2, expires_at=world.clock.now() + timedelta(seconds=5))
    async with world.socket(key=False) as socket:
        await greeted(socket, {"apiKey": text})
        world.clock.forward(5)
        async with asyncio.timeout(1):
            assert await close_code(socket) == 4401


async def test_a_client_that_leaves_ends_its_operations(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "subscription { forever }")
        assert (await hear(socket))["type"] == "next"
        socket.transport.abort()
    await world.until_ran("forever starts", "forever ends")


async def test_a_server_that_stops_tells_its_sockets(world: World) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "subscription { forever }")
        assert (await hear(socket))["type"] == "next"
        stopping = asyncio.ensure_future(world.stop())
        assert await close_code(socket) in {1001, 1012}
        await stopping
    assert world.ran == ["forever starts", "forever ends"]


async def test_an_operation_past_its_time_ends_alone() -> None:
    async with a_world(EdgeOptions(request_timeout=0.05)) as world, world.socket() as socket:
        await greeted(socket)
        await subscribe(socket, "1", "{ slow }")
        told = await hear(socket)
        assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "timeout")
        await still_answers(socket)
