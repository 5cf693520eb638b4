"""PyPI gql: queries and mutations over aiohttp and httpx, and everything over two WebSocket transports.

`tests/conformance/run` starts the server and says in the environment where it is.
"""

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
from gql import Client, GraphQLRequest, gql
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.async_transport import AsyncTransport
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import OperationDefinitionNode, parse, print_ast

URL, SOCKET, KEY = (os.environ[name] for name in ("GRAPHQL", "WEBSOCKET", "KEY"))
BAD_KEY = "mng_0000000000000000000000000_wrong"
STATES = ["PENDING", "PROCESSING", "COMPLETED"]

Make: TypeAlias = Callable[[str], AsyncTransport]


def _documents() -> dict[str, str]:
    written = parse((Path(__file__).parents[1] / "operations.graphql").read_text("utf-8"))
    named = [each for each in written.definitions if isinstance(each, OperationDefinitionNode) and each.name]
    return {each.name.value: print_ast(each) for each in named if each.name}


DOCUMENTS = _documents()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def over_aiohttp(key: str) -> AsyncTransport:
    return AIOHTTPTransport(URL, headers=_bearer(key))


def over_httpx(key: str) -> AsyncTransport:
    return HTTPXAsyncTransport(URL, headers=_bearer(key))


def over_websockets(key: str) -> AsyncTransport:
    return WebsocketsTransport(SOCKET, init_payload=_bearer(key), subprotocols=["graphql-transport-ws"])


def over_aiohttp_websockets(key: str) -> AsyncTransport:
    return AIOHTTPWebsocketsTransport(SOCKET, init_payload=_bearer(key), subprotocols=["graphql-transport-ws"])


SOCKETS = [over_websockets, over_aiohttp_websockets]
EVERY = [over_aiohttp, over_httpx, *SOCKETS]


def asked(name: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(DOCUMENTS[name], variable_values=variables)


class Talk:
    """A client in a project of its own."""

    def __init__(self, session: AsyncClientSession, stack: AsyncExitStack) -> None:
        self.session, self._stack = session, stack
        self.slug = f"gql-{uuid4().hex[:8]}"

    async def ask(self, name: str, **variables: Any) -> Any:
        """The one field of the answer; a mutation must have done what it was asked."""
        data = await self.session.execute(asked(name, **variables))
        (payload,) = data.values()
        assert payload.get("userErrors", []) == []
        return payload

    async def watch(self, name: str, **variables: Any) -> AsyncIterator[Any]:
        """What a subscription tells, until the test ends."""
        updates = await self._stack.enter_async_context(aclosing(self.session.subscribe(asked(name, **variables))))
        return (next(iter(told.values())) async for told in updates)

    async def add(self, text: str, *tags: str) -> str:
        given = {"project": self.slug, "mode": "VERBATIM", "text": text, "tags": list(tags)}
        memory: str = (await self.ask("AddMemory", input=given))["memory"]["id"]
        return memory

    async def converse(self, lines: int) -> str:
        messages = [
            {"text": f"On day {n} Maya Chen told Tomas Berg in Oslo that she prefers route {n}.", "name": "Maya Chen"}
            for n in range(lines)
        ]
        given = {"project": self.slug, "session": uuid4().hex, "messages": messages}
        job: str = (await self.ask("AddConversation", input=given))["job"]["id"]
        return job


@pytest.fixture
async def talk(make: Make) -> AsyncIterator[Talk]:
    async with Client(transport=make(KEY)) as session, AsyncExitStack() as stack:
        talk = Talk(session, stack)
        await talk.ask("CreateProject", slug=talk.slug)
        yield talk


@pytest.mark.parametrize("make", EVERY)
async def test_a_query(talk: Talk) -> None:
    assert "MEMORY_READ" in (await talk.ask("Viewer"))["permissions"]


@pytest.mark.parametrize("make", EVERY)
async def test_a_mutation_and_a_query_that_sees_it(talk: Talk) -> None:
    memory = await talk.add("The ferry leaves at nine", "ferry")
    assert await talk.ask("Memory", id=memory) == {
        "id": memory,
        "text": "The ferry leaves at nine",
        "tags": ["ferry"],
        "project": {"slug": talk.slug},
    }


@pytest.mark.parametrize("make", EVERY)
async def test_the_schema_is_fetched_and_documents_are_checked_against_it(make: Make) -> None:
    async with Client(transport=make(KEY), fetch_schema_from_transport=True) as session:
        for document in DOCUMENTS.values():
            session.client.validate(gql(document))


@pytest.mark.parametrize("make", SOCKETS)
async def test_job_status_tells_the_state_then_each_change_and_ends_with_the_job(talk: Talk) -> None:
    job = await talk.converse(20)
    seen = [update["job"]["state"] async for update in await talk.watch("JobStatus", id=job)]
    assert seen[-1] == "COMPLETED"
    assert len(seen) > 1
    assert seen == sorted(seen, key=STATES.index)


@pytest.mark.parametrize("make", SOCKETS)
async def test_jobs_tells_those_that_are_open_then_each_that_changes(talk: Talk) -> None:
    earlier = await talk.converse(40)
    updates = await talk.watch("Jobs", project=talk.slug)
    assert (await anext(updates))["job"]["id"] == earlier
    later = await talk.converse(2)
    ended: set[str] = set()
    while ended != {earlier, later}:
        job = (await anext(updates))["job"]
        assert job["id"] in (earlier, later)
        if job["state"] == "COMPLETED":
            ended.add(job["id"])


@pytest.mark.parametrize("make", SOCKETS)
async def test_memory_events_tells_the_revision_then_each_change_that_the_filter_picks(talk: Talk) -> None:
    picked = {"events": ["CREATED", "FORGOTTEN"], "tags": ["watched"]}
    updates = await talk.watch("MemoryEvents", project=talk.slug, filter=picked)
    present = await anext(updates)
    await talk.add("Nobody watches this", "other")
    memory = await talk.add("The ferry leaves at nine", "watched")
    created = await anext(updates)
    await talk.ask("ForgetMemory", id=memory)
    forgotten = await anext(updates)
    assert [each["kind"] for each in (present, created, forgotten)] == [None, "CREATED", "FORGOTTEN"]
    assert [each["memoryId"] for each in (present, created, forgotten)] == [None, memory, memory]
    assert created["memory"]["text"] == "The ferry leaves at nine"
    assert present["revision"] < created["revision"] < forgotten["revision"]


@pytest.mark.parametrize("make", SOCKETS)
async def test_graph_changes_tells_the_revision_then_entities_and_links(talk: Talk) -> None:
    updates = await talk.watch("GraphChanges", project=talk.slug)
    assert (await anext(updates))["kind"] is None
    source = await talk.add("Ingrid Solberg works at Nordlys Robotics in Bergen")
    target = await talk.add("The lighthouse is painted red every third summer")
    await talk.ask("LinkMemories", source=source, target=target)
    linked: set[str] = set()
    names: set[str] = set()
    while not linked or "Ingrid Solberg" not in names:
        match await anext(updates):
            case {"kind": "MEMORY_LINKED", "nodeId": node}:
                linked.add(node)
            case {"kind": "ENTITY_CREATED", "node": {"name": name}}:
                names.add(name)
    assert linked <= {source, target}


@pytest.mark.parametrize("make", EVERY)
async def test_a_bad_operation_is_reported_and_the_next_is_answered(talk: Talk) -> None:
    with pytest.raises(TransportQueryError, match="nothingOfTheSort"):
        await talk.session.execute(gql("{ nothingOfTheSort }"))
    assert (await talk.ask("Viewer"))["actor"]


@pytest.mark.parametrize("make", SOCKETS)
async def test_a_subscription_that_fails_leaves_the_others_alone(talk: Talk) -> None:
    updates = await talk.watch("MemoryEvents", project=talk.slug, filter={"events": ["CREATED"]})
    assert (await anext(updates))["kind"] is None
    with pytest.raises(TransportQueryError, match="no such job"):
        await anext(await talk.watch("JobStatus", id="job_00000000000000000000000000"))
    memory = await talk.add("Still here")
    assert (await anext(updates))["memoryId"] == memory


@pytest.mark.parametrize("make", EVERY)
async def test_a_bad_key_is_refused(make: Make) -> None:
    with pytest.raises(TransportError) as refused:
        async with Client(transport=make(BAD_KEY)) as session:
            await session.execute(asked("Viewer"))
    # The aiohttp WebSocket transport keeps the code of the close to itself.
    assert re.search("unauthenticated|4403|^Connection was closed$", " ".join(_chain(refused.value)))


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__
