"""The web application: what answers where, and what every request passes on its way, in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import strawberry
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from app.edge.access_log import AccessLog
from app.edge.admission import Admission, Doorkeeper
from app.edge.body_limit import BodyLimit
from app.edge.credentials import NoKeysInUrls
from app.edge.faults import Faults
from app.edge.headers import SecurityHeaders
from app.edge.live import Connections
from app.edge.options import EdgeOptions
from app.edge.origins import Cors, Origins
from app.edge.paths import Paths, Reading
from app.edge.probes import Fixed, ForAdmins, Health, MetricsPage, Readiness, Ready
from app.edge.sockets import Sockets
from app.edge.tracing import Tracing
from app.identity.authenticate import Authenticator
from app.metrics import Metrics
from app.ports.messaging import Limiter
from app.ports.runtime import Clock, IdFactory
from app.ports.servers import Standing
from app.rest.adapter import Rest, Voices, prepares
from app.rest.dialects import SPEECHES
from app.rest.documents import documents
from app.services.bundle import Services
from resolvers.context import Context
from resolvers.documents import Documents
from resolvers.operations import Operations
from resolvers.page import Page
from resolvers.schema import make_schema
from resolvers.socket import Rules
from resolvers.view import MakeContext, SocketView, View

GRAPHQL = "/graphql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A schema, what reads its documents, and what its resolvers are given."""

    schema: strawberry.Schema
    documents: Documents
    make_context: MakeContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the edge needs of the application behind it. `ready` raises while the store does not answer.

    `standing` tells what is known of the servers beside the store, without asking them.
    `services` are for the dialects; without them none is spoken.
    """

    graph: Graph
    authenticator: Authenticator
    limiter: Limiter
    clock: Clock
    ids: IdFactory
    metrics: Metrics
    ready: Ready
    standing: Callable[[], Standing] = Standing
    services: Services | None = None


OpenParts = Callable[[], AbstractAsyncContextManager[Parts]]


def graph_of(services: Services, *, introspection: bool) -> Graph:
    """Our schema over these services."""
    documents = Documents(introspection=introspection)
    return Graph(
        schema=make_schema(extensions=[documents.extension], suggestions=introspection),
        documents=documents,
        make_context=lambda principal, id_: Context(services=services, principal=principal, request_id=id_),
    )


def create_app(*, options: EdgeOptions, open_parts: OpenParts) -> "Web":
    """An ASGI application; its parts are opened when the server starts and closed when it stops."""
    return Web(options, open_parts)


class Web:
    def __init__(self, options: EdgeOptions, open_parts: OpenParts) -> None:
        self._options, self._open_parts = options, open_parts
        self._lifespan = Router(lifespan=self._live)
        self._app: ASGIApp | None = None
        self._connections: Connections | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        else:
            raise RuntimeError("the server has to run the application's lifespan")

    def close_connections(self) -> None:
        """Ends sockets and streams, which have no end of their own; for a server about to stop."""
        if self._connections is not None:
            self._connections.close()

    @asynccontextmanager
    async def _live(self, _app: object) -> AsyncIterator[None]:
        async with self._open_parts() as parts, asyncio.TaskGroup() as group:
            self._connections = Connections(authenticator=parts.authenticator)
            self._app = edge(parts, self._options, self._connections)
            watching = group.create_task(self._connections.watch())
            try:
                yield
            finally:
                watching.cancel()
                self._app = None


def edge(parts: Parts, options: EdgeOptions, connections: Connections) -> ASGIApp:
    """Requests pass from the last layer named here to the first."""
    doorkeeper = Doorkeeper(authenticator=parts.authenticator, limiter=parts.limiter, rate_limit=options.rate_limit)
    operations = Operations(
        schema=parts.graph.schema,
        documents=parts.graph.documents,
        metrics=parts.metrics,
        timeout=options.request_timeout,
    )
    origins = Origins(options.cors_origins)
    view = View(operations=operations, make_context=parts.graph.make_context, connections=connections)
    socket_view = SocketView(
        operations=operations,
        make_context=parts.graph.make_context,
        connections=connections,
        doorkeeper=doorkeeper,
        origins=origins,
        rules=Rules(operations=options.max_subscriptions, message_size=options.message_limit),
    )
    readiness = Readiness(parts.ready)
    known = _known(parts, options, doorkeeper, view, readiness)
    http: ASGIApp = Paths(known)
    if parts.services is not None:
        http = Rest(http, doorkeeper=doorkeeper, services=parts.services, ready=readiness.demand)
    http = BodyLimit(http, limit=options.body_limit)
    http = NoKeysInUrls(http)
    http = Cors(http, origins=origins, prepares=prepares)
    http = Faults(http)
    if parts.services is not None:
        http = Voices(http, SPEECHES, native=frozenset(known), now=parts.clock.now)
    http = SecurityHeaders(http)
    http = AccessLog(http, metrics=parts.metrics, routes=frozenset(known))
    sockets = Sockets(socket_view, path=GRAPHQL, metrics=parts.metrics)
    return Tracing(_ByKind(http, sockets), ids=parts.ids)


def _known(
    parts: Parts, options: EdgeOptions, doorkeeper: Doorkeeper, view: View, readiness: Readiness
) -> dict[str, ASGIApp]:
    graphql: ASGIApp = Admission(view, doorkeeper=doorkeeper)
    metrics: ASGIApp = MetricsPage(parts.metrics)
    about = {"name": "mnemograph", "version": options.version}
    return {
        "/": Reading(Fixed({**about, "graphql": GRAPHQL})),
        "/health": Reading(Health(readiness, parts.standing)),
        "/ready": Reading(readiness),
        "/version": Reading(Fixed(about)),
        "/metrics": Reading(
            metrics if options.public_metrics else Admission(ForAdmins(metrics), doorkeeper=doorkeeper)
        ),
        GRAPHQL: Page(graphql) if options.graphiql else graphql,
        **{path: Reading(document) for path, document in documents(SPEECHES, version=options.version).items()},
    }


class _ByKind:
    """Hands on without waiting itself: a frame less under every socket."""

    def __init__(self, http: ASGIApp, sockets: ASGIApp) -> None:
        self._http, self._sockets = http, sockets

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        app = self._sockets if scope["type"] == "websocket" else self._http
        return app(scope, receive, send)
