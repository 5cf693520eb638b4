"""How many memories have each label."""

from app.domain.memory import Kind, Label, LabelCount, LinkType
from app.domain.query import MemoryFilter
from tests.builders import NOON, a_link, a_memory, a_principal
from tests.contracts.conftest import WholeStore

US = a_principal()


async def test_labels_are_counted_among_what_lives_and_fits(store: WholeStore) -> None:
    memories = [
        a_memory(type="fact", kind=Kind.SEMANTIC, categories=("travel", "work"), tags=("x",)),
        a_memory(id="mem_2", type="fact", categories=("work",)),
        a_memory(id="mem_3", type="event", kind=Kind.EPISODIC, categories=("art",), deleted_at=NOON),
        a_memory(id="mem_4"),
    ]
    async with store.write(US) as uow:
        await uow.memories.put_many(memories)
    async with store.read(US) as reader:
        assert [one for label in Label for one in await reader.memories.labels(MemoryFilter(), by=label)] == [
            LabelCount(Label.CATEGORY, "work", 2),
            LabelCount(Label.CATEGORY, "travel", 1),
            LabelCount(Label.KIND, "SEMANTIC", 1),
            LabelCount(Label.TAG, "x", 1),
            LabelCount(Label.TYPE, "fact", 2),
        ]
        for label in Label:
            assert await reader.memories.labels(MemoryFilter(types=("event",)), by=label) == []


async def test_a_summary_goes_with_any_of_what_it_quotes(store: WholeStore) -> None:
    """A memory that was linked as a summary but is none of ours stays."""
    memories = [a_memory(), a_memory(id="mem_2"), a_memory(id="mem_3", type="summary"), a_memory(id="mem_4")]
    links = [a_link(source=source, target=target, type=LinkType.SUMMARY_OF) for source, target in PAIRS]
    async with store.write(US) as uow:
        await uow.memories.put_many(memories)
        await uow.memories.link_many(links)
        assert await uow.memories.derived_only([memories[0].id]) == ["mem_3"]


PAIRS = [("mem_3", "mem_1"), ("mem_3", "mem_2"), ("mem_4", "mem_1")]
