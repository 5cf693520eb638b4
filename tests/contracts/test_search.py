"""Candidates by words, by meaning, and by the entities they mention."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain import errors
from app.domain.ids import EntityId, MemoryId, OrganizationId, ProjectId, UserId
from app.domain.principal import Only, Principal
from app.domain.query import MemoryFilter
from app.ports.models import Embedding
from tests.builders import NOON, PROJECT, a_memory, a_mention, a_principal, an_embedding, an_entity
from tests.contracts.conftest import WholeStore, use
from tests.live.neo4j_server import live_neo4j
from tests.live.weaviate_server import live_weaviate


@pytest.fixture(
    params=[
        pytest.param("neo4j", marks=live_neo4j),
        pytest.param("neo4j and weaviate", marks=[*live_neo4j, *live_weaviate]),
        "sqlite",
        "large sqlite",
    ]
)
def backend(request: pytest.FixtureRequest) -> str:
    """Beside the stores by themselves, a record with an index that follows it."""
    name: str = request.param
    use(name, request)
    return name


of_many_models = pytest.mark.parametrize("backend", [pytest.param("neo4j", marks=live_neo4j), "sqlite"], indirect=True)
"""An index beside the record holds vectors of one model; another one is a reindex."""

US = a_principal()
ANY = MemoryFilter()
ADA, BEN = UserId("usr_1"), UserId("usr_2")


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


async def texts(store: WholeStore, *words: str) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(n), text=text) for n, text in enumerate(words, start=1)])


async def by_words(store: WholeStore, *terms: str, where: MemoryFilter = ANY, limit: int = 9) -> list[str]:
    return [hit.memory for hit in await store.words(US, terms=terms, where=where, limit=limit)]


async def by_meaning(
    store: WholeStore, embedding: Embedding, *, where: MemoryFilter = ANY, limit: int = 9, who: Principal = US
) -> list[str]:
    return [hit.memory for hit in await store.nearest(who, embedding=embedding, where=where, limit=limit)]


async def test_words_are_found_in_any_form_and_without_their_accents(store: WholeStore) -> None:
    await texts(store, "She was walking to the CAFÉ", "Nothing of the kind", "He walks")
    assert await by_words(store, "walked") == ["mem_3", "mem_1"]
    assert await by_words(store, "cafe") == ["mem_1"]
    assert await by_words(store, "absent") == []


async def test_rarer_words_and_more_of_them_rank_higher(store: WholeStore) -> None:
    await texts(store, "green tea", "green leaves", "green tea and honey cake", "green grass")
    found = await store.words(US, terms=["tea", "honey"], where=ANY, limit=9)
    assert [hit.memory for hit in found] == ["mem_3", "mem_1"]
    assert found[0].score > found[1].score > 0


async def test_title_summary_and_speaker_are_searched_too(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [
                a_memory(id=mem(1), text="one", title="Orchard"),
                a_memory(id=mem(2), text="two", summary="about an orchard"),
                a_memory(id=mem(3), text="three", speaker="Orchard"),
            ]
        )
    assert sorted(await by_words(store, "orchard")) == ["mem_1", "mem_2", "mem_3"]


async def test_equal_scores_come_by_id(store: WholeStore) -> None:
    await texts(store, *["the very same words"] * 5)
    assert await by_words(store, "words", limit=3) == ["mem_1", "mem_2", "mem_3"]


@pytest.mark.parametrize(
    "terms", [[], [""], ["!?"], ["*"], ['"'], ["\x00"], ["\ud800"], ["AND"], ["scope"], ["NEAR("], ["text:"]]
)
async def test_terms_are_words_and_never_syntax(store: WholeStore, terms: list[str]) -> None:
    await texts(store, "plain tea")
    assert await by_words(store, *terms) == []
    assert await by_words(store, *terms, "tea") == ["mem_1"]


async def test_the_words_of_the_index_itself_are_not_searched(store: WholeStore) -> None:
    await texts(store, "plain tea")
    assert await by_words(store, "prj_1", "org_1", "p", "t", "n") == []


async def test_an_updated_text_is_found_by_its_new_words_only(store: WholeStore) -> None:
    await texts(store, "green tea")
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(text="black coffee", version=2)])
    assert await by_words(store, "tea") == []
    assert await by_words(store, "coffee") == ["mem_1"]


async def test_thousands_of_terms_take_the_first_ones(store: WholeStore) -> None:
    await texts(store, "tea")
    assert await by_words(store, "tea", *(f"word{n}" for n in range(10_000))) == ["mem_1"]


async def test_words_within_a_large_and_within_a_small_part(store: WholeStore) -> None:
    """Where a project or a user holds little of the file, it is looked up by its scope; the answer is the same."""
    small = ProjectId("prj_2")
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(n), text="tea for two") for n in range(20)])
        await uow.memories.put_many([a_memory(id=mem(20), project=small, text="tea"), a_memory(id=mem(21), user=ADA)])
    narrow = replace(US, visible=Only(frozenset({small})))
    assert await by_words(store, "tea", where=MemoryFilter(project=small)) == ["mem_20"]
    assert [hit.memory for hit in await store.words(narrow, terms=["tea"], where=ANY, limit=9)] == ["mem_20"]
    assert await by_words(store, "tea", where=MemoryFilter(users=(ADA,))) == ["mem_21"]
    assert len(await by_words(store, "tea", limit=99)) == 22
    assert len(await by_words(store, "tea", where=MemoryFilter(project=PROJECT), limit=99)) == 21
    ada = replace(US, end_user=ADA)
    found = await store.words(ada, terms=["tea"], where=MemoryFilter(project=PROJECT), limit=99)
    assert len(found) == 21


async def test_words_within_what_somebody_has(store: WholeStore) -> None:
    other = ProjectId("prj_2")
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [
                a_memory(id=mem(1), text="green tea", user=ADA),
                a_memory(id=mem(2), text="green tea and honey", user=ADA),
                a_memory(id=mem(3), text="green leaves", user=ADA, project=other),
                a_memory(id=mem(4), text="the green grass", user=ADA, tags=("lawn",)),
                a_memory(id=mem(5), text="honey", user=BEN),
                a_memory(id=mem(6), text="honey"),
                *(a_memory(id=mem(n), text="plain water", user=BEN) for n in range(10, 30)),
            ]
        )
    of_ada = MemoryFilter(users=(ADA,))
    found = await store.words(US, terms=["green", "honey", "tea"], where=of_ada, limit=9)
    assert [hit.memory for hit in found][:2] == ["mem_2", "mem_1"]
    assert sorted(hit.memory for hit in found) == ["mem_1", "mem_2", "mem_3", "mem_4"]
    assert found[0].score > found[1].score > found[2].score > 0
    assert await by_words(store, "green", "honey", where=of_ada, limit=1) == ["mem_2"]
    assert await by_words(store, "green", where=replace(of_ada, project=other)) == ["mem_3"]
    assert await by_words(store, "green", where=replace(of_ada, tags=("lawn",))) == ["mem_4"]
    assert sorted(await by_words(store, "honey", where=MemoryFilter(users=(ADA, BEN)))) == ["mem_2", "mem_5"]
    assert await by_words(store, "honey", where=MemoryFilter(users=(None,))) == ["mem_6"]
    strangers = replace(US, tenant=OrganizationId("org_9"))
    assert await store.words(strangers, terms=["green"], where=of_ada, limit=9) == []


async def embed(store: WholeStore, **vectors: tuple[float, ...]) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=id_) for id_ in vectors])
        await uow.memories.embed_many({MemoryId(id_): an_embedding(*values) for id_, values in vectors.items()})


async def test_meaning_is_the_cosine_nearest_first_ties_by_id(store: WholeStore) -> None:
    await embed(store, mem_1=(0, 1), mem_2=(1, 1), mem_3=(-1, 0), mem_4=(1, 0), mem_5=(0, -1))
    found = await store.nearest(US, embedding=an_embedding(1, 0), where=ANY, limit=9)
    assert [hit.memory for hit in found] == ["mem_4", "mem_2", "mem_1", "mem_5", "mem_3"]
    assert [hit.score for hit in found] == pytest.approx([1, 0.5**0.5, 0, 0, -1])
    assert await by_meaning(store, an_embedding(1, 0), limit=3) == ["mem_4", "mem_2", "mem_1"]


@of_many_models
async def test_other_models_and_dimensions_are_not_compared(store: WholeStore) -> None:
    await embed(store, mem_1=(1, 0))
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(2)), a_memory(id=mem(3))])
        await uow.memories.embed_many({mem(2): an_embedding(1, 0, 0), mem(3): an_embedding(1, 0, model="large")})
    assert await by_meaning(store, an_embedding(1, 0)) == ["mem_1"]
    assert await by_meaning(store, an_embedding(1, 0, model="large")) == ["mem_3"]
    assert await by_meaning(store, an_embedding(1, 0, 0)) == ["mem_2"]
    assert await by_meaning(store, an_embedding(1, 0, model="unknown")) == []


async def test_a_warm_search_follows_every_change(store: WholeStore) -> None:
    """Each step searches before and after, so that what is kept in memory must follow what is committed."""
    towards = an_embedding(1, 0)
    assert await by_meaning(store, towards) == []
    await embed(store, mem_1=(1, 0), mem_2=(1, 1))
    assert await by_meaning(store, towards) == ["mem_1", "mem_2"]
    await embed(store, mem_3=(2, 1))
    assert await by_meaning(store, towards) == ["mem_1", "mem_3", "mem_2"]
    async with store.write(US) as uow:
        await uow.memories.embed_many({mem(1): an_embedding(-1, 0)})
    assert await by_meaning(store, towards) == ["mem_3", "mem_2", "mem_1"]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(3), version=2, deleted_at=NOON)])
    assert await by_meaning(store, towards) == ["mem_2", "mem_1"]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(3), version=3)])
    assert await by_meaning(store, towards) == ["mem_3", "mem_2", "mem_1"]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(2), version=2, text="Another text")])
    assert await by_meaning(store, towards) == ["mem_3", "mem_1"]
    async with store.write(US) as uow:
        await uow.memories.erase([mem(3)])
    assert await by_meaning(store, towards) == ["mem_1"]
    with pytest.raises(RuntimeError):
        await embed_and_fail(store)
    assert await by_meaning(store, towards) == ["mem_1"]


async def embed_and_fail(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.embed_many({mem(1): an_embedding(0, 1)})
        raise RuntimeError


async def test_a_memory_takes_its_vector_along_when_it_moves(store: WholeStore) -> None:
    await embed(store, mem_1=(1, 0))
    towards, adas, nobodys = an_embedding(1, 0), MemoryFilter(users=(ADA,)), replace(US, end_user=BEN)
    assert await by_meaning(store, towards, where=adas) == []
    assert await by_meaning(store, towards, who=nobodys) == ["mem_1"]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(user=ADA, version=2)])
    assert await by_meaning(store, towards, where=adas) == ["mem_1"]
    assert await by_meaning(store, towards, who=nobodys) == []


async def test_a_filter_never_costs_a_result(store: WholeStore) -> None:
    """The far away one of 500 is found when it alone passes, and the nearest by cosine are exactly those."""
    random = np.random.default_rng(7)
    vectors = {mem(n): an_embedding(*random.standard_normal(8)) for n in range(500)}
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=id_, importance=n / 500) for n, id_ in enumerate(vectors)])
        await uow.memories.embed_many(vectors)
    query = an_embedding(*random.standard_normal(8))
    ranked = sorted(vectors, key=lambda id_: -float(vectors[id_].vector @ query.vector))
    assert await by_meaning(store, query, limit=10) == ranked[:10]
    last = int(ranked[-1].removeprefix("mem_")) / 500
    alone = MemoryFilter(importance_min=last, importance_max=last)
    assert await by_meaning(store, query, where=alone, limit=10) == ranked[-1:]
    upper = [id_ for id_ in ranked if int(id_.removeprefix("mem_")) >= 480]
    assert await by_meaning(store, query, where=MemoryFilter(importance_min=0.96), limit=20) == upper
    assert await by_meaning(store, query, where=MemoryFilter(ids=tuple(upper)), limit=3) == upper[:3]


async def test_mentions_rank_by_the_sum_of_salience(store: WholeStore) -> None:
    tea, inn = EntityId("ent_1"), EntityId("ent_2")
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=mem(n)) for n in (1, 2, 3, 4)])
        await uow.entities.put_many([an_entity(id=tea, name="Tea"), an_entity(id=inn, name="Inn")])
        for memory, entity_saliences in ((1, {tea: 0.5}), (2, {tea: 0.4, inn: 0.3}), (3, {inn: 0.5}), (4, {tea: 0.9})):
            marks = [
                a_mention(memory=mem(memory), entity=entity, salience=value)
                for entity, value in entity_saliences.items()
            ]
            await uow.memories.mention_many({mem(memory): marks})
        await uow.memories.put_many([a_memory(id=mem(4), version=2, deleted_at=NOON)])
    found = await store.mentioning(US, entities=[tea, inn, tea], where=ANY, limit=9)
    assert [hit.memory for hit in found] == [mem(2), mem(1), mem(3)]
    assert [hit.score for hit in found] == pytest.approx([0.7, 0.5, 0.5])
    assert await store.mentioning(US, entities=[], where=ANY, limit=9) == []


async def test_an_embedding_needs_its_memory(store: WholeStore) -> None:
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.memories.embed_many({mem(1): an_embedding()})
