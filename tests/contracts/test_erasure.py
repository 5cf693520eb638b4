"""Erasing: gone from every answer at once, and from every byte after a scrub."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from app.domain.ids import EntityId, JobId, MemoryId, OrganizationId, RelationId
from app.domain.memory import Usage
from app.domain.query import Life, MemoryFilter, Window
from app.domain.work import EventKind, JobState
from tests.builders import (
    NOON,
    a_job,
    a_link,
    a_memory,
    a_mention,
    a_principal,
    a_relation,
    an_embedding,
    an_entity,
    an_event,
)
from tests.contracts.conftest import WholeStore

US = a_principal()
ONE, TWO = MemoryId("mem_1"), MemoryId("mem_2")
KNOWN, ALSO, LONE = EntityId("ent_1"), EntityId("ent_2"), EntityId("ent_3")
CANARIES = tuple(
    f"{word}kanari"
    for word in ("text", "older", "title", "summary", "metadata", "entity", "alias", "tag", "event", "answer", "job")
)

TOKENS = b"tokenkanari!"
"""Bytes of token vectors."""


@pytest.fixture
async def stocked(store: WholeStore) -> WholeStore:
    """mem_1 carries every canary; mem_2 shares one entity and one relation with it."""
    text, older, title, summary, metadata, entity, alias, tag, event, answer, job = CANARIES
    erased = a_memory(
        text=f"Her secret is {text}",
        title=title,
        summary=f"On {summary}",
        speaker=entity,
        metadata={"note": [metadata]},
        tags=(tag,),
        categories=(tag,),
    )
    async with store.write(US) as uow:
        await uow.memories.put_many([replace(erased, text=f"Once {older}"), a_memory(id=TWO, text="She likes tea")])
        await uow.memories.put_many([replace(erased, version=2)])
        canary = np.frombuffer(TOKENS, dtype=np.int8).reshape(-1, 2)
        await uow.memories.embed_many({ONE: replace(an_embedding(), tokens=canary), TWO: an_embedding()})
        await uow.memories.link_many([a_link()])
        await uow.memories.note_access([ONE], at=NOON)
        await uow.entities.put_many(
            [
                an_entity(id=KNOWN, name="Ada"),
                an_entity(id=ALSO, name="Tea"),
                an_entity(id=LONE, name=entity, aliases=(alias,), description=f"Also {alias}"),
            ]
        )
        await uow.memories.mention_many({ONE: [a_mention(entity=KNOWN), a_mention(entity=LONE)]})
        await uow.memories.mention_many({TWO: [a_mention(memory=TWO, entity=KNOWN)]})
        shared = a_relation(source=KNOWN, target=ALSO, evidence=(ONE, TWO))
        lonely = a_relation(id=RelationId("rel_2"), source=KNOWN, target=LONE, type="hides", evidence=(ONE,))
        await uow.entities.relate_many([shared, lonely])
        uow.emit(an_event(subject=ONE, data={"text": event}))
        uow.emit(an_event(kind=EventKind.RELATION_CREATED, subject="rel_9", data={"memory": ONE, "said": event}))
        uow.emit(an_event(subject=TWO, data={"text": "stays"}))
        await uow.idempotency.keep("k1", fingerprint=b"1", answer={"ids": [ONE], "text": answer}, at=NOON)
        await uow.idempotency.keep("k2", fingerprint=b"2", answer={"ids": [TWO]}, at=NOON)
        ended = a_job(state=JobState.COMPLETED, arguments={"memory": ONE, "n": 1}, result={"said": [job]}, error=job)
        pending = a_job(id=JobId("job_2"), arguments={"ids": [ONE, TWO], "mode": "verbatim", "said": f"a {job}"})
        await uow.jobs.put_many([ended, pending])
    return store


async def erase(store: WholeStore) -> int:
    async with store.write(US) as uow:
        return await uow.memories.erase([ONE, MemoryId("mem_9")])


async def test_an_erased_memory_is_in_no_answer(stocked: WholeStore) -> None:
    anything = MemoryFilter(life=Life.ANY)
    assert await stocked.words(US, terms=CANARIES, where=anything, limit=9) != []
    assert await erase(stocked) == 1
    async with stocked.read(US) as reader:
        assert await reader.memories.get_many([ONE]) == [None]
        assert await reader.memories.count(anything) == 1
        assert list((await reader.memories.versions(ONE, Window(limit=9))).rows) == []
        assert await reader.memories.usage([ONE]) == [Usage()]
        assert await reader.memories.links([TWO]) == [[]]
        assert await reader.memories.mentions([ONE]) == [[]]
        assert await reader.graph.edges_between([ONE, TWO, KNOWN]) != []
    assert await stocked.words(US, terms=CANARIES, where=anything, limit=9) == []
    nearest = await stocked.nearest(US, embedding=an_embedding(), where=anything, limit=9)
    assert [hit.memory for hit in nearest] == [TWO]
    async with stocked.read(US) as reader:
        assert (await reader.memories.token_vectors([ONE], model=an_embedding().model)).memories == ()
        assert await reader.memories.glimpses([ONE], reach=2, where=anything) == []
        assert CANARIES[5] not in await reader.memories.speakers([CANARIES[5]])
    assert await erase(stocked) == 0


async def test_what_no_other_memory_supports_goes_too(stocked: WholeStore) -> None:
    await erase(stocked)
    async with stocked.read(US) as reader:
        assert [entity and entity.id for entity in await reader.entities.get_many([KNOWN, ALSO, LONE])] == [
            KNOWN,
            ALSO,
            None,
        ]
        assert await reader.entities.called(project=None, names=[CANARIES[5], CANARIES[6]]) == []
        shared, lonely = await reader.entities.relations_by_id([RelationId("rel_1"), RelationId("rel_2")])
        assert shared is not None
        assert shared.evidence == (TWO,)
        assert lonely is None


async def test_what_was_noted_on_the_way_loses_its_words(stocked: WholeStore) -> None:
    await erase(stocked)
    async with stocked.write(US) as uow:
        events = await uow.events.after(0, project=None, limit=9)
        told = [(one.event.subject, one.event.data) for one in events if one.event.kind != EventKind.JOB_UPDATED]
        assert told == [(ONE, {}), ("rel_9", {}), (TWO, {"text": "stays"})]
        assert [one.revision for one in events] == list(range(1, 6))
        assert await uow.idempotency.find("k1") is None
        assert await uow.idempotency.find("k2") is not None
        ended, pending = await uow.jobs.get_many([JobId("job_1"), JobId("job_2")])
    assert ended is not None
    assert (ended.arguments, ended.result, ended.error) == ({"memory": ONE, "n": 1}, {"said": [""]}, None)
    assert pending is not None
    assert pending.arguments == {"ids": [ONE, TWO], "mode": "verbatim", "said": ""}


async def test_erasing_in_a_block_that_fails_erases_nothing(stocked: WholeStore) -> None:
    async def fail() -> None:
        async with stocked.write(US) as uow:
            await uow.memories.erase([ONE])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with stocked.read(US) as reader:
        (memory,) = await reader.memories.get_many([ONE])
    assert memory is not None
    assert memory.text.endswith(CANARIES[0])
    nearest = await stocked.nearest(US, embedding=an_embedding(), where=MemoryFilter(), limit=9)
    assert [hit.memory for hit in nearest] == [ONE, TWO]


async def test_another_tenants_equal_ids_are_left_alone(stocked: WholeStore) -> None:
    theirs = a_principal(tenant=OrganizationId("org_2"))
    async with stocked.write(theirs) as uow:
        await uow.memories.put_many([a_memory()])
        await uow.idempotency.keep("k1", fingerprint=b"1", answer={"ids": [ONE]}, at=NOON)
        await uow.jobs.put_many([a_job(state=JobState.COMPLETED, result={"said": ONE + " stays"})])
    await erase(stocked)
    async with stocked.write(theirs) as uow:
        assert await uow.memories.get_many([ONE]) == [a_memory()]
        assert await uow.idempotency.find("k1") is not None
        (job,) = await uow.jobs.get_many([JobId("job_1")])
        assert job is not None
        assert job.result == {"said": "mem_1 stays"}


def bytes_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()).lower()


@pytest.mark.parametrize("backend", ["sqlite"])  # a server overwrites its files on its own time
async def test_after_a_scrub_no_byte_of_it_is_left(stocked: WholeStore, tmp_path: Path) -> None:
    await stocked.words(US, terms=CANARIES, where=MemoryFilter(), limit=9)
    assert [word for word in CANARIES if word.encode() not in bytes_under(tmp_path)] == []
    assert TOKENS in bytes_under(tmp_path)
    await erase(stocked)
    async with stocked.write(US) as uow:
        for number in range(3, 40):
            later = NOON + timedelta(minutes=number)
            await uow.memories.put_many([a_memory(id=MemoryId(f"mem_{number}"), created_at=later)])
    await stocked.scrub()
    left = bytes_under(tmp_path)
    assert [word for word in CANARIES if word.encode() in left] == []
    assert TOKENS not in left
    assert b"she likes tea" in left
    assert [hit.memory for hit in await stocked.words(US, terms=["likes"], where=MemoryFilter(), limit=9)] == [TWO]
    assert (await stocked.check()).problems == []


async def test_the_traces_of_many_memories_go_as_those_of_one_do(store: WholeStore) -> None:
    doomed = [MemoryId(f"mem_d{number}") for number in range(30)]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=id_) for id_ in (*doomed, TWO)])
        for id_ in (*doomed, TWO):
            uow.emit(an_event(kind=EventKind.RELATION_CREATED, subject="rel_9", data={"memory": id_}))
        uow.emit(an_event(subject="prj_1", data={"version": 1}))
        jobs = [a_job(id=JobId(f"job_{id_}"), arguments={"memory": id_, "said": "Yes, tea."}) for id_ in (*doomed, TWO)]
        await uow.jobs.put_many(jobs)
    async with store.write(US) as uow:
        assert await uow.memories.erase(doomed) == 30
    async with store.read(US) as reader:
        recorded = [each.event for each in await reader.events.after(0, project=None, limit=99)]
        told = [event.data for event in recorded if event.kind is not EventKind.JOB_UPDATED]
        said = [job and job.arguments["said"] for job in await reader.jobs.get_many([job.id for job in jobs])]
    assert told == [{}] * 30 + [{"memory": TWO}, {"version": 1}]
    assert said == [""] * 30 + ["Yes, tea."]


async def test_an_entity_loses_the_aliases_that_were_said_by_erased_memories_alone(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(text="ADA is a Countess."), a_memory(id=TWO, text="So is Lady Byron.")])
        aliases = ("Countess", "Lady Byron", "Enchantress")
        await uow.entities.put_many([an_entity(aliases=aliases), an_entity(id=ALSO, aliases=("Augusta",))])
        for id_ in (ONE, TWO):
            await uow.memories.mention_many({id_: [a_mention(memory=id_), a_mention(memory=id_, entity=ALSO)]})
    await erase(store)
    async with store.read(US) as reader:
        known, also = await reader.entities.get_many([KNOWN, ALSO])
    assert known is not None
    assert also is not None
    assert (known.aliases, also.aliases) == (("Lady Byron", "Enchantress"), ("Augusta",))
