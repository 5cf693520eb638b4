"""`route` through the schema."""

from tests.api.schema.world import World

ROUTE = """query($query: String!, $user: String) { route(query: $query, user: $user, first: 2) {
  kind why confidence others { kind } degraded count after before
  hits { score memory { text } } memory { keypath } entity { name } facts { field value } decision { id } } }"""


async def test_a_question_says_which_and_why_and_is_answered(world: World) -> None:
    await world.add("The ferry leaves at noon.")
    await world.ask('mutation { storeAtKeypath(input: {keypath: "ferry.hour", value: "12"}) { userErrors { code } } }')
    told = (await world.ask(ROUTE, {"query": "ferry.hour"}))["route"]
    assert (told["kind"], told["why"], told["confidence"]) == ("KEYPATH", "something lives at ferry.hour", 0.98)
    assert told["memory"] == {"keypath": "ferry.hour"}
    counted = (await world.ask(ROUTE, {"query": "How many memories are there?"}))["route"]
    assert (counted["kind"], counted["count"], counted["facts"], counted["decision"]) == ("COUNT", 2, [], None)
    assert [one["kind"] for one in counted["others"]] == ["HYBRID"]
    found = (await world.ask(ROUTE, {"query": "Where does the ferry leave?"}))["route"]
    assert found["kind"] == "HYBRID"
    assert found["hits"][0]["memory"]["text"] == "The ferry leaves at noon."


async def test_an_unknown_user_and_too_many_hits_are_refused(world: World) -> None:
    for arguments, field in (('query: "Who am I?", user: "nobody"', "user"), ('query: "x", first: 101', "first")):
        result = await world.schema.execute(f"{{ route({arguments}) {{ kind }} }}", None, world.context())
        assert result.data == {"route": None}
        assert result.errors is not None
        assert (result.errors[0].extensions or {})["code"] == "invalid", field
