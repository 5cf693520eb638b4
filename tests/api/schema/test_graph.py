"""Entities, walks and paths through the schema."""

from typing import Any

import pytest

from tests.api.schema.graph import small_graph
from tests.api.schema.world import World

WALK = (
    "query($from: ID!, $depth: Int!, $kinds: [EdgeKind!], $first: Int!) {"
    " neighborhood(from: $from, depth: $depth, kinds: $kinds, first: $first) { start { id label } truncated"
    " nodes { id distance node { __typename label } } edges { source target kind type weight } } }"
)
PATHS = (
    "query($from: ID!, $to: ID!, $first: Int!, $depth: Int!) { paths(from: $from, to: $to, first: $first, depth: $depth)"
    " { length nodeIds nodes { label } edges { type } } }"
)


async def test_an_entity_shows_what_it_is_tied_to(world: World) -> None:
    graph = await small_graph(world)
    found = await world.ask(
        "query($id: ID!) { entity(id: $id) { name type label aliases mentionCount project { slug } user { id }"
        " mentions(first: 2) { salience spans { start end } memory { text } }"
        " relations { type weight source { name } target { name } validFrom validTo evidence { text } }"
        " memories(first: 1) { totalCount nodes { text } pageInfo { hasNextPage } } } }",
        {"id": graph.entities["Paris"]},
    )
    assert found["entity"] == {
        "name": "Paris",
        "type": "PLACE",
        "label": "Paris",
        "aliases": [],
        "mentionCount": 3,
        "project": {"slug": "default"},
        "user": None,
        "mentions": [
            {"salience": 0.5, "spans": [{"start": 14, "end": 19}], "memory": {"text": "Alan spoke of Paris"}},
            {"salience": 0.5, "spans": [{"start": 15, "end": 20}], "memory": {"text": "Grace spoke of Paris"}},
        ],
        "relations": [
            relation("lives_in", 0.9, "Ada", "Paris", "Ada spoke of Paris"),
            relation("lives_in", 0.8, "Grace", "Paris", "Grace spoke of Paris"),
        ],
        "memories": {"totalCount": 3, "nodes": [{"text": "Alan spoke of Paris"}], "pageInfo": {"hasNextPage": True}},
    }


def relation(type_: str, weight: float, source: str, target: str, evidence: str) -> dict[str, Any]:
    return {
        "type": type_,
        "weight": weight,
        "source": {"name": source},
        "target": {"name": target},
        "validFrom": "2026-03-01T09:30:00Z",
        "validTo": None,
        "evidence": [{"text": evidence}],
    }


async def test_entities_by_filter(world: World) -> None:
    await small_graph(world)
    listing = "query($filter: EntityFilter) { entities(filter: $filter) { nodes { name } } }"

    async def names(**where: Any) -> list[str]:
        return [each["name"] for each in (await world.ask(listing, {"filter": where}))["entities"]["nodes"]]

    assert await names() == ["Ada", "Alan", "Grace", "Paris"]
    assert await names(types=["PLACE"]) == ["Paris"]
    assert await names(name="A") == ["Ada", "Alan", "Grace", "Paris"]
    assert await names(name="al", project="default") == ["Alan"]


async def test_a_walk_of_one_kind_of_edge(world: World) -> None:
    graph = await small_graph(world)
    ada = graph.entities["Ada"]
    found = await world.ask(WALK, {"from": ada, "depth": 1, "kinds": ["RELATES"], "first": 10})
    walk = found["neighborhood"]
    assert walk["start"] == {"id": ada, "label": "Ada"}
    assert [(each["distance"], each["node"]) for each in walk["nodes"]] == [
        (0, {"__typename": "Entity", "label": "Ada"}),
        (1, {"__typename": "Entity", "label": "Paris"}),
        (1, {"__typename": "Entity", "label": "Alan"}),
    ]
    assert {(each["kind"], each["type"], each["weight"]) for each in walk["edges"]} == {
        ("RELATES", "lives_in", 0.9),
        ("RELATES", "knows", 0.7),
    }
    assert walk["truncated"] is False
    cut = await world.ask(WALK, {"from": ada, "depth": 4, "kinds": None, "first": 2})
    assert len(cut["neighborhood"]["nodes"]) == 2
    assert cut["neighborhood"]["truncated"] is True


async def test_a_walk_from_nowhere_is_null(world: World) -> None:
    found = await world.ask(WALK, {"from": "ent_absent", "depth": 1, "kinds": [], "first": 10})
    assert found == {"neighborhood": None}


@pytest.mark.parametrize(
    ("limits", "field"),
    [({"depth": 5}, "depth"), ({"depth": 0}, "depth"), ({"first": 501}, "first"), ({"first": 0}, "first")],
)
async def test_a_walk_has_limits(world: World, limits: dict[str, int], field: str) -> None:
    (shown,) = await world.errors(WALK, {"from": "ent_x", "depth": 1, "kinds": [], "first": 10, **limits})
    assert (shown["extensions"]["code"], shown["extensions"]["fields"][0]["field"]) == ("invalid", [field])


async def test_paths_are_the_shortest_first(world: World) -> None:
    graph = await small_graph(world)
    ends = {"from": graph.entities["Alan"], "to": graph.entities["Grace"]}
    found = await world.ask(PATHS, {**ends, "first": 2, "depth": 6})
    lengths = [path["length"] for path in found["paths"]]
    assert lengths == sorted(lengths)
    for path in found["paths"]:
        assert len(path["nodes"]) == len(path["nodeIds"]) == path["length"] + 1 == len(path["edges"]) + 1
        assert (path["nodes"][0]["label"], path["nodes"][-1]["label"]) == ("Alan", "Grace")
    assert (await world.ask(PATHS, {**ends, "first": 1, "depth": 1}))["paths"] == []


@pytest.mark.parametrize(("limits", "field"), [({"first": 6}, "first"), ({"depth": 9}, "depth")])
async def test_paths_have_limits(world: World, limits: dict[str, int], field: str) -> None:
    (shown,) = await world.errors(PATHS, {"from": "ent_x", "to": "ent_y", "first": 1, "depth": 6, **limits})
    assert (shown["extensions"]["code"], shown["extensions"]["fields"][0]["field"]) == ("invalid", [field])


@pytest.mark.parametrize("first", [0, 101])
async def test_lists_without_cursors_have_limits(world: World, first: int) -> None:
    graph = await small_graph(world)
    (shown,) = await world.errors(
        "query($id: ID!, $first: Int!) { entity(id: $id) { mentions(first: $first) { salience } } }",
        {"id": graph.entities["Ada"], "first": first},
    )
    assert shown["extensions"]["fields"][0]["field"] == ["first"]


async def test_every_noun_is_found_by_its_id(world: World) -> None:
    graph = await small_graph(world)
    await world.add("sourced", agent="bot", source={"kind": "PAGE", "uri": "https://example.com"})
    key = await world.ask('mutation { createApiKey(input: {name: "k"}) { apiKey { id } } }')
    seen = await world.ask(
        "{ viewer { organization { id } } jobs(first: 1) { nodes { id } } agents { nodes { id } }"
        " memories(first: 1) { nodes { source { id } } } users(first: 1) { nodes { id } } sessions(first: 1) { nodes { id } } }"
    )
    ids = {
        "Organization": seen["viewer"]["organization"]["id"],
        "Project": graph.project,
        "User": seen["users"]["nodes"][0]["id"],
        "Agent": seen["agents"]["nodes"][0]["id"],
        "Session": seen["sessions"]["nodes"][0]["id"],
        "Source": seen["memories"]["nodes"][0]["source"]["id"],
        "Memory": graph.memories[0],
        "Entity": graph.entities["Ada"],
        "Relation": graph.relations[0],
        "Job": seen["jobs"]["nodes"][0]["id"],
        "ApiKey": key["createApiKey"]["apiKey"]["id"],
    }
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    found = await world.ask(nodes, {"ids": [*ids.values(), "mem_absent", "xyz_1", ""]})
    assert found["nodes"] == [*({"__typename": noun, "id": id_} for noun, id_ in ids.items()), None, None, None]
    (shown,) = await world.errors(nodes, {"ids": ["mem_1"] * 101})
    assert shown["extensions"]["code"] == "invalid"


async def test_r4_1_what_another_tenant_has_is_absent(world: World) -> None:
    graph = await small_graph(world)
    theirs = world.principal(tenant="org_theirs")
    ids = [graph.project, *graph.memories, *graph.entities.values(), *graph.relations, "org_ours"]
    found = await world.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}, principal=theirs)
    assert found["nodes"] == [None] * len(ids)
    walk = {"from": graph.entities["Ada"], "depth": 2, "kinds": [], "first": 10}
    assert await world.ask(WALK, walk, principal=theirs) == {"neighborhood": None}
    assert await world.ask(
        "{ entities { nodes { id } } memories { nodes { id } } }", principal=await settled(world)
    ) == {
        "entities": {"nodes": []},
        "memories": {"nodes": []},
    }


async def settled(world: World) -> Any:
    """The other tenant, with its own default project."""
    theirs = world.principal(tenant="org_theirs")
    await world.ask('mutation { createProject(input: {slug: "default"}) { userErrors { code } } }', principal=theirs)
    return theirs


async def test_a_forgotten_memory_leaves_what_spoke_of_it(world: World) -> None:
    graph = await small_graph(world)
    await world.ask(
        "mutation($ids: [ID!]!) { forgetMemories(input: {ids: $ids}) { count } }", {"ids": [graph.memories[0]]}
    )
    found = await world.ask(
        "query($id: ID!) { entity(id: $id) { mentionCount mentions { memory { id } } memories { totalCount } } }",
        {"id": graph.entities["Paris"]},
    )
    assert found["entity"]["mentionCount"] == 2
    assert graph.memories[0] not in [each["memory"]["id"] for each in found["entity"]["mentions"]]
    assert found["entity"]["memories"]["totalCount"] == 2
