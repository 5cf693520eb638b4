"""The real server with the thinnest possible routes beside its own: one service call each, and the least JSON.

    python -m benchmarks.thin

`POST /thin/add`, `GET /thin/memory/{id}`, `GET /thin/search?q=`, `GET /thin/containing?q=` and `GET /thin/list`. Its first
line has the address and a key of each dialect.
"""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from app.bootstrap import Application, build
from app.domain.ids import MemoryId
from app.domain.keys import Dialect
from app.domain.memory import Memory
from app.edge.server import Server, server_config
from app.metrics import Metrics
from app.services.inputs import Mode, NewKey, NewMemory, Question, Repeats, Slice, Where
from app.serving import hooks_of, web_of
from app.settings import Settings

SIZE = 10


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
                Route("/thin/add", self.add, methods=["POST"]),
                Route("/thin/memory/{id}", self.get),
                Route("/thin/search", self.search),
                Route("/thin/containing", self.containing),
                Route("/thin/list", self.listed),
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

    async def add(self, request: Request) -> Response:
        given = NewMemory(text=orjson.loads(await request.body())["text"], mode=Mode.VERBATIM, repeats=Repeats.KEEP)
        stored = await self.application.services.remember.add(self.application.operator, memory=given)
        return _json(_shaped(stored.memories[0]))

    async def get(self, request: Request) -> Response:
        ids = [MemoryId(request.path_params["id"])]
        (memory,) = await self.application.services.explore.by_ids(self.application.operator, ids=ids)
        return _json(_shaped(memory) if memory else None)

    async def search(self, request: Request) -> Response:
        question = Question(query=request.query_params["q"], slice=Slice(first=SIZE))
        found = await self.application.services.recall.search(self.application.operator, question=question)
        return _json([_shaped(item.node.memory) for item in found.hits.items])

    async def containing(self, request: Request) -> Response:
        return await self._page(Where(contains=request.query_params["q"]), SIZE)

    async def listed(self, _request: Request) -> Response:
        return await self._page(Where(), 100)

    async def _page(self, where: Where, limit: int) -> Response:
        operator = self.application.operator
        found = await self.application.services.explore.counted(operator, where=where, limit=limit)
        return _json({"memories": [_shaped(memory) for memory in found.items], "total": found.total})


def _shaped(memory: Memory) -> dict[str, Any]:
    return {"id": memory.id, "text": memory.text, "tags": memory.tags, "created_at": memory.created_at}


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thin = Thin(Settings.from_env(), f"http://127.0.0.1:{listener.getsockname()[1]}")
        Server(server_config(thin), thin.web).run(sockets=[listener])


if __name__ == "__main__":
    main()
