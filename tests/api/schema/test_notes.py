"""What callers keep word for word, through the schema; and what a project has of its own."""

from typing import Any

from tests.api.schema.world import World

APPEND = (
    "mutation($input: AppendTurnsInput!) { appendTurns(input: $input)"
    " { count turns { role content place payload } userErrors { code field } } }"
)
TRANSCRIPT = (
    'query($first: Int, $after: String, $last: Int, $before: String) { transcript(user: "ada", session: "s1",'
    " first: $first, after: $after, last: $last, before: $before)"
    " { nodes { content } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)
PUT = "mutation($input: PutValueInput!) { putValue(input: $input) { changed value { key value } userErrors { code field } } }"
VALUES = 'query($in: [String!]) { storedValues(user: "ada", namespace: $in) { nodes { namespace key value } } }'


def turn(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


async def contents(world: World, **page: Any) -> tuple[list[str], dict[str, Any]]:
    told = (await world.ask(TRANSCRIPT, page))["transcript"]
    return [node["content"] for node in told["nodes"]], told["pageInfo"]


async def test_turns_are_kept_once_and_paged_from_either_end(world: World) -> None:
    given = [turn("one", place=0, payload={"k": 1}), turn("two", place=1), turn("three", place=2)]
    kept = await world.ask(APPEND, {"input": {"user": "ada", "session": "s1", "turns": given}})
    assert kept["appendTurns"]["count"] == 3
    assert kept["appendTurns"]["turns"][0] == {"role": "user", "content": "one", "place": 0, "payload": {"k": 1}}
    again = await world.ask(APPEND, {"input": {"user": "ada", "session": "s1", "turns": given[:1]}})
    assert (again["appendTurns"]["count"], again["appendTurns"]["turns"][0]["content"]) == (0, "one")
    first, info = await contents(world, first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["one", "two"], True, False)
    rest, after = await contents(world, first=2, after=info["endCursor"])
    assert (rest, after["hasNextPage"], after["hasPreviousPage"]) == (["three"], False, True)
    last, info = await contents(world, last=1)
    assert (last, info["hasPreviousPage"]) == (["three"], True)
    assert (await contents(world, last=5, before=info["startCursor"]))[0] == ["one", "two"]
    assert (await world.ask("{ memories { totalCount } }"))["memories"]["totalCount"] == 0


async def test_turns_need_a_role_and_there_must_be_some(world: World) -> None:
    none = await world.ask(APPEND, {"input": {"user": "ada", "session": "s1", "turns": []}})
    assert none["appendTurns"]["userErrors"] == [{"code": "blank", "field": ["input", "turns"]}]
    unnamed = await world.ask(
        APPEND, {"input": {"user": "ada", "session": "s1", "turns": [{"role": "", "content": ""}]}}
    )
    assert unnamed["appendTurns"]["userErrors"] == [{"code": "out_of_range", "field": ["input", "turns", "0", "role"]}]


async def test_a_value_takes_the_place_of_the_one_before(world: World) -> None:
    place = {"user": "ada", "namespace": ["a", "b"], "key": "k"}
    put = (await world.ask(PUT, {"input": {**place, "value": {"city": "Rome"}}}))["putValue"]
    assert (put["changed"], put["value"]) == (True, {"key": "k", "value": {"city": "Rome"}})
    assert not (await world.ask(PUT, {"input": {**place, "value": {"city": "Rome"}}}))["putValue"]["changed"]
    await world.ask(PUT, {"input": {**place, "value": {"city": "Oslo"}}})
    shown = {"namespace": ["a", "b"], "key": "k", "value": {"city": "Oslo"}}
    assert (await world.ask(VALUES, {"in": ["a"]}))["storedValues"]["nodes"] == [shown]
    assert (await world.ask(VALUES, {"in": ["b"]}))["storedValues"]["nodes"] == []
    refused = await world.ask(PUT, {"input": {**place, "namespace": [], "value": {}}})
    assert refused["putValue"]["userErrors"] == [{"code": "out_of_range", "field": ["input", "namespace"]}]


async def test_a_project_has_kinds_of_its_own(world: World) -> None:
    ask = (
        "mutation($input: SetOntologyInput!) { setOntology(input: $input)"
        " { project { contentTypes relationTypes } userErrors { code field } } }"
    )
    await world.ask(ask, {"input": {"contentTypes": ["recipe"], "relationTypes": ["cooked_with"]}})
    done = (await world.ask(ask, {"input": {"contentTypes": []}}))["setOntology"]
    assert done["project"] == {"contentTypes": [], "relationTypes": ["cooked_with"]}
    assert (await world.ask(ask, {"input": {}}))["setOntology"]["userErrors"][0]["code"] == "required"


async def test_feedback_may_move_the_importance_within_bounds(world: World) -> None:
    memory = await world.add("Ana lives in Lyon.")
    ask = (
        "mutation($input: GiveFeedbackInput!) { giveFeedback(input: $input)"
        " { memory { importance version } userErrors { code field } } }"
    )
    down = {"memory": memory["id"], "value": -1, "importanceBy": -0.9}
    assert (await world.ask(ask, {"input": down}))["giveFeedback"]["memory"]["importance"] == 0.05
    refused = await world.ask(ask, {"input": {**down, "importanceBy": 2}})
    assert refused["giveFeedback"]["userErrors"] == [{"code": "out_of_range", "field": ["input", "importanceBy"]}]


async def test_vectors_are_read_anew_by_a_job(world: World) -> None:
    await world.add("Ana lives in Lyon.")
    done = await world.ask("mutation { refreshVectors(input: {}) { job { name total } userErrors { code } } }")
    assert done["refreshVectors"] == {"job": {"name": "refresh", "total": 1}, "userErrors": []}
