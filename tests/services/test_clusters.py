"""Clusters as memories come, change and go, on the real store with the real embedder."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, MemoryId
from app.domain.query import Window
from app.services.inputs import Erasure, ForgetRequest, MemoryPatch, Mode, NewMemory, Slice
from app.settings import Settings

CELLO = (
    "I practise the cello every evening.",
    "My cello teacher gave me a Bach suite for the cello.",
    "I bought a new bow for my cello.",
)
_ALL = Window(limit=100)
DOG = (
    "Our dog Bruno chewed up the sofa.",
    "I walk our dog Bruno in the forest.",
    "The vet vaccinated our dog Bruno.",
)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def add(application: Application, *texts: str, user: str | None = "ada") -> list[MemoryId]:
    memories = [NewMemory(text=text, mode=Mode.VERBATIM, user=user) for text in texts]
    stored = await application.services.remember.add_many(application.operator, memories=memories)
    assert stored.job is not None
    await application.runner.drain(application.operator.tenant, [stored.job.id])
    return [memory.id for memory in stored.memories]


async def clusters(application: Application, user: str | None = "ada") -> list[Cluster]:
    page = await application.services.clusters.page(
        application.operator, project=None, user=user, page=Slice(first=100)
    )
    return [item.node for item in page.items]


async def places(application: Application, ids: Sequence[MemoryId]) -> list[ClusterId | None]:
    async with application.services.store.read(application.operator) as reader:
        return await reader.clusters.of_memories(ids)


async def refresh(application: Application, user: str | None = "ada") -> dict[str, object]:
    job = await application.services.clusters.refresh(application.operator, project=None, user=user)
    (ended,) = await application.runner.drain(application.operator.tenant, [job.id])
    assert ended.state == "COMPLETED"
    return ended.result


async def test_memories_about_the_same_come_together_under_their_words(application: Application) -> None:
    ids = await add(application, *CELLO, *DOG)
    placed = await places(application, ids)
    assert len(set(placed[:3])) == len(set(placed[3:])) == 1
    assert placed[0] != placed[3]
    keywords = {cluster.id: cluster.keywords for cluster in await clusters(application)}
    assert keywords.keys() == set(placed)
    assert placed[0] is not None
    assert placed[3] is not None
    assert keywords[placed[0]][0] == "cello"
    assert set(keywords[placed[3]][:2]) == {"bruno", "dog"}


async def test_a_new_memory_joins_an_old_cluster_and_its_id_stays(application: Application) -> None:
    (first, *_) = await places(application, await add(application, *CELLO))
    await add(application, *DOG)
    (later,) = await places(application, await add(application, "A string of my cello snapped."))
    assert later == first
    result = await refresh(application)
    assert result == {"memories": 7, "clusters": 2, "removed": 0}
    assert first in {cluster.id for cluster in await clusters(application)}


async def test_a_cluster_never_crosses_from_one_user_to_another(application: Application) -> None:
    (hers, *_) = await places(application, await add(application, *CELLO, user="ada"))
    (his, *_) = await places(application, await add(application, *CELLO, user="ben"))
    (shared, *_) = await places(application, await add(application, *CELLO, user=None))
    assert len({hers, his, shared}) == 3
    assert [cluster.id for cluster in await clusters(application, "ada")] == [hers]
    assert {cluster.id for cluster in await clusters(application, None)} == {hers, his, shared}
    assert await clusters(application, "nobody known") == []


async def test_an_erased_memory_leaves_no_word_in_its_cluster(application: Application) -> None:
    ids = await add(application, *CELLO, "My cello plays a Zyzzogeton.")
    (before,) = await clusters(application)
    assert "zyzzogeton" in dict(before.terms)
    request = ForgetRequest(ids=(ids[-1],))
    await application.services.forget.forget(application.operator, request=request, erasure=Erasure.ERASE)
    (after,) = await clusters(application)
    assert (after.id, after.weight, after.keywords[0]) == (before.id, 3, "cello")
    assert "zyzzogeton" not in dict(after.terms)


async def test_a_reworded_memory_moves_to_where_it_belongs(application: Application) -> None:
    ids = await add(application, *CELLO, *DOG)
    cello, dog = (await places(application, ids))[2:4]
    patch = MemoryPatch(text="I bought a new leash for our dog Bruno.")
    await application.services.remember.update(application.operator, memory=ids[2], patch=patch)
    async with application.services.store.read(application.operator) as reader:
        waiting = [row.item.id for row in (await reader.jobs.page(_ALL, project=None, states=(), parked=None)).rows]
    await application.runner.drain(application.operator.tenant, waiting)
    assert await places(application, ids[1:4]) == [cello, dog, dog]
    assert {cluster.id: cluster.weight for cluster in await clusters(application)} == {cello: 2, dog: 4}


async def test_an_unknown_user_has_nothing_to_refresh(application: Application) -> None:
    with pytest.raises(errors.Invalid, match="there is no user 'nobody'"):
        await application.services.clusters.refresh(application.operator, project=None, user="nobody")
