"""Feedback through the schema."""

from typing import Any

import pytest

from app.domain.principal import Scope
from tests.api.schema.world import World

GIVE = (
    "mutation($input: GiveFeedbackInput!) { giveFeedback(input: $input)"
    " { memory { id version } usage { feedback accessCount } userErrors { code field } } }"
)
SEARCH = '{ search(query: "green tea") { edges { node { id } score factors { signal value weight contribution } } } }'


async def give(world: World, **input: Any) -> Any:
    return (await world.ask(GIVE, {"input": input}))["giveFeedback"]


async def test_feedback_is_kept_and_added_up(world: World) -> None:
    memory = await world.add("Green tea helps", user="ada")
    assert await give(world, memory=memory["id"], value=1) == {
        "memory": {"id": memory["id"], "version": 1},
        "usage": {"feedback": 1, "accessCount": 0},
        "userErrors": [],
    }
    assert (await give(world, memory=memory["id"], value=-0.5, reason=" late "))["usage"]["feedback"] == 0.5
    found = await world.ask(
        "query($id: ID!) { memory(id: $id) { feedback(first: 1) { nodes { number value reason actor }"
        " pageInfo { hasNextPage } } } }",
        {"id": memory["id"]},
    )
    assert found["memory"]["feedback"] == {
        "nodes": [{"number": 2, "value": -0.5, "reason": "late", "actor": "tester"}],
        "pageInfo": {"hasNextPage": True},
    }


async def test_search_heeds_it_and_says_so(world: World) -> None:
    ids = [(await world.add(f"Green tea number {n}", user="ada"))["id"] for n in "abc"]
    plain = (await world.ask(SEARCH))["search"]["edges"]
    assert {factor["signal"] for edge in plain for factor in edge["factors"]} == {"words", "meaning"}
    for _ in range(9):
        await give(world, memory=plain[0]["node"]["id"], value=-1)
    await give(world, memory=plain[-1]["node"]["id"], value=1)
    edges = (await world.ask(SEARCH))["search"]["edges"]
    assert {edge["node"]["id"] for edge in edges} == set(ids)
    assert [edge["node"]["id"] for edge in edges] == [plain[at]["node"]["id"] for at in (2, 1, 0)]
    for edge, value in zip(edges, (0.75, 0.5, 0.05), strict=True):
        told = edge["factors"][-1]
        assert (told["signal"], told["value"]) == ("feedback", pytest.approx(value))
        assert told["weight"] <= 0.2
        assert edge["score"] == pytest.approx(sum(each["contribution"] for each in edge["factors"]), abs=1e-5)


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({"value": 1.01}, "out_of_range", ["input", "value"]),
        ({"value": 1, "reason": "x" * 1_001}, "too_long", ["input", "reason"]),
        ({"value": 1, "reason": " "}, "blank", ["input", "reason"]),
        ({"value": 1, "memory": "mem_9"}, "not_found", None),
    ],
)
async def test_wrong_feedback_is_refused(
    world: World, input: dict[str, Any], code: str, field: list[str] | None
) -> None:
    memory = await world.add("Green tea", user="ada")
    told = await give(world, **{"memory": memory["id"], **input})
    assert told == {"memory": None, "usage": None, "userErrors": [{"code": code, "field": field}]}


async def test_feedback_on_what_is_hidden_is_not_found(world: World) -> None:
    memory = await world.add("Green tea", user="ada")
    stranger = world.principal(Scope.WRITE, projects=[])
    asked = {"input": {"memory": memory["id"], "value": 1}}
    told = await world.ask(GIVE, asked, principal=stranger)
    assert told["giveFeedback"]["userErrors"] == [{"code": "not_found", "field": None}]
