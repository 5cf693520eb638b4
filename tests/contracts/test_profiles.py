"""What is known of a person, read from either store: what holds, what held, where it is known from, and who may know."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.graph import EntityType
from app.domain.ids import MemoryId, UserId
from app.domain.memory import Layer, LinkType, Memory
from app.domain.principal import Only
from app.domain.profile import Profile
from app.services.profiles import Profiles
from tests.builders import (
    NOON,
    a_link,
    a_memory,
    a_principal,
    a_relation,
    a_user,
    an_entity,
    an_event,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ADA = UserId("usr_1")


def said(number: int, text: str, **told: Any) -> Memory:
    """The nth thing that is said about Ada, a day after the one before."""
    return a_memory(
        id=MemoryId(f"mem_{number}"), text=text, user=ADA, occurred_at=NOON + timedelta(days=number), **told
    )


async def put(store: WholeStore, *memories: Memory) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.memories.put_many(memories)
        uow.emit(an_event(user=ADA))


def short(profile: Profile) -> tuple[list[str], list[str]]:
    return (
        [f"{fact.field}={fact.value}" for fact in profile.current],
        [f"{fact.field}={fact.value}" for fact in profile.former],
    )


@pytest.fixture
def profiles(store: WholeStore, clock: FixedClock) -> Profiles:
    return Profiles(store=store, clock=clock)


async def test_facts_have_since_confidence_and_sources(store: WholeStore, profiles: Profiles) -> None:
    await put(store, said(1, "I'm allergic to nuts."), said(2, "Ada is allergic to nuts."), said(3, "Nice weather!"))
    profile = await profiles.profile(US, user=ADA)
    assert short(profile) == (["health=allergic to nuts"], [])
    (fact,) = profile.current
    assert (fact.since, fact.until, fact.sources) == (NOON + timedelta(days=1), None, ("mem_2", "mem_1"))
    assert 0.9 < fact.confidence < 1
    assert (profile.read, profile.total) == (3, 3)


async def test_what_came_later_takes_the_place_of_what_was_before(store: WholeStore, profiles: Profiles) -> None:
    await put(
        store,
        said(1, "I live in Lyon."),
        said(2, "I love coffee and jazz."),
        said(3, "We moved to Porto for good."),
        said(4, "I don't like coffee any more."),
        said(5, "I'm vegan."),
        said(6, "I'm no longer vegan."),
    )
    current, former = short(await profiles.profile(US, user=ADA))
    assert current == ["home=Porto", "likes=jazz", "dislikes=coffee"]
    assert former == ["home=Lyon", "likes=coffee", "diet=vegan"]


async def test_what_a_later_fact_superseded_is_former(store: WholeStore, profiles: Profiles) -> None:
    ended = NOON - timedelta(days=1)
    await put(store, said(-9, "I have two cats.", valid_to=ended), said(1, "I have two dogs."))
    profile = await profiles.profile(US, user=ADA)
    assert short(profile) == (["pets=two dogs"], ["pets=two cats"])
    assert profile.former[0].until == ended


async def test_it_follows_every_change(store: WholeStore, profiles: Profiles, clock: FixedClock) -> None:
    home = said(1, "I live in Lyon.")
    brief = said(2, "I'm vegan.", layer=Layer.TASK, expires_at=clock.now() + timedelta(hours=1))
    await put(store, home, brief)
    assert short(await profiles.profile(US, user=ADA))[0] == ["home=Lyon", "diet=vegan"]
    clock.advance(timedelta(hours=1))
    assert short(await profiles.profile(US, user=ADA))[0] == ["home=Lyon"]
    await put(store, replace(home, text="I live in Porto.", version=2))
    assert short(await profiles.profile(US, user=ADA))[0] == ["home=Porto"]
    await put(store, replace(home, deleted_at=clock.now(), version=3))
    assert short(await profiles.profile(US, user=ADA)) == ([], [])


async def test_what_others_say_of_themselves_is_not_about_the_user(store: WholeStore, profiles: Profiles) -> None:
    helper = said(1, "I live in a data centre.", role="assistant")
    drawn = said(2, "I speak English.")
    await put(
        store,
        helper,
        drawn,
        said(3, "I love tea.", speaker="Ben"),
        said(4, "I love chess.", speaker="Ada"),
        said(5, "Ada speaks Dutch.", speaker="Ben"),
    )
    async with store.write(US) as uow:
        await uow.memories.link_many([a_link(source=drawn.id, target=helper.id, type=LinkType.DERIVED_FROM)])
        uow.emit(an_event(user=ADA))
    assert short(await profiles.profile(US, user=ADA)) == (["languages=Dutch", "likes=chess"], [])


async def test_relations_add_what_no_rule_reads(store: WholeStore, profiles: Profiles) -> None:
    await put(store, said(1, "Clara, my wife, came along to Rufus's vet."), said(2, "My dog Rufus is fine."))
    async with store.write(US) as uow:
        people = [("ent_1", "Ada"), ("ent_2", "Clara"), ("ent_3", "Rufus")]
        await uow.entities.put_many(
            [an_entity(id=id_, name=name, user=ADA, type=EntityType.PERSON) for id_, name in people]
        )
        told = [("rel_1", "ent_2", "married_to", "mem_1"), ("rel_2", "ent_3", "has_pet", "mem_1")]
        await uow.entities.relate_many(
            [a_relation(id=id_, target=target, type=type_, evidence=(memory,)) for id_, target, type_, memory in told]
        )
        uow.emit(an_event(user=ADA))
    profile = await profiles.profile(US, user=ADA)
    assert short(profile) == (["family=spouse: Clara", "pets=dog: Rufus"], [])
    assert profile.current[1].sources == ("mem_2", "mem_1")


async def test_the_bio_reads_as_a_paragraph_with_sources(store: WholeStore, profiles: Profiles) -> None:
    await put(
        store,
        said(1, "I'm 34 and I work as a nurse at Mercy Hospital."),
        said(2, "I live in Porto."),
        said(3, "I love hiking and chess. My dog Rufus is lazy."),
    )
    bio = await profiles.bio(US, user=ADA)
    assert bio.text == (
        "Ada is 34 years old, works as nurse at Mercy Hospital and lives in Porto. Pets: dog Rufus. "
        "Likes: hiking and chess."
    )
    assert [sentence.sources for sentence in bio.sentences] == [("mem_1", "mem_2"), ("mem_3",), ("mem_3",)]
    assert 0.8 < bio.confidence < 1


async def test_nothing_is_known_of_who_was_never_spoken_of(store: WholeStore, profiles: Profiles) -> None:
    await put(store)
    assert short(await profiles.profile(US, user=ADA)) == ([], [])
    bio = await profiles.bio(US, user=ADA)
    assert (bio.text, bio.sentences, bio.confidence) == ("", (), 0.0)
    with pytest.raises(errors.NotFound):
        await profiles.profile(US, user=UserId("usr_9"))


async def test_strangers_know_nothing_even_after_we_asked(store: WholeStore, profiles: Profiles) -> None:
    await put(store, said(1, "I live in Lyon."))
    await profiles.profile(US, user=ADA)
    for stranger in (
        a_principal(visible=Only(frozenset())),
        a_principal(end_user=UserId("usr_2")),
        a_principal(tenant="org_2"),
    ):
        with pytest.raises(errors.NotFound):
            await profiles.profile(stranger, user=ADA)
    with pytest.raises(errors.Forbidden):
        await profiles.profile(a_principal(permissions=frozenset()), user=ADA)
