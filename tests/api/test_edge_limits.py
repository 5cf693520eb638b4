"""Documents that ask for too much are refused before anything of them runs."""

import json

import pytest

from app.edge.options import EdgeOptions
from tests.api.edge_world import World, a_world, greeted

RESPONSE = "application/graphql-response+json"


def bomb(count: int) -> str:
    """Fragments that spread the next one twice: 2^count fields in about 60 characters each."""
    links = (f"fragment F{n} on Thing {{ friend {{ ...F{n + 1} }} f: friend {{ ...F{n + 1} }} }}" for n in range(count))
    return f"{{ thing {{ ...F0 }} }} {' '.join(links)} fragment F{count} on Thing {{ name }}"


DOCUMENTS = {
    "depth": "{ thing " + "{ friend " * 25 + "{ name }" + " }" * 25 + " }",
    "nesting": "{ thing " + "{ ... on Thing " * 70 + "{ name }" + " }" * 70 + " }",
    "rootFields": "{ " + " ".join(f"a{n}: actor" for n in range(31)) + " }",
    "aliases": "{ thing { " + " ".join(f"a{n}: name" for n in range(101)) + " } }",
    "directives": "{ thing { name " + "@include(if: true) " * 101 + "} }",
    "fragments": "{ thing { ...A } } fragment A on Thing { friend { ...B } } fragment B on Thing { friend { ...A } }",
    "aliases of a bomb": bomb(12),
    "aliases of a larger bomb": bomb(15),
    "cost": "{ things(first: 100) { nodes { things(first: 100) { things(first: 100) { things(first: 100) { name } } } } } }",
}


@pytest.mark.parametrize(("limit", "document"), DOCUMENTS.items(), ids=DOCUMENTS.keys())
async def test_r4_58_one_document_past_each_limit(limit: str, document: str) -> None:
    async with a_world() as world:
        response = await world.ask(document, accept=RESPONSE)
        assert response.status_code == 400
        errors = response.json()["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"limit_exceeded"}
        assert limit.split(maxsplit=1)[0] in {error["extensions"]["limit"] for error in errors}
        assert world.ran == []


async def test_r4_58_tokens_are_limited() -> None:
    async with a_world() as world:
        response = await world.ask("{ thing { " + "name " * 10_001 + "} }", accept=RESPONSE)
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"]["code"] == "limit_exceeded"
        assert world.ran == []


async def test_r4_58_brackets_without_end_are_refused() -> None:
    async with a_world() as world:
        response = await world.ask("{ thing " * 4_000, accept=RESPONSE)
        assert response.status_code == 400
        assert world.ran == []


async def test_r4_60_an_alias_is_counted_wherever_its_fragment_is_spread() -> None:
    async with a_world() as world:
        spreads = " ".join("... on Thing { ...Many }" for _ in range(11))
        many = " ".join(f"a{n}: name" for n in range(10))
        response = await world.ask(f"{{ thing {{ {spreads} }} }} fragment Many on Thing {{ {many} }}", accept=RESPONSE)
        assert response.json()["errors"][0]["extensions"]["limit"] == "aliases"


@pytest.mark.parametrize("variables", [{"n": 100}, {"n": 100.0}])
async def test_r4_59_the_cost_knows_variables(variables: dict[str, object]) -> None:
    query = "query($n: Int!) { things(first: $n) { nodes { things(first: $n) { things(first: $n) { name } } } } }"
    async with a_world() as world:
        response = await world.ask(query, variables)
        assert response.json()["errors"][0]["extensions"] == {"code": "limit_exceeded", "limit": "cost"}
        assert world.ran == []
        response = await world.ask(query, {"n": 2})
        assert response.json()["data"]["things"]["nodes"][1]["things"][1]["things"][1] == {"name": "1.1.1"}


async def test_r4_61_introspection_and_suggestions_are_off_where_they_should_be() -> None:
    async with a_world(EdgeOptions(introspection=False)) as world:
        response = await world.ask("{ __schema { types { name } } }")
        assert response.json()["errors"][0]["extensions"]["code"] == "validation_failed"
        response = await world.ask("{ thin { name } }")
        assert "Did you mean" not in response.text
        response = await world.ask("query($n: String!) { thing(nam: $n) { name } }")
        assert "Did you mean" not in response.text


async def test_introspection_and_suggestions_are_on_by_default() -> None:
    async with a_world() as world:
        assert "data" in (await world.ask("{ __schema { types { name } } }")).json()
        assert "Did you mean 'thing'" in (await world.ask("{ thin { name } }")).text


async def refused_over_a_socket(world: World, document: str) -> None:
    async with world.socket() as socket:
        await greeted(socket)
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": document}}))
        message = json.loads(await socket.recv())
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "limit_exceeded"


async def test_limits_hold_over_sockets() -> None:
    async with a_world() as world:
        await refused_over_a_socket(world, DOCUMENTS["cost"])
        await refused_over_a_socket(world, DOCUMENTS["depth"])
        assert world.ran == []
