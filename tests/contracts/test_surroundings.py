"""What ranking reads of memories: where they stand, who speaks, and the vectors of their tokens."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.ids import MemoryId, SessionId
from app.domain.memory import Glimpse, LinkType
from app.domain.query import MemoryFilter
from tests.builders import (
    NOON,
    a_link,
    a_memory,
    a_principal,
    a_project,
    a_session,
    a_user,
    an_agent,
    an_embedding,
    some_tokens,
)
from tests.contracts.conftest import WholeStore

US = a_principal()
ANY = MemoryFilter()
TALK = a_session().id


@pytest.fixture
async def told(store: WholeStore) -> WholeStore:
    """Ten turns between Ada Lovelace and Ben, one of another session, a note, and a fact drawn from turn 4."""
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.users.put(a_user(name="Ada L."))
        await uow.agents.put(an_agent(name="Helper"))
        await uow.sessions.put(a_session())
        await uow.sessions.put(a_session(id="ses_2", external_id="tuesday"))
        turns = [
            a_memory(id=f"mem_t{n}", text=f"turn {n}", session=TALK, position=n, speaker=("Ada Lovelace", "Ben")[n % 2])
            for n in range(10)
        ]
        other = a_memory(
            id="mem_o", text="elsewhere", session=SessionId("ses_2"), position=4, occurred_at=NOON, valid_to=NOON
        )
        note = a_memory(id="mem_n", text="a note", title="On tea", summary="Green.", user=a_user().id, version=1)
        said = a_memory(id="mem_s", text="said", role="assistant", agent=an_agent().id, user=a_user().id)
        fact = a_memory(id="mem_f", text="a fact", session=TALK)
        await uow.memories.put_many([*turns, other, note, said, fact])
        await uow.memories.link_many([a_link(source="mem_f", target="mem_t4", type=LinkType.DERIVED_FROM)])
    return store


async def seen(store: WholeStore, *ids: str, reach: int = 0, where: MemoryFilter = ANY) -> dict[str, Glimpse]:
    async with store.read(US) as reader:
        found = await reader.memories.glimpses([MemoryId(id_) for id_ in ids], reach=reach, where=where)
    assert len({glimpse.id for glimpse in found}) == len(found)
    return {glimpse.id: glimpse for glimpse in found}


async def test_a_turn_comes_with_those_next_to_it(told: WholeStore) -> None:
    assert set(await seen(told, "mem_t1", reach=2)) == {"mem_t0", "mem_t1", "mem_t2", "mem_t3"}
    assert set(await seen(told, "mem_t1", "mem_t3", reach=1)) == {f"mem_t{n}" for n in range(5)}
    assert set(await seen(told, "mem_o", reach=2)) == {"mem_o"}


async def test_a_fact_comes_with_its_source_and_what_stands_next_to_that(told: WholeStore) -> None:
    found = await seen(told, "mem_f", reach=1)
    assert set(found) == {"mem_f", "mem_t3", "mem_t4", "mem_t5"}
    assert {id_: glimpse.sources for id_, glimpse in found.items() if glimpse.sources} == {"mem_f": ("mem_t4",)}


async def test_a_glimpse_tells_where_and_when_and_by_whom_it_was_said(told: WholeStore) -> None:
    found = await seen(told, "mem_t2", "mem_o", "mem_n", "mem_s")
    turn, other, note, said = (found[id_] for id_ in ("mem_t2", "mem_o", "mem_n", "mem_s"))
    assert (turn.text, turn.session, turn.position, turn.actor) == ("turn 2", TALK, 2, "Ada Lovelace")
    assert (other.occurred_at, other.valid_to, other.version, other.actor) == (NOON, NOON, 1, None)
    assert turn.valid_to is None
    assert (note.heading, note.actor, note.session, note.position) == ("On tea Green.", "Ada L.", None, None)
    assert said.actor == "Helper"


async def test_only_what_the_filter_lets_through_is_seen(told: WholeStore) -> None:
    assert set(await seen(told, "mem_t1", "mem_n", reach=1, where=MemoryFilter(users=(a_user().id,)))) == {"mem_n"}
    async with told.write(US) as uow:
        gone = (await uow.memories.get_many([MemoryId("mem_t2")]))[0]
        assert gone is not None
        await uow.memories.put_many([replace(gone, deleted_at=NOON, version=2)])
    assert set(await seen(told, "mem_t1", reach=1)) == {"mem_t0", "mem_t1"}


async def test_a_glimpse_tells_how_near_it_is_by_the_same_model(told: WholeStore) -> None:
    vectors = {
        MemoryId("mem_t0"): an_embedding(1, 0, 0),
        MemoryId("mem_t1"): an_embedding(0, -1, 0),
        MemoryId("mem_t2"): an_embedding(1, 0, 0, model="other"),
        MemoryId("mem_t3"): an_embedding(1, 0),
    }
    async with told.write(US) as uow:
        await uow.memories.embed_many(vectors)
    async with told.read(US) as reader:
        found = await reader.memories.glimpses([MemoryId("mem_t2")], reach=2, where=ANY, near=an_embedding(0.6, 0.8, 0))
    assert {g.id: g.cosine and round(g.cosine, 4) for g in found} == {
        "mem_t0": 0.6,
        "mem_t1": -0.8,
        "mem_t2": None,
        "mem_t3": None,
        "mem_t4": None,
    }


async def test_speakers_are_known_by_their_name_or_the_beginning_of_it(told: WholeStore) -> None:
    async with told.read(US) as reader:
        assert await reader.memories.speakers(["Ada", "Ben", "Lovelace", "Be"]) == ["Ada Lovelace", "Ben"]
        assert await reader.memories.speakers(["Ada Lovelace"]) == ["Ada Lovelace"]
        assert await reader.memories.speakers([]) == []


async def tokens(store: WholeStore, *ids: str, model: str = "small") -> dict[str, list[list[int]]]:
    async with store.read(US) as reader:
        found = await reader.memories.token_vectors([MemoryId(id_) for id_ in ids], model=model)
    assert found.vectors.dtype == np.dtype(np.int8)
    pieces = np.split(found.vectors, np.cumsum(found.counts)[:-1])
    return {id_: piece.tolist() for id_, piece in zip(found.memories, pieces, strict=True)} if found.memories else {}


async def test_token_vectors_are_kept_with_the_vector_and_go_with_it(told: WholeStore) -> None:
    one, two = MemoryId("mem_t1"), MemoryId("mem_t2")
    read = replace(an_embedding(), tokens=some_tokens((127, -128), (3, 4), (0, 1)))
    async with told.write(US) as uow:
        await uow.memories.embed_many({one: read, two: an_embedding()})
    assert await tokens(told, one, two) == {one: [[127, -128], [3, 4], [0, 1]]}
    assert await tokens(told, one, model="other") == {}
    async with told.write(US) as uow:
        await uow.memories.embed_many({one: an_embedding(), two: read})
    assert set(await tokens(told, one, two)) == {two}
    async with told.write(US) as uow:
        await uow.memories.put_many([a_memory(id=two, text="reworded", session=TALK, position=2, version=2)])
    assert await tokens(told, one, two) == {}
