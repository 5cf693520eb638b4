"""Working memory: it ends by itself, is seen nowhere from then on, and is told to whoever sweeps."""

from dataclasses import replace
from datetime import timedelta

from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Layer
from app.domain.query import MemoryFilter, MemoryOrder, Window
from tests.builders import (
    a_link,
    a_memory,
    a_mention,
    a_principal,
    an_embedding,
    an_entity,
    an_event,
    an_organization,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
BRIEF, LASTING = MemoryId("mem_1"), MemoryId("mem_2")
ENT = an_entity().id
MINUTE = timedelta(minutes=1)


async def seen(store: WholeStore) -> dict[str, set[str]]:
    """Where the brief memory is found, by way of looking."""
    where = MemoryFilter()
    async with store.read(US) as reader:
        page = await reader.memories.page(Window(limit=9), where=where, order=MemoryOrder.CREATED_AT, descending=False)
        (links,) = await reader.memories.links([LASTING])
        (mentions,) = await reader.entities.mentioned_by([ENT], limit=9)
        around = await reader.graph.neighborhood(LASTING, depth=2, kinds=tuple(EdgeKind), limit=9)
        glimpses = await reader.memories.glimpses([BRIEF, LASTING], reach=0, where=where)
    words = await store.words(US, terms=["tea"], where=where, limit=9)
    nearest = await store.nearest(US, embedding=an_embedding(), where=where, limit=9)
    found: dict[str, set[MemoryId] | set[str]] = {
        "page": {row.item.id for row in page.rows},
        "links": {end for link in links for end in (link.source, link.target)},
        "mentions": {mention.memory for mention in mentions},
        "graph": {node for node, _ in around.nodes} if around else set(),
        "glimpses": {glimpse.id for glimpse in glimpses},
        "words": {hit.memory for hit in words},
        "nearest": {hit.memory for hit in nearest},
    }
    return {way: {str(memory) for memory in memories if memory == BRIEF} for way, memories in found.items()}


async def test_what_is_over_is_seen_nowhere(store: WholeStore, clock: FixedClock) -> None:
    ends = clock.now() + MINUTE
    async with store.write(US) as uow:
        brief = a_memory(layer=Layer.TASK, expires_at=ends)
        await uow.memories.put_many([brief, a_memory(id=LASTING, text="More green tea")])
        await uow.memories.embed_many({BRIEF: an_embedding(), LASTING: an_embedding()})
        await uow.entities.put_many([an_entity()])
        await uow.memories.mention_many({BRIEF: [a_mention()], LASTING: [a_mention(memory=LASTING)]})
        await uow.memories.link_many([a_link(source=BRIEF, target=LASTING)])
        uow.emit(an_event())
    assert set(map(frozenset, (await seen(store)).values())) == {frozenset({BRIEF})}
    clock.advance(MINUTE)
    assert set(map(frozenset, (await seen(store)).values())) == {frozenset()}
    async with store.read(US) as reader:
        assert await reader.graph.neighborhood(BRIEF, depth=1, kinds=tuple(EdgeKind), limit=9) is None
        assert await reader.memories.get_many([BRIEF]) == [brief]


async def test_what_is_over_waits_for_the_sweeper_until_it_is_forgotten(store: WholeStore, clock: FixedClock) -> None:
    ends = clock.now() + MINUTE
    sooner = a_memory(id=LASTING, layer=Layer.TASK, expires_at=ends - timedelta(seconds=1))
    later = a_memory(layer=Layer.TASK, expires_at=ends)
    async with store.write(US) as uow:
        raw = a_memory(id=MemoryId("mem_3"), expires_at=ends)
        endless = a_memory(id=MemoryId("mem_4"), layer=Layer.TASK)
        gone = a_memory(id=MemoryId("mem_5"), layer=Layer.TASK, expires_at=ends, deleted_at=clock.now())
        await uow.memories.put_many([later, sooner, raw, endless, gone])
        uow.emit(an_event())
    assert await store.tenants_with_expired_memories(now=clock.now(), limit=9) == []
    now = clock.advance(MINUTE)
    assert await store.tenants_with_expired_memories(now=now, limit=9) == [US.tenant]
    async with store.read(US) as reader:
        assert await reader.memories.expired(limit=9) == [sooner, later]
        assert await reader.memories.expired(limit=1) == [sooner]
    async with store.write(US) as uow:
        await uow.memories.put_many([replace(each, deleted_at=now, version=2) for each in (sooner, later)])
    async with store.read(US) as reader:
        assert await reader.memories.expired(limit=9) == []
    assert await store.tenants_with_expired_memories(now=now, limit=9) == []


async def test_tenants_are_swept_the_longest_waiting_first(store: WholeStore, clock: FixedClock) -> None:
    theirs = OrganizationId("org_2")
    await store.found(an_organization(id=theirs, name="Theirs"))
    for minutes, principal in ((2, US), (1, a_principal(tenant=theirs))):
        async with store.write(principal) as uow:
            ends = clock.now() + minutes * MINUTE
            await uow.memories.put_many([a_memory(layer=Layer.TASK, expires_at=ends)])
    now = clock.advance(2 * MINUTE)
    assert await store.tenants_with_expired_memories(now=now, limit=9) == [theirs, US.tenant]
    assert await store.tenants_with_expired_memories(now=now, limit=1) == [theirs]
