"""Entities that are one, through the schema."""

from tests.api.schema.graph import small_graph
from tests.api.schema.world import World

MERGE = (
    "mutation($input: MergeEntitiesInput!) { mergeEntities(input: $input) { entity { id name aliases mentionCount }"
    " userErrors { code message field } } }"
)
SPLIT = (
    "mutation($input: SplitEntityInput!) { splitEntity(input: $input) { entity { name mentionCount } into { name aliases }"
    " userErrors { code message field } } }"
)
MERGES = "{ merges { nodes { entityId name into { name } aliases reason actor at } pageInfo { hasNextPage } } }"


async def test_a_merge_is_shown_and_taken_back(world: World) -> None:
    graph = await small_graph(world)
    ada, alan = graph.entities["Ada"], graph.entities["Alan"]
    done = await world.ask(MERGE, {"input": {"into": ada, "entities": ["Alan"], "reason": "a pen name"}})
    assert done["mergeEntities"] == {
        "entity": {"id": ada, "name": "Ada", "aliases": ["Alan"], "mentionCount": 2},
        "userErrors": [],
    }
    (merge,) = (await world.ask(MERGES))["merges"]["nodes"]
    assert merge.pop("at")
    assert merge.pop("actor")
    assert merge == {
        "entityId": alan,
        "name": "Alan",
        "into": {"name": "Ada"},
        "aliases": ["Alan"],
        "reason": "a pen name",
    }
    assert await world.ask("query($id: ID!) { entity(id: $id) { name } }", {"id": alan}) == {"entity": None}
    parted = await world.ask(SPLIT, {"input": {"entity": alan}})
    assert parted["splitEntity"] == {
        "entity": {"name": "Alan", "mentionCount": 1},
        "into": {"name": "Ada", "aliases": []},
        "userErrors": [],
    }
    assert (await world.ask(MERGES))["merges"]["nodes"] == []


async def test_what_is_refused_says_where_it_is_wrong(world: World) -> None:
    graph = await small_graph(world)
    ada = graph.entities["Ada"]
    refused = await world.ask(MERGE, {"input": {"into": ada, "entities": [ada]}})
    assert refused["mergeEntities"]["userErrors"] == [
        {
            "code": "self",
            "message": "an entity cannot be merged into itself",
            "field": ["input", "entities", "0"],
        }
    ]
    unknown = await world.ask(SPLIT, {"input": {"entity": ada}})
    assert [each["code"] for each in unknown["splitEntity"]["userErrors"]] == ["not_found"]
