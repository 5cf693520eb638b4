"""Many clients and several processes at once, on the real server: one effect, no lost update, no ghost, all told."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.acceptance.command_line import Child, furnished
from tests.acceptance.server import Server, running

pytestmark = pytest.mark.process

ADD = "mutation($i: AddMemoryInput!) { addMemory(input: $i) { created memory { id } job { id } userErrors { code } } }"
UPDATE = "mutation($i: UpdateMemoryInput!) { updateMemory(input: $i) { memory { version } userErrors { code } } }"
FORGET = "mutation($i: ForgetMemoriesInput!) { forgetMemories(input: $i) { count userErrors { code } } }"
WATCH = "subscription { memoryEvents { kind memory { text } } }"


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    with running(data) as server:
        yield server


class Client:
    def __init__(self, server: Server, http: httpx.AsyncClient, key: str) -> None:
        self._url, self._http, self._key = server.url, http, key

    async def ask(self, document: str, **variables: Any) -> Any:
        """The only field of the answer."""
        answer = await self._http.post(
            self._url,
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self._key}", "Accept": "application/json"},
        )
        body = answer.json()
        assert "errors" not in body, body
        (field,) = body["data"].values()
        return field


@asynccontextmanager
async def client_of(server: Server, key: str | None = None) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(timeout=60) as http:
        yield Client(server, http, key or server.key)


@asynccontextmanager
async def watching(server: Server, key: str) -> AsyncIterator[ClientConnection]:
    """A socket that watches memories and has been told the present."""
    address = server.url.replace("http", "ws", 1)
    async with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {"apiKey": key}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": WATCH}}))
        assert (await told(socket))["kind"] is None
        yield socket


async def told(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        event: dict[str, Any] = json.loads(await socket.recv())["payload"]["data"]["memoryEvents"]
    return event


async def test_r4_88_thirty_clients_with_one_idempotency_key_have_one_effect(server: Server) -> None:
    async with client_of(server) as client:
        given = {"text": "Once and only once.", "session": "s", "idempotencyKey": "k"}
        answers = await asyncio.gather(*(client.ask(ADD, i=given) for _ in range(30)))
        assert len({json.dumps(answer) for answer in answers}) == 1
        assert (await client.ask("{ memories { totalCount } }"))["totalCount"] == 1
        other = await client.ask(ADD, i={**given, "text": "Something else."})
        assert other["userErrors"] == [{"code": "conflict"}]


async def test_r4_90_of_twenty_writers_of_one_version_one_wins_and_none_is_lost(server: Server) -> None:
    async with client_of(server) as client:
        stored = await client.ask(ADD, i={"text": "The ferry leaves at nine.", "mode": "VERBATIM"})
        id_ = stored["memory"]["id"]
        assert await ended(client, stored["job"]["id"]) == "COMPLETED"

        async def write(number: int) -> int:
            while True:
                version = (await client.ask("query($i: ID!) { memory(id: $i) { version } }", i=id_))["version"]
                patch = {"id": id_, "expectedVersion": version, "tags": [f"writer {number}"]}
                answer = await client.ask(UPDATE, i=patch)
                if answer["userErrors"] == []:
                    return int(answer["memory"]["version"])
                assert answer["userErrors"] == [{"code": "conflict"}]

        versions = await asyncio.gather(*(write(number) for number in range(20)))
        assert len(set(versions)) == 20
        history = await client.ask(
            "query($i: ID!) { memory(id: $i) { versions(first: 100) { nodes { tags } } } }", i=id_
        )
        kept = {tag for version in history["versions"]["nodes"] for tag in version["tags"]}
        assert kept == {f"writer {number}" for number in range(20)}
        last = max(versions)
        patches = ({"id": id_, "expectedVersion": last, "importance": n / 20} for n in range(20))
        answers = await asyncio.gather(*(client.ask(UPDATE, i=patch) for patch in patches))
        assert sum(answer["userErrors"] == [] for answer in answers) == 1


async def ended(client: Client, job: str) -> str:
    """The state in which extraction ends; it writes versions of its own."""
    for _ in range(400):
        state: str = (await client.ask("query($i: ID!) { job(id: $i) { state } }", i=job))["state"]
        if state in {"COMPLETED", "FAILED"}:
            return state
        await asyncio.sleep(0.05)
    raise AssertionError("the job does not end")


async def test_what_is_erased_is_in_no_later_search(server: Server) -> None:
    async with client_of(server) as client:
        batch = [{"text": f"Heron number {n} stood at the quay."} for n in range(100)]
        adding = "mutation($i: AddMemoriesInput!) { addMemories(input: $i) { memories { id } job { id } } }"
        stored = await client.ask(adding, i={"memories": batch})
        ids = [memory["id"] for memory in stored["memories"]]
        gone: set[str] = set()
        erasing = True

        async def search() -> int:
            searches = 0
            while erasing or not searches:
                before = set(gone)
                found = await client.ask('{ search(query: "heron at the quay", first: 100) { nodes { id text } } }')
                assert before.isdisjoint(node["id"] for node in found["nodes"])
                searches += 1
            return searches

        searching = [asyncio.create_task(search()) for _ in range(4)]
        for start in range(0, 100, 10):
            await client.ask(FORGET, i={"ids": ids[start : start + 10], "erasure": "ERASE"})
            gone.update(ids[start : start + 10])
        erasing = False
        assert sum(await asyncio.gather(*searching)) >= 4
        assert await ended(client, stored["job"]["id"]) == "COMPLETED"
        assert (await client.ask("{ memories(filter: { life: ANY }) { totalCount } }"))["totalCount"] == 0


async def test_what_another_process_writes_is_told_to_the_watchers(server: Server, child: Child) -> None:
    async with watching(server, server.key) as socket:
        ended = await asyncio.to_thread(child, "add", "Tea at four.", "--mode", "verbatim", "--no-wait")
        assert ended.code == 0
        assert await told(socket) == {"kind": "CREATED", "memory": {"text": "Tea at four."}}


async def test_two_servers_on_one_folder_share_everything(server: Server, data: Path) -> None:
    with running(data, key=server.key) as second:
        async with client_of(server) as here, client_of(second, server.key) as there:
            async with watching(second, server.key) as socket:
                for number in range(5):
                    text = f"Note {number} of the first server."
                    await here.ask(ADD, i={"text": text, "mode": "VERBATIM"})
                    found = await there.ask(
                        "query($q: String!) { search(query: $q, first: 1) { nodes { text } } }", q=text
                    )
                    assert found["nodes"] == [{"text": text}]
                    while (event := await told(socket))["kind"] != "CREATED":
                        assert event["kind"] == "UPDATED"
                    assert event["memory"] == {"text": text}
            both = [client.ask(ADD, i={"text": f"Burst {n}."}) for n in range(20) for client in (here, there)]
            assert all(answer["userErrors"] == [] for answer in await asyncio.gather(*both))
            assert (await there.ask("{ memories { totalCount } }"))["totalCount"] == 25
        assert second.stop() == 0


async def test_ctrl_c_tells_sockets_and_streams_and_ends_well(tmp_path: Path, models: Path) -> None:
    with running(furnished(tmp_path / "data", models)) as server:
        headers = {"Authorization": f"Bearer {server.key}", "Accept": "text/event-stream"}
        async with watching(server, server.key) as socket, httpx.AsyncClient(timeout=30) as http:
            async with http.stream("POST", server.url, json={"query": WATCH}, headers=headers) as stream:
                lines = stream.aiter_lines()
                while not (await anext(lines)).startswith("data:"):
                    pass
                server.interrupt()
                rest = [line async for line in lines]
            assert rest[-3:] == ["event: complete", "data:", ""] or rest[-2:] == ["event: complete", "data:"]
            with pytest.raises(ConnectionClosed) as closed:
                await told(socket)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
        assert await asyncio.to_thread(server.ended) == 0
    assert "Traceback" not in (tmp_path / "server.log").read_text("utf-8")
