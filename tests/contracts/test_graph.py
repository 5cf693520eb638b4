"""Walks over the graph."""

from itertools import pairwise

import pytest

from app.domain.graph import Edge, EdgeKind
from app.domain.ids import EntityId, MemoryId, RelationId, UserId
from app.domain.memory import LinkType
from tests.builders import NOON, a_link, a_memory, a_mention, a_principal, a_relation, a_user, an_entity
from tests.contracts.conftest import WholeStore

US = a_principal()
ALL = tuple(EdgeKind)
ADA = UserId("usr_1")


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


def ent(number: int) -> EntityId:
    return EntityId(f"ent_{number}")


@pytest.fixture
async def small(store: WholeStore) -> WholeStore:
    """usr_1 – mem_1 – ent_1 – ent_2 – mem_2 ; mem_1 – mem_3 (forgotten) – ent_3 ; mem_2 – mem_4."""
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.memories.put_many([a_memory(user=ADA), a_memory(id=mem(2)), a_memory(id=mem(3)), a_memory(id=mem(4))])
        await uow.entities.put_many([an_entity(id=ent(n), name=f"Entity {n}") for n in (1, 2, 3)])
        await uow.memories.mention_many({mem(1): [a_mention(salience=0.9)]})
        await uow.memories.mention_many({mem(2): [a_mention(memory=mem(2), entity=ent(2))]})
        await uow.memories.mention_many({mem(3): [a_mention(memory=mem(3), entity=ent(3))]})
        await uow.entities.relate_many([a_relation()])
        await uow.memories.link_many([a_link(target=mem(3)), a_link(source=mem(2), target=mem(4))])
        await uow.memories.put_many([a_memory(id=mem(3), version=2, deleted_at=NOON)])
    return store


ABOUT = Edge(source="mem_1", target="usr_1", kind=EdgeKind.ABOUT, type="about", weight=0.5)
MENTIONS = Edge(source="mem_1", target="ent_1", kind=EdgeKind.MENTIONS, type="mentions", weight=0.9)
RELATES = Edge(source="ent_1", target="ent_2", kind=EdgeKind.RELATES, type="knows", weight=0.7)
LINKS = Edge(source="mem_2", target="mem_4", kind=EdgeKind.LINKS, type="supports", weight=0.8)
MENTIONS_TOO = Edge(source="mem_2", target="ent_2", kind=EdgeKind.MENTIONS, type="mentions", weight=0.5)


async def test_a_neighborhood_is_walked_breadth_first_both_ways(small: WholeStore) -> None:
    async with small.read(US) as reader:
        near = await reader.graph.neighborhood("ent_1", depth=1, kinds=ALL, limit=99)
        far = await reader.graph.neighborhood("usr_1", depth=4, kinds=ALL, limit=99)
    assert near is not None
    assert (near.nodes, near.truncated) == ((("ent_1", 0), ("mem_1", 1), ("ent_2", 1)), False)
    assert set(near.edges) == {MENTIONS, RELATES}
    assert far is not None
    assert far.nodes == (("usr_1", 0), ("mem_1", 1), ("ent_1", 2), ("ent_2", 3), ("mem_2", 4))
    assert set(far.edges) == {ABOUT, MENTIONS, RELATES, MENTIONS_TOO}


async def test_only_the_kinds_asked_for_are_walked(small: WholeStore) -> None:
    async with small.read(US) as reader:
        found = await reader.graph.neighborhood("mem_1", depth=4, kinds=(EdgeKind.MENTIONS,), limit=99)
    assert found is not None
    assert found.nodes == (("mem_1", 0), ("ent_1", 1))
    assert found.edges == (MENTIONS,)


async def test_the_forgotten_are_neither_start_nor_bridge(small: WholeStore) -> None:
    async with small.read(US) as reader:
        assert await reader.graph.neighborhood("mem_3", depth=1, kinds=ALL, limit=9) is None
        assert await reader.graph.neighborhood("ent_3", depth=1, kinds=ALL, limit=9) is None
        assert await reader.graph.neighborhood("nothing", depth=1, kinds=ALL, limit=9) is None
        assert await reader.graph.paths("mem_1", "ent_3", count=5, depth=8) == []


async def test_a_hub_gives_its_heaviest_edges(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many([an_entity()])
        await uow.memories.put_many([a_memory(id=mem(n)) for n in range(30)])
        for n in range(30):
            await uow.memories.mention_many({mem(n): [a_mention(memory=mem(n), salience=n / 30)]})
    async with store.read(US) as reader:
        found = await reader.graph.neighborhood("ent_1", depth=2, kinds=ALL, limit=4)
        whole = await reader.graph.neighborhood("ent_1", depth=2, kinds=ALL, limit=31)
    assert found is not None
    assert found.nodes == (("ent_1", 0), ("mem_29", 1), ("mem_28", 1), ("mem_27", 1))
    assert found.truncated
    assert len(found.edges) == 3
    assert whole is not None
    assert (len(whole.nodes), whole.truncated) == (31, False)


async def test_the_shortest_path_and_its_edges(small: WholeStore) -> None:
    async with small.read(US) as reader:
        (path,) = await reader.graph.paths("usr_1", "mem_4", count=3, depth=8)
        assert path.nodes == ("usr_1", "mem_1", "ent_1", "ent_2", "mem_2", "mem_4")
        assert path.edges == (ABOUT, MENTIONS, RELATES, MENTIONS_TOO, LINKS)
        assert await reader.graph.paths("usr_1", "mem_4", count=3, depth=4) == []
        assert await reader.graph.paths("mem_1", "mem_1", count=1, depth=4) == []
        assert await reader.graph.paths("mem_1", "nothing", count=1, depth=4) == []


async def test_more_paths_come_shortest_first_and_never_cross_themselves(store: WholeStore) -> None:
    """A ladder: 0–1–2–3 above, 10–11–12–13 below, with a rung at every step."""
    above, below = [mem(n) for n in range(4)], [mem(n) for n in range(10, 14)]
    steps = [*pairwise(above), *pairwise(below), *zip(above, below, strict=True)]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=each) for each in above + below])
        await uow.memories.link_many([a_link(source=one, target=other) for one, other in steps])
    async with store.read(US) as reader:
        paths = await reader.graph.paths(above[0], above[-1], count=5, depth=8)
    assert [len(path.edges) for path in paths] == [3, 5, 5, 5, 5]
    assert paths[0].nodes == tuple(above)
    assert len({path.nodes for path in paths}) == 5
    for path in paths:
        assert len(set(path.nodes)) == len(path.nodes)
        for (one, other), edge in zip(pairwise(path.nodes), path.edges, strict=True):
            assert {edge.source, edge.target} == {one, other}


async def test_edges_between_given_nodes(small: WholeStore) -> None:
    async with small.read(US) as reader:
        edges = await reader.graph.edges_between(["mem_1", "ent_1", "mem_3", "ent_3", "usr_1"])
        assert edges == [MENTIONS, ABOUT]
        assert await reader.graph.edges_between([]) == []


async def test_two_edges_between_the_same_nodes_are_both_told(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=mem(2))])
        await uow.memories.link_many([a_link(), a_link(type=LinkType.SIMILAR, confidence=0.9)])
        edges = await uow.graph.edges_between(["mem_1", "mem_2"])
        assert [edge.type for edge in edges] == ["similar", "supports"]
        (path,) = await uow.graph.paths("mem_1", "mem_2", count=5, depth=4)
        assert [edge.type for edge in path.edges] == ["similar"]


async def test_a_retired_relation_is_not_walked(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.entities.put_many([an_entity(id=ent(n), name=f"Entity {n}") for n in (1, 2, 3)])
        await uow.entities.relate_many([a_relation(), a_relation(id=RelationId("rel_2"), target=ent(3))])
        await uow.entities.relate_many([a_relation(target=ent(3), type="likes")])
        found = await uow.graph.neighborhood("ent_1", depth=4, kinds=ALL, limit=9)
    assert found is not None
    assert found.nodes == (("ent_1", 0), ("ent_3", 1))
