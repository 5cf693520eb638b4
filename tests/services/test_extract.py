"""Extraction while others write: what is edited or erased meanwhile is read again, and the rest is not lost."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from app.adapters.runtime import OrderedIds, SystemClock
from app.adapters.spacy_analysis import SpacyAnalyzer
from app.adapters.sqlite.store import SqliteStore
from app.bootstrap import Application, build
from app.domain.graph import EntityType
from app.domain.ids import MemoryId
from app.domain.work import Job, JobState
from app.extraction.findings import Finding, Turn
from app.extraction.pipeline import Extractor
from app.extraction.vocabulary import Vocabulary
from app.services.extract import Extract
from app.services.facts import Claims
from app.services.inputs import Erasure, ForgetRequest, MemoryPatch, NewMemory, NewTerm
from app.services.vectors import Vectors
from app.settings import Settings

LEASE = timedelta(seconds=60)
TEXTS = ("Maya Lindqvist moved to Oslo.", "Tomas Berg plays chess in Bergen.", "The bakery in Turku opens at six.")


class Interrupted(Extractor):
    """Waits in its first reading, when it has read and not yet answered."""

    def __init__(self) -> None:
        super().__init__(SpacyAnalyzer())
        self.read, self.go_on, self.readings = threading.Event(), threading.Event(), 0

    def extract(self, turns: Sequence[Turn], *, taught: Sequence[Vocabulary] = ()) -> list[Finding]:
        self.readings += 1
        found = super().extract(turns, taught=taught)
        self.read.set()
        self.go_on.wait(20)
        return found


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def added(application: Application) -> list[MemoryId]:
    drafts = [NewMemory(text=text) for text in TEXTS]
    stored = await application.services.remember.add_many(application.operator, memories=drafts)
    return [memory.id for memory in stored.memories]


def extract_of(application: Application, extractor: Extractor) -> Extract:
    store = application.services.store
    assert isinstance(store, SqliteStore)
    clock, vectors = SystemClock(), Vectors(application.embedder)
    return Extract(
        store=store,
        claims=Claims(store=store, index=store, vectors=vectors),
        vectors=vectors,
        extractor=extractor,
        clock=clock,
        ids=OrderedIds(clock),
        lease=LEASE,
    )


async def claimed(application: Application) -> Sequence[Job]:
    now = SystemClock().now()
    async with application.services.store.write(application.operator) as uow:
        return await uow.jobs.claim(now=now, until=now + LEASE, limit=10)


async def entities(application: Application, memory: MemoryId) -> set[str]:
    async with application.services.store.read(application.operator) as reader:
        mentions = (await reader.memories.mentions([memory]))[0]
        found = await reader.entities.get_many([mention.entity for mention in mentions])
    return {entity.name for entity in found if entity}


async def test_memories_erased_meanwhile_do_not_cost_the_others_their_entities(application: Application) -> None:
    kept, erased, also_kept = await added(application)
    extractor = Interrupted()
    running = asyncio.ensure_future(
        extract_of(application, extractor).run(application.operator, jobs=await claimed(application))
    )
    await asyncio.to_thread(extractor.read.wait, 20)
    await application.services.forget.forget(
        application.operator, request=ForgetRequest(ids=(erased,)), erasure=Erasure.ERASE
    )
    extractor.go_on.set()
    (job,) = await running
    assert (job.state, job.done, job.result["memories"]) == (JobState.COMPLETED, 3, 2)
    assert extractor.readings == 2
    assert await entities(application, kept) == {"Maya Lindqvist", "Oslo"}
    assert "Turku" in await entities(application, also_kept)


async def test_a_memory_edited_meanwhile_is_read_as_it_is_now(application: Application) -> None:
    edited, *_ = await added(application)
    extractor = Interrupted()
    running = asyncio.ensure_future(
        extract_of(application, extractor).run(application.operator, jobs=await claimed(application))
    )
    await asyncio.to_thread(extractor.read.wait, 20)
    patch = MemoryPatch(text="Maya Lindqvist moved to Helsinki.")
    await application.services.remember.update(application.operator, memory=edited, patch=patch)
    extractor.go_on.set()
    (job,) = await running
    assert (job.state, extractor.readings) == (JobState.COMPLETED, 2)
    assert await entities(application, edited) == {"Maya Lindqvist", "Helsinki"}


async def known_as(application: Application, text: str) -> list[tuple[str, EntityType, tuple[str, ...]]]:
    """The entities that a text mentions once it has been read."""
    services, operator = application.services, application.operator
    stored = await services.remember.add(operator, memory=NewMemory(text=text))
    assert stored.job is not None
    await application.runner.drain(operator.tenant, [stored.job.id])
    async with services.store.read(operator) as reader:
        mentions = (await reader.memories.mentions([stored.memories[0].id]))[0]
        found = await reader.entities.get_many([mention.entity for mention in mentions])
    return [(entity.name, entity.type, entity.aliases) for entity in found if entity]


async def test_what_a_project_taught_is_an_entity_and_what_was_known_is_corrected(application: Application) -> None:
    before = await known_as(application, "We sold Heliotrope to the city yesterday.")
    assert [name for name, _, _ in before] == ["Heliotrope"]
    term = NewTerm(term="Heliotrope", type="product", aliases=("HT-9", "helio nine"))
    set_terms = application.services.vocabularies.set
    await set_terms(application.operator, project=None, terms=[term])
    taught = [("Heliotrope", EntityType.PRODUCT, ("HT-9", "helio nine"))]
    assert await known_as(application, "The helio nine needs a new pump before Friday.") == taught
    await set_terms(application.operator, project=None, terms=[])
    assert await known_as(application, "Nobody has seen a gyroflux lately in the shop.") == []
