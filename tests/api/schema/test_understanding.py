"""Clusters, counts, summaries, pages and insights as clients ask for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.ids import ClusterId, MemoryId, ProjectId
from app.domain.principal import Scope
from tests.api.schema.graph import SmallGraph, small_graph
from tests.api.schema.world import World, open_world
from tests.builders import a_centre


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        await opened.ask('mutation { createProject(input: {slug: "default"}) { userErrors { code } } }')
        yield opened


async def grouped(world: World, *texts: str, **fields: object) -> list[str]:
    """Memories in one cluster, past extraction."""
    stored = [await world.add(text, **fields) for text in texts]
    user = stored[0]["user"]["id"] if stored[0]["user"] else None
    centre = a_centre(project=ProjectId(stored[0]["project"]["id"]), user=user)
    async with world.store.write(world.principal()) as uow:
        await uow.clusters.put_many([centre])
        await uow.clusters.place_many({MemoryId(each["id"]): ClusterId("cls_1") for each in stored})
    return [each["id"] for each in stored]


async def test_clusters_show_their_members_and_memories_their_cluster(world: World) -> None:
    ids = await grouped(world, "Green tea", "Black tea", user="ada")
    data = await world.ask(
        '{ clusters(user: "ada") { nodes { id name keywords size user { externalId }'
        " members { totalCount nodes { id cluster { id } } } } pageInfo { hasNextPage } }"
        ' filtered: memories(filter: {clusters: ["cls_1"]}) { totalCount } node(id: "cls_1") { __typename id } }'
    )
    members = {"totalCount": 2, "nodes": [{"id": id_, "cluster": {"id": "cls_1"}} for id_ in reversed(ids)]}
    assert data["clusters"] == {
        "nodes": [
            {
                "id": "cls_1",
                "name": "tea, cups",
                "keywords": ["tea", "cups"],
                "size": 2,
                "user": {"externalId": "ada"},
                "members": members,
            }
        ],
        "pageInfo": {"hasNextPage": False},
    }
    assert data["filtered"] == {"totalCount": 2}
    assert data["node"] == {"__typename": "Cluster", "id": "cls_1"}


async def test_a_memory_alone_is_in_no_cluster(world: World) -> None:
    (id_,) = await grouped(world, "Green tea")
    data = await world.ask(f'{{ clusters {{ nodes {{ id }} }} memory(id: "{id_}") {{ cluster {{ id }} }} }}')
    assert data == {"clusters": {"nodes": []}, "memory": {"cluster": None}}


async def test_clusters_of_another_user_are_hidden(world: World) -> None:
    await grouped(world, "Green tea", "Black tea", user="ada")
    ben = (await world.add("I am Ben", user="ben"))["user"]["id"]
    asked = '{ clusters { nodes { id } } node(id: "cls_1") { id } }'
    found = await world.ask(asked, principal=world.principal(Scope.READ, user=ben))
    assert found == {"clusters": {"nodes": []}, "node": None}


async def test_refreshing_starts_a_job(world: World) -> None:
    data = await world.ask("mutation { refreshClusters(input: {}) { job { name state } userErrors { code } } }")
    assert data["refreshClusters"] == {"job": {"name": "clusters", "state": "PENDING"}, "userErrors": []}
    data = await world.ask('mutation { refreshClusters(input: {user: "x"}) { job { id } userErrors { field code } } }')
    assert data["refreshClusters"] == {"job": None, "userErrors": [{"field": ["input", "user"], "code": "unknown"}]}


async def test_categories_and_labels_are_counted(world: World) -> None:
    await world.add("Green tea", categories=["drinks", "home"], type="fact")
    await world.add("Black tea", categories=["drinks"], tags=["x"], user="ada")
    data = await world.ask(
        '{ categories { value count } hers: categories(user: "ada") { value count }'
        ' one: categories(first: 1) { value } labelCounts(by: TAG, filter: {users: ["ada"]}) { value count } }'
    )
    assert data == {
        "categories": [{"value": "drinks", "count": 2}, {"value": "home", "count": 1}],
        "hers": [{"value": "drinks", "count": 1}],
        "one": [{"value": "drinks"}],
        "labelCounts": [{"value": "x", "count": 1}],
    }


async def test_a_summary_quotes_and_is_kept_unless_it_is_a_trial(world: World) -> None:
    stored = await world.add("The launch moved to Friday.")
    asked = (
        "mutation($trial: Boolean!) { summarizeMemories(input: {filter: {}, dryRun: $trial}) {"
        " text readCount sentences { text memoryId memory { id } } memory { type links { type target { id } } }"
        " userErrors { code } } }"
    )
    trial = (await world.ask(asked, {"trial": True}))["summarizeMemories"]
    kept = (await world.ask(asked, {"trial": False}))["summarizeMemories"]
    sentence = {"text": "The launch moved to Friday.", "memoryId": stored["id"], "memory": {"id": stored["id"]}}
    assert (trial["text"], trial["readCount"], trial["sentences"]) == (sentence["text"], 1, [sentence])
    assert (trial["memory"], trial["userErrors"]) == (None, [])
    assert kept["memory"] == {"type": "summary", "links": [{"type": "SUMMARY_OF", "target": {"id": stored["id"]}}]}


async def test_an_entity_has_a_page(world: World) -> None:
    graph: SmallGraph = await small_graph(world)
    data = await world.ask(
        "query($id: ID!) { entity(id: $id) { page { title markdown citationIds citations { id }"
        " sections { title lines { text memories { id } } } } } }",
        {"id": graph.entities["Ada"]},
    )
    page = data["entity"]["page"]
    assert page["title"] == "Ada"
    assert [section["title"] for section in page["sections"]] == [
        "Who or what it is",
        "Facts",
        "What is said",
        "Related",
    ]
    facts = page["sections"][1]["lines"]
    assert facts[0] == {
        "text": "Alan knows Ada (since 2026-03-01)",
        "memories": [{"id": graph.memories[2]}],
    }
    assert page["citations"] == [{"id": id_} for id_ in page["citationIds"]]
    assert "## Facts" in page["markdown"]


async def test_what_stands_out_bears_its_evidence(world: World) -> None:
    ids = await grouped(world, "Green tea", "Black tea", "Mint tea")
    data = await world.ask(
        "{ intelligence { readCount insights(kinds: [THEME]) { kind label why weight memories { id } } } }"
    )
    theme = {
        "kind": "THEME",
        "label": "tea, cups",
        "why": "3 of 3 memories are about tea, cups.",
        "weight": 1.0,
        "memories": [{"id": id_} for id_ in reversed(ids)],
    }
    assert data["intelligence"] == {"readCount": 3, "insights": [theme]}
    nobody = await world.ask('{ intelligence(user: "x") { readCount insights { label } } }')
    assert nobody["intelligence"] == {"readCount": 0, "insights": []}
