"""The least that could do the same: Starlette routes without GraphQL, a graph or a search.

    python -m benchmarks.plain FILE

`POST /insert` adds one row to a table of a SQLite file and is on disk when it answers; `GET /list` writes
the JSON that `POST /list` was given; `GET /read` reads those objects from the table first.
"""

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

FIELDS = ("id", "text", "type", "importance", "layer", "status", "speaker", "createdAt", "updatedAt", "version")
_TABLES = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS listed ({", ".join(FIELDS)});
"""


class Routes:
    def __init__(self, file: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._open, file).result()
        self._listed: list[dict[str, Any]] = []

    def _open(self, file: str) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.executescript(_TABLES)

    async def insert(self, request: Request) -> Response:
        text = orjson.loads(await request.body())["text"]
        number = await asyncio.get_running_loop().run_in_executor(self._thread, self._insert, text)
        return JSONResponse({"id": number, "text": text})

    def _insert(self, text: str) -> int | None:
        with self._connection:
            return self._connection.execute("INSERT INTO note (text) VALUES (?)", (text,)).lastrowid

    async def keep(self, request: Request) -> Response:
        self._listed = orjson.loads(await request.body())
        await asyncio.get_running_loop().run_in_executor(self._thread, self._keep)
        return JSONResponse({})

    def _keep(self) -> None:
        marks = ", ".join("?" * len(FIELDS))
        with self._connection:
            self._connection.executemany(
                f"INSERT INTO listed VALUES ({marks})",  # noqa: S608 - made of question marks
                [tuple(row[name] for name in FIELDS) for row in self._listed],
            )

    async def write(self, _request: Request) -> Response:
        return JSONResponse(_shaped(self._listed))

    async def read(self, _request: Request) -> Response:
        rows = await asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        return Response(orjson.dumps(_shaped(rows)), media_type="application/json")

    def _read(self) -> list[dict[str, Any]]:
        rows = self._connection.execute("SELECT * FROM listed ORDER BY createdAt DESC, id DESC LIMIT 100")
        return [dict(zip(FIELDS, row, strict=True)) for row in rows]


def _shaped(rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    return {"data": {"memories": {"nodes": rows}}}


def main(file: str) -> None:
    routes = Routes(file)
    app = Starlette(
        routes=[
            Route("/insert", routes.insert, methods=["POST"]),
            Route("/list", routes.keep, methods=["POST"]),
            Route("/list", routes.write),
            Route("/read", routes.read),
        ]
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(json.dumps({"graphql": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
        config = uvicorn.Config(app, http="httptools", loop="uvloop", access_log=False, log_level="warning")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
