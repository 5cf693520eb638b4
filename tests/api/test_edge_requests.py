"""GraphQL over HTTP: what is well-formed is answered, what is not is refused with a 4xx and a JSON body."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.edge.options import EdgeOptions
from tests.api.edge_world import World, a_world

RESPONSE = "application/graphql-response+json"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world(EdgeOptions(body_limit=200_000)) as world:
        yield world


async def post(
    world: World, body: bytes | str, content_type: str = "application/json", **headers: str
) -> httpx.Response:
    sent = {**world.auth, "content-type": content_type, **headers}
    return await world.http.post("/graphql", content=body, headers=sent)


async def test_a_query_is_answered(world: World) -> None:
    response = await world.ask("query($name: String!) { thing(name: $name) { name } }", {"name": "Ada"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"thing": {"name": "Ada"}}}


async def test_a_query_over_get_is_answered(world: World) -> None:
    parameters = {"query": "query Q($n: String!) { thing(name: $n) { name } }", "variables": '{"n": "Ada"}'}
    response = await world.http.get("/graphql", params=parameters, headers=world.auth)
    assert response.json() == {"data": {"thing": {"name": "Ada"}}}


@pytest.mark.parametrize("extra", [{"operationName": None}, {"operationName": ""}, {"extensions": {}}, {"other": 1}])
async def test_what_may_be_left_out_may_be_null(world: World, extra: dict[str, object]) -> None:
    response = await world.http.post("/graphql", json={"query": "{ actor }", **extra}, headers=world.auth)
    assert response.status_code == 200


DEEP = b'{"query":"{actor}","variables":{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}}"
MALFORMED = {
    "nothing": b"",
    "a number": b"5",
    "null": b"null",
    "a string": b'"{ actor }"',
    "half an object": b'{"query": "{ act',
    "not UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{ actor }"}'.encode("utf-16"),
    "depth 20,000": DEEP,
    "only brackets": b"[" * 20_000,
    "a name twice": b'{"query": "{ actor }", "query": "{ actor }"}',
    "a name twice within": b'{"query": "{ actor }", "variables": {"a": 1, "a": 2}}',
    "NaN": b'{"query": "{ actor }", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{ actor }", "variables": {"a": -Infinity}}',
    "1e400": b'{"query": "{ actor }", "variables": {"a": 1e400}}',
    "5,000 digits": b'{"query": "{ actor }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "a lone surrogate": b'{"query": "{ actor }", "variables": {"a": "\\ud800"}}',
    "a lone surrogate in the query": b'{"query": "{ actor } # \\udc00"}',
    "no query": b'{"variables": {}}',
    "null query": b'{"query": null}',
    "an empty query": b'{"query": " "}',
    "a query that is no string": b'{"query": {"a": 1}}',
    "variables that are a list": b'{"query": "{ actor }", "variables": []}',
    "variables that are a string": b'{"query": "{ actor }", "variables": "{}"}',
    "an operationName that is a number": b'{"query": "{ actor }", "operationName": 5}',
    "extensions that are a list": b'{"query": "{ actor }", "extensions": []}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_r4_70_malformed_bodies_are_400_with_a_json_body(world: World, body: bytes) -> None:
    response = await post(world, body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] in {"bad_json", "bad_request"}
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    assert world.ran == []


async def test_r4_70_pairs_of_surrogates_and_big_integers_are_fine(world: World) -> None:
    query = "query($name: String!) { thing(name: $name) { name } }"
    body = f'{{"query": "{query}", "variables": {{"name": "\\ud83d\\ude00", "unused": {2**80}}}}}'
    response = await post(world, body)
    assert response.json() == {"data": {"thing": {"name": "😀"}}}


async def test_r4_60_lists_of_operations_are_refused(world: World) -> None:
    response = await post(world, json.dumps([{"query": "{ thing { name } }"}] * 2))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "batching_off"
    assert world.ran == []


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
async def test_r4_63_only_json_is_taken(world: World, content_type: str) -> None:
    response = await post(world, b'{"query": "{ actor }"}', content_type)
    assert response.status_code == 415
    assert response.json()["errors"][0]["extensions"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
async def test_json_has_several_spellings(world: World, content_type: str) -> None:
    assert (await post(world, b'{"query": "{ actor }"}', content_type)).status_code == 200


@pytest.mark.parametrize("accept", ["application/json", RESPONSE])
async def test_r4_63_mutations_over_get_are_refused(world: World, accept: str) -> None:
    parameters = {"query": 'mutation { note(text: "x") }'}
    response = await world.http.get("/graphql", params=parameters, headers={**world.auth, "accept": accept})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert world.ran == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"])
async def test_other_methods_are_refused(world: World, method: str) -> None:
    response = await world.http.request(method, "/graphql", headers=world.auth)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_two_anonymous_operations_are_refused(world: World) -> None:
    response = await world.ask("{ thing { name } } { actor }", accept=RESPONSE)
    assert response.status_code == 400
    assert "data" not in response.json()
    assert world.ran == []


TWO = "query A { thing { name } } query B { actor }"


@pytest.mark.parametrize("name", [None, "C"])
async def test_an_operation_that_is_not_named_is_not_guessed(world: World, name: str | None) -> None:
    body = {"query": TWO, "operationName": name}
    response = await world.http.post("/graphql", json=body, headers={**world.auth, "accept": RESPONSE})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "operation_not_found"
    assert world.ran == []


async def test_the_operation_that_is_named_runs(world: World) -> None:
    body = {"query": TWO, "operationName": "B"}
    response = await world.http.post("/graphql", json=body, headers=world.auth)
    assert list(response.json()["data"]) == ["actor"]
    assert world.ran == []


@pytest.mark.parametrize("query", ["{", "{ nonsense }", "query($n: Int!) { actor things(first: $n) { total } }"])
@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (RESPONSE, 400)])
async def test_what_is_not_run_has_no_data_and_the_status_of_its_form(
    world: World, query: str, accept: str, status: int
) -> None:
    response = await world.ask(query, accept=accept)
    assert response.status_code == status
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert set(response.json()) == {"errors"}
    assert all("code" in error["extensions"] for error in response.json()["errors"])
    assert world.ran == []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"application/json;q=0.1, {RESPONSE};q=0.2", RESPONSE),
        ("text/event-stream, application/json", "application/json"),
        ('multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json', "application/json"),
    ],
)
async def test_json_is_preferred_wherever_it_is_acceptable(world: World, accept: str, content_type: str) -> None:
    response = await world.ask("{ actor }", accept=accept)
    assert response.headers["content-type"] == f"{content_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "multipart/mixed"])
async def test_what_cannot_be_answered_is_406(world: World, accept: str) -> None:
    response = await world.ask("{ thing { name } }", accept=accept)
    assert response.status_code == 406
    assert world.ran == []


async def test_a_subscription_needs_a_stream(world: World) -> None:
    response = await world.ask("subscription { count }")
    assert response.status_code == 406
    assert response.json()["errors"][0]["extensions"]["code"] == "subscription_needs_stream"


async def test_a_parameter_given_twice_is_refused(world: World) -> None:
    response = await world.http.get("/graphql?query={actor}&query={actor}", headers=world.auth)
    assert response.status_code == 400


async def test_numbers_beyond_64_bits_and_odd_text_are_written(world: World) -> None:
    response = await world.ask("{ big }")
    assert json.loads(response.content) == {"data": {"big": {"number": 2**70, "lone": "\ud800"}}}


async def test_a_part_that_fails_leaves_the_rest(world: World) -> None:
    response = await world.ask("{ maybe actor }")
    assert response.status_code == 200
    assert response.json()["data"] == {"maybe": None, "actor": "key_00000000000000000000000001"}


async def test_a_whole_that_fails_for_the_store_is_503(world: World) -> None:
    response = await world.ask("{ unavailable }")
    assert response.status_code == 503
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "unavailable"


async def test_r4_64_an_operation_past_its_time_is_cancelled() -> None:
    async with a_world(EdgeOptions(request_timeout=0.05)) as world:
        response = await world.ask("{ slow }")
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "timeout"
        assert world.ran == ["slow was cancelled"]
