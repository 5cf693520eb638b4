"""Clusters and who is in them."""

from datetime import timedelta

import numpy as np
import pytest

from app.domain.ids import ClusterId, EntityId, MemoryId, UserId
from app.domain.memory import LinkType
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.ports.store import Reader
from tests.builders import (
    NOON,
    PROJECT,
    a_centre,
    a_link,
    a_memory,
    a_mention,
    a_principal,
    an_embedding,
    an_entity,
)
from tests.contracts.conftest import WholeStore

US = a_principal()
ONE, TWO, THREE, FOUR = (MemoryId(f"mem_{number}") for number in (1, 2, 3, 4))
TEA, INK = ClusterId("cls_1"), ClusterId("cls_2")
ADA = UserId("usr_1")


@pytest.fixture
async def stocked(store: WholeStore) -> WholeStore:
    """Two memories in one cluster, one in another, one in none; the second is named after the first."""
    memories = [a_memory(id=id_, text=f"Text {id_}") for id_ in (ONE, TWO, THREE, FOUR)]
    async with store.write(US) as uow:
        await uow.memories.put_many(memories)
        await uow.memories.embed_many({memory.id: an_embedding() for memory in memories})
        await uow.entities.put_many([an_entity()])
        await uow.memories.mention_many({ONE: [a_mention()]})
        await uow.clusters.put_many([a_centre(), a_centre(id=INK, name="ink", updated_at=NOON + timedelta(1))])
        await uow.clusters.place_many({ONE: TEA, TWO: TEA, THREE: INK})
    return store


async def listed(reader: Reader, *, least: int = 1, user: UserId | None = None) -> list[ClusterId]:
    page = await reader.clusters.page(Window(limit=9), project=PROJECT, user=user, least=least)
    return [row.item.id for row in page.rows]


async def test_a_cluster_comes_back_as_it_was_put(stocked: WholeStore) -> None:
    async with stocked.read(US) as reader:
        assert await reader.clusters.get_many([ClusterId("cls_9"), TEA]) == [None, a_centre().cluster]


async def test_a_centre_comes_back_with_its_sum(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        await uow.clusters.put_many([a_centre(id="cls_3", user=ADA)])
        tea, ink = await uow.clusters.centres(project=PROJECT, user=None)
        (hers,) = await uow.clusters.centres(project=PROJECT, user=ADA)
    assert (tea.cluster.id, ink.cluster.id, hers.cluster.id) == (TEA, INK, "cls_3")
    assert tea.model == "small"
    assert np.array_equal(tea.total if tea.total is not None else [], np.array([1, 0, 0], dtype=np.float32))


async def test_the_last_changed_comes_first_and_pages_go_on(stocked: WholeStore) -> None:
    async with stocked.read(US) as reader:
        assert await listed(reader) == [INK, TEA]
        first = await reader.clusters.page(Window(limit=1), project=PROJECT, user=None, least=1)
        after = Window(limit=1, position=first.rows[0].position)
        second = await reader.clusters.page(after, project=PROJECT, user=None, least=1)
    assert (first.more, second.more) == (True, False)
    assert [row.item.id for row in second.rows] == [TEA]


async def test_only_living_members_count(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        assert await uow.clusters.sizes([TEA, INK]) == [2, 1]
        assert await listed(uow, least=2) == [TEA]
        await uow.memories.put_many([a_memory(id=TWO, text=f"Text {TWO}", deleted_at=NOON, version=2)])
    async with stocked.read(US) as reader:
        assert await reader.clusters.sizes([TEA, INK, ClusterId("cls_9")]) == [1, 1, 0]
        assert await listed(reader, least=2) == []
        assert await listed(reader, user=ADA) == []


async def test_a_memory_tells_its_cluster_and_a_filter_finds_it(stocked: WholeStore) -> None:
    async with stocked.read(US) as reader:
        assert await reader.clusters.of_memories([FOUR, TWO, ONE]) == [None, TEA, TEA]
        page = await reader.memories.page(
            Window(limit=9), where=MemoryFilter(clusters=(TEA,)), order=MemoryOrder.CREATED_AT, descending=False
        )
        assert [row.item.id for row in page.rows] == [ONE, TWO]
        assert await reader.memories.count(MemoryFilter(clusters=(TEA, INK), project=PROJECT)) == 3


async def test_members_are_what_can_stand_in_a_cluster(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        await uow.memories.put_many([a_memory(id="mem_5", text="Hi", skip_reason="greeting"), a_memory(id="mem_6")])
        await uow.memories.embed_many({MemoryId("mem_5"): an_embedding()})
        await uow.memories.link_many([a_link(source=FOUR, target=ONE, type=LinkType.DERIVED_FROM)])
        found = await uow.clusters.members(project=PROJECT, user=None, limit=9)
        assert [(member.memory, member.cluster) for member in found] == [(ONE, TEA), (TWO, TEA), (THREE, INK)]
        assert [member.entities for member in found] == [(EntityId("ent_1"),), (), ()]
        assert found[0].text == "Text mem_1"
        assert np.array_equal(found[0].embedding.vector, an_embedding().vector)
        assert [member.memory for member in await uow.clusters.candidates([FOUR, MemoryId("mem_5"), TWO])] == [TWO]
        assert [member.memory for member in await uow.clusters.members_of([INK], limit=9)] == [THREE]
        assert await uow.clusters.members(project=PROJECT, user=ADA, limit=9) == []


async def test_who_leaves_takes_what_the_cluster_had_of_it(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        await uow.clusters.place_many({TWO: INK, THREE: INK, MemoryId("mem_9"): TEA})
    async with stocked.write(US) as uow:
        tea, ink = await uow.clusters.centres(project=PROJECT, user=None)
        assert (tea.cluster.name, tea.cluster.keywords, tea.cluster.terms, tea.total) == ("", (), (), None)
        assert (ink.cluster.name, ink.total is None) == ("ink", False)
        await uow.clusters.place_many({ONE: None})
        assert await uow.clusters.get_many([TEA]) == [None]
        assert await uow.clusters.of_memories([ONE, TWO]) == [None, INK]


async def test_an_erased_memory_leaves_no_trace_in_its_cluster(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        await uow.memories.erase([TWO, THREE])
        (tea,) = await uow.clusters.centres(project=PROJECT, user=None)
    assert (tea.cluster.id, tea.cluster.name, tea.cluster.terms, tea.total) == (TEA, "", (), None)


async def test_a_removed_cluster_leaves_its_memories(stocked: WholeStore) -> None:
    async with stocked.write(US) as uow:
        await uow.clusters.remove([TEA])
        assert await uow.clusters.of_memories([ONE, THREE]) == [None, INK]
        assert await uow.memories.count(MemoryFilter()) == 4
