"""The same graph work written by hand: Cypher over the bare driver, in Starlette routes that return the same JSON.

    python -m benchmarks.handwritten

`POST /NAME` takes the parameters of an operation and answers its data, with the seconds that the driver call alone
took. It reads the store that the environment names as Mnemograph does, through the same indexes, one statement an
operation and one round trip a statement. It checks the tenant and whether a memory lives, and nothing else: no
projects, no keys, no events, no versions, no vectors.
"""

import json
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
import uvicorn
from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncDriver, AsyncGraphDatabase
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.plain import FIELDS

Rows = list[list[Any]]
_MEMORY: Final = (
    "m.id, m.text, m.type, m.importance, m.layer, m.status, m.speaker, m.created_at, m.updated_at, m.version"
)
_LIVE: Final = "m.deleted_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > $now)"
_DATED: Final = "m.created_at IS NOT NULL AND m.id IS NOT NULL"
_NEWEST: Final = "ORDER BY m.tenant DESC, m.created_at DESC, m.id DESC LIMIT 100"

READS: Final[Mapping[str, str]] = {
    "get": f"MATCH (m:Memory {{tenant: $tenant, id: $id}}) RETURN {_MEMORY}",
    "get_many": f"MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids RETURN {_MEMORY}",
    "page": f"MATCH (m:Memory) WHERE m.tenant = $tenant AND {_DATED} AND {_LIVE} RETURN {_MEMORY} {_NEWEST}",
    "filtered": f"""
        MATCH (u:User {{tenant: $tenant, project: $project, external_id: $user}})
        MATCH (m:Memory)
        WHERE m.tenant = $tenant AND m.user = u.id AND {_DATED} AND {_LIVE}
          AND m.type IN $types AND m.importance >= $least
        RETURN {_MEMORY} {_NEWEST}""",
    "ordered": f"""
        MATCH (u:User {{tenant: $tenant, project: $project, external_id: $user}})
        MATCH (m:Memory) WHERE m.tenant = $tenant AND m.user = u.id AND {_DATED} AND {_LIVE}
        RETURN {_MEMORY} ORDER BY coalesce(m.occurred_at, m.created_at), m.id LIMIT 100""",
    "with_entities": """
        MATCH (m:Memory {tenant: $tenant, id: $id})
        RETURN m.id, m.text, COLLECT {
          MATCH (m)-[e:MENTIONS]->(n:Entity) WHERE n.tenant = $tenant
          RETURN [e.weight, n.id, n.name, n.type] ORDER BY e.weight DESC, n.id LIMIT 100
        }""",
    "with_memories": f"""
        MATCH (n:Entity {{tenant: $tenant, id: $id}})
        RETURN n.id, n.name, n.type, COLLECT {{
          MATCH (n)<-[:MENTIONS]-(m:Memory) WHERE m.tenant = $tenant AND {_LIVE}
          RETURN [m.id, m.text, m.created_at] ORDER BY m.created_at DESC, m.id DESC LIMIT 20
        }}""",
    "neighborhood": """
        MATCH (s:Memory {tenant: $tenant, id: $id})
        MATCH (s)-[:MENTIONS|LINKS|RELATES]-{1,2}(n)
        WHERE n.tenant = $tenant AND n.deleted_at IS NULL AND (n.expires_at IS NULL OR n.expires_at > $now)
        WITH s, collect(DISTINCT n) AS reached
        WITH [s] + [n IN reached WHERE n <> s] AS nodes
        RETURN [n IN nodes | n.id], COLLECT {
          UNWIND nodes AS a
          MATCH (a)-[e:MENTIONS|LINKS|RELATES]->(b) WHERE b IN nodes
          RETURN [a.id, b.id, type(e), coalesce(e.type, 'mentions'), e.weight]
        }""",
    "path": """
        MATCH (s:Entity {tenant: $tenant, id: $start}), (t:Entity {tenant: $tenant, id: $end})
        MATCH p = SHORTEST 1 (s)-[:MENTIONS|LINKS|RELATES]-{1,6}(t)
        WHERE all(n IN nodes(p) WHERE n.tenant = $tenant AND n.deleted_at IS NULL)
        RETURN [n IN nodes(p) | n.id],
               [e IN relationships(p) | [startNode(e).id, endNode(e).id, type(e), coalesce(e.type, 'mentions'), e.weight]]
        """,
    "count": f"MATCH (m:Memory) WHERE m.tenant = $tenant AND {_DATED} AND {_LIVE} "
    "RETURN m.type AS type, count(*) AS number ORDER BY number DESC, type",
}
WRITES: Final[Mapping[str, str]] = {
    "create": f"""
        MERGE (u:User {{tenant: $tenant, project: $project, external_id: $user}})
        CREATE (m:Memory {{tenant: $tenant}}) SET m += $memory, m.user = $user
        RETURN {_MEMORY}""",
    "create_many": """
        MERGE (u:User {tenant: $tenant, project: $project, external_id: $user})
        WITH u
        UNWIND $memories AS r
        MERGE (s:Session {tenant: $tenant, project: $project, external_id: r.session, owner: $user})
        CREATE (m:Memory {tenant: $tenant})
        SET m += r.memory, m.user = $user, m.session = r.session
        RETURN m.id, m.text, s.external_id, u.external_id""",
    "update": f"""
        MATCH (m:Memory {{tenant: $tenant, id: $id}}) WHERE {_LIVE}
        SET m.title = $title, m.importance = $importance, m.version = m.version + 1, m.updated_at = $now
        RETURN {_MEMORY}""",
    "delete": f"MATCH (m:Memory {{tenant: $tenant, id: $id}}) WHERE {_LIVE} SET m.deleted_at = $now RETURN m.id",
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(micros: int) -> str:
    return (_EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _memory(row: list[Any]) -> dict[str, Any]:
    *values, created, updated, version = row
    return dict(zip(FIELDS, [*values, _moment(created), _moment(updated), version], strict=True))


def _edge(row: list[Any]) -> dict[str, Any]:
    return dict(zip(("source", "target", "kind", "type", "weight"), row, strict=True))


def _one(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"memory": _memory(rows[0])}


def _many(rows: Rows, asked: Mapping[str, Any]) -> Any:
    found = {row[0]: _memory(row) for row in rows}
    return {"nodes": [found.get(id_) for id_ in asked["ids"]]}


def _list(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"memories": {"nodes": [_memory(row) for row in rows]}}


def _with_entities(rows: Rows, _: Mapping[str, Any]) -> Any:
    id_, text, found = rows[0]
    mentions = [
        {"salience": weight, "entity": {"id": e, "name": name, "type": kind}} for weight, e, name, kind in found
    ]
    return {"memory": {"id": id_, "text": text, "mentions": mentions}}


def _with_memories(rows: Rows, _: Mapping[str, Any]) -> Any:
    id_, name, kind, found = rows[0]
    nodes = [{"id": m, "text": text, "createdAt": _moment(created)} for m, text, created in found]
    return {"entity": {"id": id_, "name": name, "type": kind, "memories": {"nodes": nodes}}}


def _neighborhood(rows: Rows, _: Mapping[str, Any]) -> Any:
    nodes, edges = rows[0]
    return {"neighborhood": {"nodes": [{"id": id_} for id_ in nodes], "edges": [_edge(edge) for edge in edges]}}


def _path(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"paths": [{"nodeIds": nodes, "edges": [_edge(edge) for edge in edges]} for nodes, edges in rows]}


def _count(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"labelCounts": [{"value": kind, "count": number} for kind, number in rows]}


def _created(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"addMemory": {"memory": _memory(rows[0])}}


def _created_many(rows: Rows, _: Mapping[str, Any]) -> Any:
    memories = [
        {"id": id_, "text": text, "session": {"externalId": session}, "user": {"externalId": user}}
        for id_, text, session, user in rows
    ]
    return {"addMemories": {"memories": memories}}


def _updated(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"updateMemory": {"memory": _memory(rows[0])}}


def _deleted(rows: Rows, _: Mapping[str, Any]) -> Any:
    return {"forgetMemories": {"count": len(rows), "ids": [row[0] for row in rows]}}


SHAPES: Final[Mapping[str, Callable[[Rows, Mapping[str, Any]], Any]]] = {
    "get": _one,
    "get_many": _many,
    "page": _list,
    "filtered": _list,
    "ordered": _list,
    "with_entities": _with_entities,
    "with_memories": _with_memories,
    "neighborhood": _neighborhood,
    "path": _path,
    "count": _count,
    "create": _created,
    "create_many": _created_many,
    "update": _updated,
    "delete": _deleted,
}


class Routes:
    def __init__(self, driver: AsyncDriver, database: str) -> None:
        self._driver, self._database = driver, database

    async def answer(self, request: Request, *, name: str, access: str, statement: str) -> Response:
        asked = orjson.loads(await request.body())
        asked["now"] = time.time_ns() // 1_000
        started = time.perf_counter()
        async with self._driver.session(database=self._database, default_access_mode=access) as session:
            result = await session.run(statement, asked)
            rows = await result.values()
        seconds = time.perf_counter() - started
        answer = {"data": SHAPES[name](rows, asked), "seconds": seconds}
        return Response(orjson.dumps(answer), media_type="application/json")


def _routes(routes: Routes) -> list[Route]:
    def route(name: str, access: str, statement: str) -> Route:
        endpoint: Callable[[Request], Awaitable[Response]] = partial(
            routes.answer, name=name, access=access, statement=statement
        )
        return Route(f"/{name}", endpoint, methods=["POST"])

    return [
        *(route(name, READ_ACCESS, statement) for name, statement in READS.items()),
        *(route(name, WRITE_ACCESS, statement) for name, statement in WRITES.items()),
    ]


def main() -> None:
    environ = os.environ
    auth = (environ["MNEMOGRAPH_NEO4J_USER"], environ["MNEMOGRAPH_NEO4J_PASSWORD"])
    driver = AsyncGraphDatabase.driver(
        environ["MNEMOGRAPH_NEO4J_URL"], auth=auth, telemetry_disabled=True, notifications_min_severity="OFF"
    )

    @asynccontextmanager
    async def open_driver(_app: Starlette) -> AsyncIterator[None]:
        async with driver:
            yield

    app = Starlette(routes=_routes(Routes(driver, "neo4j")), lifespan=open_driver)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(json.dumps({"graphql": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
        config = uvicorn.Config(app, http="httptools", loop="uvloop", access_log=False, timeout_keep_alive=600)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
