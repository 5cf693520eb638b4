"""A small schema behind the real edge on a real server: how the view behaves is independent of our schema."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import strawberry
from graphql import GraphQLError
from websockets.asyncio.client import ClientConnection, connect

from app.adapters.local_limiter import LocalLimiter
from app.adapters.runtime import OrderedIds
from app.domain import errors
from app.domain.principal import Principal
from app.edge.options import EdgeOptions
from app.edge.server import Server, server_config
from app.identity.authenticate import Authenticator
from app.metrics import Metrics
from app.web import Graph, Parts, Web, create_app
from resolvers.documents import Documents
from resolvers.socket import PROTOCOL
from tests.unit.identity.people import HandClock, ListedKeys


@dataclass
class TinyContext:
    principal: Principal
    ran: list[str]
    halt: asyncio.Event


STORE_IS_GONE = GraphQLError("the store does not answer", extensions={"code": "unavailable"})
Info = strawberry.Info[TinyContext, None]


@strawberry.type
class Thing:
    name: str

    @strawberry.field
    def things(self, first: int = 20) -> list["Thing"]:
        return [Thing(name=f"{self.name}.{number}") for number in range(first)]

    @strawberry.field
    def friend(self) -> "Thing":
        return self


@strawberry.type
class ThingConnection:
    nodes: list[Thing]
    total: int


@strawberry.type
class Query:
    @strawberry.field
    def thing(self, info: Info, name: str = "a") -> Thing:
        info.context.ran.append("thing")
        return Thing(name=name)

    @strawberry.field
    def things(self, info: Info, first: int = 20) -> ThingConnection:
        info.context.ran.append("things")
        return ThingConnection(nodes=[Thing(name=str(number)) for number in range(first)], total=first)

    @strawberry.field
    def actor(self, info: Info) -> str:
        return info.context.principal.actor

    @strawberry.field
    def tenant(self, info: Info) -> str:
        return info.context.principal.tenant

    @strawberry.field
    def big(self) -> strawberry.scalars.JSON:
        return cast("strawberry.scalars.JSON", {"number": 2**70, "lone": "\ud800"})

    @strawberry.field
    async def slow(self, info: Info) -> int:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            info.context.ran.append("slow was cancelled")
            raise
        return 1

    @strawberry.field
    def unavailable(self) -> int:
        raise STORE_IS_GONE

    @strawberry.field
    def maybe(self) -> int | None:
        raise STORE_IS_GONE


@strawberry.type
class Mutation:
    @strawberry.mutation
    def note(self, info: Info, text: str) -> str:
        info.context.ran.append(f"note {text}")
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: Info, to: int = 3) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def forever(self, info: Info) -> AsyncGenerator[int, None]:
        info.context.ran.append("forever starts")
        try:
            yield 0
            await info.context.halt.wait()
            yield 1
        finally:
            info.context.ran.append("forever ends")

    @strawberry.subscription
    async def broken(self) -> AsyncGenerator[int, None]:
        yield 1
        raise errors.Conflict("it broke")


class TinySchema(strawberry.Schema):
    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Errors are expected here."""


@dataclass
class World:
    """A running server, with what tests look at from behind."""

    server: Server
    url: str
    web: Web
    keys: ListedKeys
    clock: HandClock
    http: httpx.AsyncClient
    key: str
    metrics: Metrics
    ran: list[str] = field(default_factory=list)
    halt: asyncio.Event = field(default_factory=asyncio.Event)
    store_answers: bool = True

    @property
    def auth(self) -> dict[str, str]:
        return {"x-api-key": self.key}

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: str,
    ) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers={**self.auth, **(headers or {}), **more})

    async def stop(self) -> None:
        """What Ctrl-C does."""
        self.server.should_exit = True
        await self.server.shutdown()

    async def until_ran(self, *ran: str) -> None:
        """Waits for what happens after a client has left."""
        async with asyncio.timeout(5):
            while tuple(self.ran) != ran:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)

    def socket(self, *, key: bool = True, **more: Any) -> connect:
        headers = {**(self.auth if key else {}), **more.pop("headers", {})}
        return connect(
            self.url.replace("http", "ws") + more.pop("path", "/graphql"),
            subprotocols=more.pop("subprotocols", [PROTOCOL]),
            additional_headers=headers,
            **more,
        )


@asynccontextmanager
async def a_world(options: EdgeOptions = EdgeOptions()) -> AsyncIterator[World]:  # noqa: B008 - frozen
    clock = HandClock()
    keys = ListedKeys(clock)
    limiter = LocalLimiter(clock)
    metrics = Metrics()
    documents = Documents(introspection=options.introspection)
    world: World

    async def ready() -> None:
        if not world.store_answers:
            raise errors.Unavailable("the disk is gone")

    @asynccontextmanager
    async def parts() -> AsyncIterator[Parts]:
        yield Parts(
            graph=Graph(
                schema=TinySchema(Query, Mutation, Subscription, extensions=[documents.extension]),
                documents=documents,
                make_context=lambda principal, _id: TinyContext(principal, world.ran, world.halt),
            ),
            authenticator=Authenticator(directory=keys, clock=clock, limiter=limiter),
            limiter=limiter,
            clock=clock,
            ids=OrderedIds(clock),
            metrics=metrics,
            ready=ready,
        )

    web = create_app(options=options, open_parts=parts)
    async with running(web, options) as server, a_client(address(server)) as http:
        world = World(
            server=server,
            url=address(server),
            web=web,
            keys=keys,
            clock=clock,
            http=http,
            key=keys.issue(),
            metrics=metrics,
        )
        yield world


@asynccontextmanager
async def running(web: Web, options: EdgeOptions) -> AsyncIterator[Server]:
    """A server on a free port."""
    config = server_config(web, host="127.0.0.1", port=0, message_limit=options.message_limit)
    config.load()
    server = Server(config, web)
    server.lifespan = config.lifespan_class(config)
    # Without `serve`, which looks only ten times a second whether it should go on.
    await server.startup()
    try:
        yield server
    finally:
        if not server.should_exit:
            await server.shutdown()


def a_client(url: str) -> httpx.AsyncClient:
    # There is no TLS here, and reading the certificates would take longer than most tests.
    return httpx.AsyncClient(base_url=url, timeout=10, verify=False)  # noqa: S501


def address(server: Server) -> str:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"


async def greeted(socket: ClientConnection, payload: dict[str, Any] | None = None) -> ClientConnection:
    """The socket after connection_init and its answer."""
    await socket.send(json.dumps({"type": "connection_init", **({"payload": payload} if payload else {})}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    return socket
