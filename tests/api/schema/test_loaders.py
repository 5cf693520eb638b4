"""Nested queries read each relation once a level, however many parents there are."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.ids import EntityId, MemoryId
from app.domain.memory import Usage
from app.domain.principal import Scope
from app.domain.work import Event, EventKind
from loaders.batch import MAX_BATCH
from loaders.bundle import Loaders
from tests.api.schema.graph import small_graph
from tests.api.schema.world import World


@pytest.mark.parametrize(
    ("document", "reads"),
    [
        ("{ memories { nodes { id text tags metadata createdAt } } }", 1),
        ("{ memories { nodes { user { name } } } }", 2),
        ("{ memories { nodes { user { name } project { slug } session { externalId } agent { id } } } }", 4),
        ("{ memories { nodes { mentions { salience } } } }", 2),
        ("{ memories { nodes { mentions { entity { name } } } } }", 2),
        ("{ memories { nodes { mentions { entity { mentionCount relations { type } } } } } }", 4),
        (
            "{ memories { nodes { mentions { entity { relations { target { name mentions { memory { text } } } } } } } } }",
            5,
        ),
        ("{ memories { nodes { links { type } usage { accessCount } } } }", 3),
        ("{ memories { nodes { session { user { name } } } } }", 3),
        ("{ memories { nodes { session { user { name } } user { name } } } }", 3),
        ("{ memories { totalCount nodes { id } } }", 2),
        ("{ entities { nodes { few: mentions(first: 1) { salience } many: mentions(first: 50) { salience } } } }", 2),
        ("{ viewer { organization { name } actor } }", 1),
    ],
)
async def test_reads_of_a_query(world: World, document: str, reads: int) -> None:
    await small_graph(world)
    await world.ask(document)
    assert world.store.reads == reads


async def test_what_belongs_to_a_memory_is_read_beside_it(world: World) -> None:
    """So the reads begin before it is known whether there is such a memory."""
    graph = await small_graph(world)
    document = "query($id: ID!) { memory(id: $id) { text mentions { entity { name } } usage { accessCount } } }"
    found = await world.ask(document, {"id": graph.memories[0]})
    assert "Ada" in {each["entity"]["name"] for each in found["memory"]["mentions"]}
    assert world.store.reads == 3
    world.store.reads = 0
    assert await world.ask(document, {"id": "mem_absent"}) == {"memory": None}
    assert world.store.reads == 3


async def test_nodes_of_a_walk_are_read_once_a_type(world: World) -> None:
    graph = await small_graph(world)
    walk = "query($from: ID!) { neighborhood(from: $from, depth: 2) { nodes { distance node { __typename label } } } }"
    found = await world.ask(walk, {"from": graph.entities["Ada"]})
    kinds = {each["node"]["__typename"] for each in found["neighborhood"]["nodes"]}
    assert kinds == {"Entity", "Memory", "User"}
    assert world.store.reads == 1 + len(kinds)


async def test_a_hundred_memories_need_no_more_than_one(world: World) -> None:
    texts = [{"text": f"fact number {n}", "user": f"u{n % 30}", "mode": "VERBATIM"} for n in range(100)]
    await world.ask(
        "mutation($memories: [MemoryInput!]!) { addMemories(input: {memories: $memories}) { userErrors { message } } }",
        {"memories": texts},
    )
    world.store.reads = 0
    found = await world.ask("{ memories(first: 100) { nodes { user { externalId } mentions { salience } } } }")
    assert len({each["user"]["externalId"] for each in found["memories"]["nodes"]}) == 30
    assert world.store.reads == 3


async def test_order_is_that_of_the_keys_and_the_absent_are_none(world: World) -> None:
    graph = await small_graph(world)
    asked = [graph.memories[2], "mem_absent", graph.memories[0], graph.memories[2]]
    loaders = Loaders(world.services.store, world.principal())
    found = await asyncio.gather(*(loaders.memories.load(MemoryId(each)) for each in asked))
    assert [memory and memory.id for memory in found] == [asked[0], None, asked[2], asked[0]]
    assert world.store.reads == 1


async def test_large_batches_are_cut(world: World) -> None:
    loaders = Loaders(world.services.store, world.principal())
    found = await loaders.memories.load_many([MemoryId(f"mem_{n}") for n in range(MAX_BATCH + 1)])
    assert found == [None] * (MAX_BATCH + 1)
    assert world.store.reads == 2


async def test_without_the_permission_nothing_is_read(world: World) -> None:
    graph = await small_graph(world)
    blind = Loaders(world.services.store, replace(world.principal(), permissions=frozenset()))
    memory, entity = MemoryId(graph.memories[0]), EntityId(graph.entities["Ada"])
    assert await blind.memories.load(memory) is None
    assert await blind.mentions.load(memory) == ()
    assert await blind.links.load(memory) == ()
    assert await blind.usage.load(memory) == Usage()
    assert await blind.mention_counts.load(entity) == 0
    assert await blind.mentioned_by.load((entity, 5)) == ()
    assert await blind.node(graph.entities["Ada"]) is None
    assert world.store.reads == 0


async def test_keys_and_members_need_their_own_permission(world: World) -> None:
    made = await world.ask('mutation { createApiKey(input: {name: "k"}) { apiKey { id } } }')
    asked = {"id": made["createApiKey"]["apiKey"]["id"]}
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert (await world.ask(node, asked))["node"]["__typename"] == "ApiKey"
    assert (await world.ask(node, asked, principal=world.principal(Scope.WRITE)))["node"] is None


async def test_each_operation_reads_anew(world: World) -> None:
    memory = await world.add("before")
    context = world.context()
    ask = "query($id: ID!) { memory(id: $id) { text } }"
    update = 'mutation($id: ID!) { updateMemory(input: {id: $id, text: "after"}) { userErrors { message } } }'
    first = await world.schema.execute(ask, {"id": memory["id"]}, context)
    await world.schema.execute(update, {"id": memory["id"]}, context)
    second = await world.schema.execute(ask, {"id": memory["id"]}, context)
    assert first.data == {"memory": {"text": "before"}}
    assert second.data == {"memory": {"text": "after"}}
    assert context._loaders is None


async def test_every_result_of_a_stream_reads_anew(world: World) -> None:
    graph = await small_graph(world)
    watch = "subscription { graphChanges { node { ... on Entity { relations(first: 1) { target { name } } } } } }"
    seen = []
    async with world.watch(watch) as stream:
        await anext(stream)
        for name in ("Lutetia", "Paname"):
            await rename(world, EntityId(graph.entities["Paris"]), name, told=graph.entities["Ada"])
            seen.append((await anext(stream)).data["graphChanges"]["node"]["relations"])
    assert seen == [[{"target": {"name": "Lutetia"}}], [{"target": {"name": "Paname"}}]]


async def rename(world: World, id_: EntityId, name: str, *, told: str) -> None:
    async with world.store.write(world.principal()) as uow:
        (entity,) = await uow.entities.get_many([id_])
        assert entity is not None
        await uow.entities.put_many([replace(entity, name=name)])
        uow.emit(Event(kind=EventKind.ENTITY_UPDATED, subject=told, project=entity.project, user=None))
