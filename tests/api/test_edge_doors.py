"""Who gets in, how often, and what every answer carries."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.domain.ids import KeyId
from app.domain.keys import format_key
from app.domain.principal import Scope
from app.edge.options import EdgeOptions
from tests.api.edge_world import World, a_world

ORIGIN = "https://app.example.org"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world(EdgeOptions(cors_origins=(ORIGIN,), version="1.2.3")) as world:
        yield world


async def ask_with(world: World, **headers: str) -> httpx.Response:
    return await world.http.post("/graphql", json={"query": "{ actor }"}, headers=headers)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    text: str = error["extensions"]["code"]
    return text


@pytest.mark.parametrize("name", ["x-api-key", "X-API-Key", "authorization"])
async def test_a_key_opens_in_either_header(world: World, name: str) -> None:
    value = f"bearer {world.key}" if name == "authorization" else world.key
    response = await ask_with(world, **{name: value})
    assert response.json() == {"data": {"actor": "key_00000000000000000000000001"}}


@pytest.mark.parametrize(
    "headers",
    [
        {f"{start}{noun}": "org_00000000000000000000000009"}
        for start in ("x-", "x-mnemograph-", "")
        for noun in ("tenant", "tenant-id", "org", "organization", "organization-id")
    ]
    + [{"cookie": "tenant=org_00000000000000000000000009"}, {"x-forwarded-user": "someone"}],
    ids=lambda headers: next(iter(headers)),
)
async def test_r4_6_the_tenant_is_the_keys_whatever_a_request_says(world: World, headers: dict[str, str]) -> None:
    other = "org_00000000000000000000000009"
    plain = await world.http.post("/graphql", json={"query": "{ tenant }"}, headers={"x-api-key": world.key})
    said = await world.http.post(
        "/graphql?tenant=" + other,
        json={"query": "{ tenant }", "variables": {"tenant": other}, "extensions": {"tenant": other}, "tenant": other},
        headers={"x-api-key": world.key, **headers},
    )
    assert said.json() == plain.json()
    assert plain.json()["data"]["tenant"] not in {"", other}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "wrong"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic dTpw"},
        {"cookie": "key=1"},
    ],
)
async def test_without_a_good_key_nothing_opens(world: World, headers: dict[str, str]) -> None:
    response = await ask_with(world, **headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="mnemograph"'
    assert code(response) == "unauthenticated"


async def test_r4_18_unknown_and_wrong_keys_get_the_same_answer(world: World) -> None:
    known, unknown = KeyId("key_00000000000000000000000001"), KeyId("key_00000000000000000000000002")
    answers = [await ask_with(world, **{"x-api-key": format_key(id_, b"x" * 32)}) for id_ in (known, unknown)]
    shapes = [{**error, "extensions": {"code": code(each)}} for each in answers for error in each.json()["errors"]]
    assert shapes[0] == shapes[1]
    assert [each.status_code for each in answers] == [401, 401]


async def test_two_different_keys_are_refused(world: World) -> None:
    response = await ask_with(world, **{"x-api-key": world.key, "authorization": "Bearer other"})
    assert (response.status_code, code(response)) == (400, "two_credentials")


@pytest.mark.parametrize("name", ["api_key", "apiKey", "API-KEY", "key", "token", "access_token", "authorization", "x"])
@pytest.mark.parametrize("path", ["/graphql", "/health", "/nothing"])
async def test_r4_22_a_key_in_the_address_is_refused_and_not_logged(
    world: World, capsys: pytest.CaptureFixture[str], path: str, name: str
) -> None:
    response = await world.http.get(path, params={name: world.key, "query": "{actor}"}, headers=world.auth)
    assert (response.status_code, code(response)) == (400, "key_in_url")
    told = capsys.readouterr()
    assert "http.request" in told.out
    assert world.key not in told.out + told.err
    assert world.key not in response.text


async def test_r4_24_guessing_is_answered_with_429(world: World) -> None:
    statuses = [(await ask_with(world, **{"x-api-key": "guess"})).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]


async def test_r4_86_a_key_that_asks_too_often_is_told_when_to_come_back() -> None:
    async with a_world(EdgeOptions(rate_limit=2)) as world:
        assert [(await world.ask("{ actor }")).status_code for _ in range(3)] == [200, 200, 429]
        response = await world.ask(
            "{ actor }", headers={"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9"}
        )
        assert response.status_code == 429
        assert response.headers["retry-after"] == "30"
        assert code(response) == "rate_limited"
        other = await ask_with(world, **{"x-api-key": world.keys.issue(2)})
        assert other.status_code == 200
        world.clock.forward(30)
        assert (await world.ask("{ actor }")).status_code == 200


async def test_r4_86_a_forwarded_address_is_not_believed(world: World) -> None:
    for number in range(20):
        await ask_with(world, **{"x-api-key": "guess", "x-forwarded-for": f"203.0.113.{number}"})
    response = await ask_with(world, **{"x-api-key": "guess", "x-forwarded-for": "203.0.113.99"})
    assert response.status_code == 429


async def test_no_limit_is_no_limit() -> None:
    async with a_world(EdgeOptions(rate_limit=0)) as world:
        assert {(await world.ask("{ actor }")).status_code for _ in range(50)} == {200}


async def test_r4_87_a_promised_large_body_is_refused_unread() -> None:
    async with a_world(EdgeOptions(body_limit=1_000)) as world:
        response = await world.ask("{ actor } #" + "x" * 1_000)
        assert (response.status_code, code(response)) == (413, "body_too_large")
        assert (await world.ask("{ actor } #" + "x" * 900)).status_code == 200


async def test_r4_87_a_body_that_grows_too_large_is_cut_early() -> None:
    async with a_world(EdgeOptions(body_limit=100_000)) as world:
        host, port = world.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nX-API-Key: {world.key}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        sent, answering = 0, asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
        while not answering.done() and sent < 100_000_000:
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            sent += 65_536
            await asyncio.sleep(0)
        assert (await answering).startswith(b"HTTP/1.1 413 ")
        assert sent < 10_000_000
        writer.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/health", {"status": "ok", "db": "healthy", "vector_db": "healthy", "cache": "healthy"}),
        ("/ready", {"status": "ready"}),
        ("/version", {"name": "mnemograph", "version": "1.2.3"}),
        ("/", {"name": "mnemograph", "version": "1.2.3", "graphql": "/graphql"}),
    ],
)
async def test_what_may_be_asked_without_a_key(world: World, path: str, body: dict[str, str]) -> None:
    response = await world.http.get(path)
    assert (response.status_code, response.json()) == (200, body)
    assert (await world.http.head(path)).content == b""
    refused = await world.http.post(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_not_ready_is_503_and_alive_all_the_same(world: World) -> None:
    world.store_answers = False
    response = await world.http.get("/ready")
    assert (response.status_code, code(response)) == (503, "unavailable")
    health = await world.http.get("/health")
    told = {"status": "degraded", "db": "unhealthy", "vector_db": "unhealthy", "cache": "healthy"}
    assert (health.status_code, health.json()) == (200, told)


async def test_metrics_are_for_admins_unless_they_are_public(world: World) -> None:
    assert (await world.http.get("/metrics")).status_code == 401
    assert (await world.http.get("/metrics", headers=world.auth)).status_code == 403
    admin = world.keys.issue(2, scopes=frozenset({Scope.ADMIN}))
    assert (await world.http.get("/metrics", headers={"x-api-key": admin})).status_code == 200
    async with a_world(EdgeOptions(public_metrics=True)) as public:
        assert (await public.http.get("/metrics")).status_code == 200


async def test_metrics_count_what_happened() -> None:
    async with a_world(EdgeOptions(public_metrics=True)) as world:
        await world.ask("{ actor }")
        await world.ask("{ maybe }")
        await world.ask("{ nonsense }")
        await world.ask('mutation { note(text: "x") }')
        await world.ask("subscription { count }", accept="text/event-stream")
        await world.http.get("/elsewhere/mem_1")
        lines = (await world.http.get("/metrics")).text.splitlines()
    for line in (
        'mnemograph_graphql_operations_total{outcome="ok",type="query"} 1.0',
        'mnemograph_graphql_operations_total{outcome="partial",type="query"} 1.0',
        'mnemograph_graphql_operations_total{outcome="refused",type="unknown"} 1.0',
        'mnemograph_graphql_operations_total{outcome="ok",type="mutation"} 1.0',
        'mnemograph_graphql_operations_total{outcome="ok",type="subscription"} 1.0',
        'mnemograph_http_requests_total{method="POST",route="/graphql",status="2xx"} 5.0',
        'mnemograph_http_requests_total{method="GET",route="other",status="4xx"} 1.0',
        "mnemograph_open_subscriptions 0.0",
        "mnemograph_open_sockets 0.0",
    ):
        assert line in lines


@pytest.mark.parametrize("path", ["/nothing", "/graphql/", "/.git/config", "/docs", "/%2e%2e/etc/passwd"])
async def test_r4_102_what_is_not_there_is_a_404_with_a_json_body(world: World, path: str) -> None:
    response = await world.http.get(path)
    assert (response.status_code, code(response)) == (404, "not_found")
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/graphql", "/health", "/nothing"])
async def test_r4_102_r4_103_every_answer_is_careful(world: World, path: str) -> None:
    response = await world.http.get(path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "server" not in response.headers
    assert "x-powered-by" not in response.headers
    assert "access-control-allow-origin" not in response.headers


async def test_r4_102_trace_is_off(world: World) -> None:
    response = await world.http.request("TRACE", "/health", headers={"x-secret": "canary"})
    assert response.status_code == 405
    assert "canary" not in response.text


async def test_r4_103_listed_origins_may_read_answers_and_no_others(world: World) -> None:
    listed = await world.ask("{ actor }", origin=ORIGIN)
    assert listed.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in listed.headers
    assert listed.headers["vary"] == "Origin"
    for origin in ("https://evil.example", "null", f"{ORIGIN}.evil.example", "http://app.example.org"):
        other = await world.ask("{ actor }", origin=origin)
        assert "access-control-allow-origin" not in other.headers


async def test_r4_103_preflights_are_for_listed_origins(world: World) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}
    listed = await world.http.options("/graphql", headers={**asks, "origin": ORIGIN})
    assert listed.status_code == 200
    assert listed.headers["access-control-allow-origin"] == ORIGIN
    assert listed.headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE"
    assert "x-api-key" in listed.headers["access-control-allow-headers"]
    other = await world.http.options("/graphql", headers={**asks, "origin": "https://evil.example"})
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("given", ["abcd-1234.EF_", "a" * 64])
async def test_a_decent_request_id_is_kept(world: World, given: str) -> None:
    response = await world.ask("{ actor }", headers={"x-request-id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space 123", "new\tline123", "ünïcödé-123"])
async def test_r4_94_an_odd_request_id_is_replaced(world: World, given: str) -> None:
    response = await world.http.get("/health", headers={b"x-request-id": given.encode("latin-1")})
    assert response.headers["x-request-id"].startswith("req_")


async def test_r4_93_the_log_tells_of_requests_and_not_of_what_they_hold(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await world.ask('mutation { note(text: "canary") }', headers={"x-request-id": "trace-me-1"})
    await world.ask("query($name: String!) { thing(name: $name) { name } }", {"name": "canary"})
    await world.http.get("/graphql", params={"query": '{ thing(name: "canary") { name } }'}, headers=world.auth)
    told = capsys.readouterr()
    assert "trace-me-1" in told.out
    assert "canary" not in told.out + told.err
    assert world.key not in told.out + told.err


async def test_the_page_for_people_loads_nothing_from_elsewhere(world: World) -> None:
    response = await world.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "http://" not in response.text
    assert "https://" not in response.text
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


async def test_r4_61_the_page_can_be_switched_off() -> None:
    async with a_world(EdgeOptions(graphiql=False)) as world:
        response = await world.http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
        assert response.status_code == 401


async def test_r4_62_an_error_of_ours_is_masked_and_logged_by_id(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = "canary"

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(memory)

    world.keys.key_owner = broken  # type: ignore[method-assign] # a directory that fails as none should
    response = await world.ask("{ actor }", headers={"x-request-id": "find-me-1"})
    assert response.status_code == 500
    assert response.json() == {
        "errors": [{"message": "Something went wrong", "extensions": {"code": "internal", "requestId": "find-me-1"}}]
    }
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if "http.internal_error" in line]
    assert "find-me-1" in line
    assert "RuntimeError" in told
    assert "canary" not in told


async def test_r4_62_no_answer_tells_what_is_inside(world: World) -> None:
    texts = [
        (await world.ask("{ unavailable }")).text,
        (await world.ask("{ nonsense }")).text,
        (await world.http.get("/nothing")).text,
        (await world.http.post("/graphql", content=b"5", headers=world.auth)).text,
        (await ask_with(world)).text,
    ]
    for text in texts:
        assert json.loads(text)["errors"]
        for inside in ("Traceback", ".py", "strawberry", "uvicorn", "starlette", "sqlite", "Error("):
            assert inside not in text
