"""The real server with the thinnest possible routes beside its own: the same service calls, and the least JSON.

    python -m benchmarks.thin

Below `/thin/{dialect}`: `POST add`, `GET get/{id}`, `GET search?q=` and `GET list`. Its first line has the address and a
key of each dialect.
"""

import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from app.bootstrap import Application, build
from app.domain.keys import Dialect
from app.domain.memory import Memory
from app.edge.server import Server, server_config
from app.logs import configure_logs
from app.metrics import Metrics
from app.services.inputs import NewKey
from app.serving import hooks_of, web_of
from app.settings import Settings
from benchmarks.calls import CALLS, Calls


class Thin:
    """Answers below `/thin`; the rest goes on to the server's own application."""

    def __init__(self, settings: Settings, address: str) -> None:
        metrics = Metrics()
        self._application: Application | None = None

        @asynccontextmanager
        async def opened() -> AsyncIterator[Application]:
            async with build(settings, hooks_of(metrics)) as application:
                self._application = application
                print(json.dumps({"graphql": f"{address}/graphql", **await self._keys()}), flush=True)
                yield application

        self.web = web_of(settings, opened, metrics)
        self._routes = Router(
            routes=[
                Route("/thin/{dialect}/add", self.add, methods=["POST"]),
                Route("/thin/{dialect}/get/{id}", self.get),
                Route("/thin/{dialect}/search", self.search),
                Route("/thin/{dialect}/list", self.listed),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        thin = scope["type"] == "http" and scope["path"].startswith("/thin/")
        await (self._routes if thin else self.web)(scope, receive, send)

    @property
    def application(self) -> Application:
        if self._application is None:
            raise RuntimeError("the server has not started")
        return self._application

    async def _keys(self) -> dict[str, str]:
        accounts, operator = self.application.services.accounts, self.application.operator
        made = {}
        for dialect in Dialect:
            key = NewKey(name=dialect, scopes=("read", "write"), dialect=dialect)
            made[dialect.value] = (await accounts.create_key(operator, key=key)).secret
        return made

    def _calls(self, request: Request) -> Calls:
        return CALLS[Dialect(request.path_params["dialect"])](self.application.services, self.application.operator)

    async def add(self, request: Request) -> Response:
        return _json(await self._calls(request).add(orjson.loads(await request.body())["text"]))

    async def get(self, request: Request) -> Response:
        return _json(await self._calls(request).get(request.path_params["id"]))

    async def search(self, request: Request) -> Response:
        return _json(await self._calls(request).search(request.query_params["q"]))

    async def listed(self, request: Request) -> Response:
        return _json(await self._calls(request).listed())


def _shaped(memory: Memory) -> dict[str, Any]:
    return {"id": memory.id, "text": memory.text, "tags": memory.tags, "created_at": memory.created_at}


def _json(memories: Sequence[Memory]) -> Response:
    return Response(orjson.dumps([_shaped(memory) for memory in memories]), media_type="application/json")


def main() -> None:
    settings = Settings.from_env()
    configure_logs(level=settings.log_level, format=settings.log_format)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thin = Thin(settings, f"http://127.0.0.1:{listener.getsockname()[1]}")
        Server(server_config(thin), thin.web).run(sockets=[listener])


if __name__ == "__main__":
    main()
