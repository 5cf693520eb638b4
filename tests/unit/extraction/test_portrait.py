"""Portraits: whatever is said in whatever order, each value stands once, and of one matter one value holds."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import MemoryId
from app.domain.profile import SINGLE, ProfileField
from app.extraction.portrait import MOST, Seen, portrait
from app.extraction.profile import SelfTold
from tests.builders import NOON, a_memory

VALUES = st.sampled_from(["Lyon", "lyon", "Porto", "a dog", "dog", "the sea"])
SAYINGS = st.lists(
    st.tuples(st.sampled_from(list(ProfileField)), VALUES, st.integers(-9, 9), st.booleans(), st.floats(0.1, 1.0)),
    max_size=30,
)


def seen(number: int, field: ProfileField, value: str, day: int, *, former: bool, sure: float) -> Seen:
    memory = a_memory(id=MemoryId(f"mem_{number:02}"), occurred_at=NOON + timedelta(days=day))
    return Seen(memory, SelfTold(field=field, value=value, confidence=sure, is_former=former))


@given(SAYINGS)
def test_each_value_stands_once_and_single_fields_hold_one(
    sayings: list[tuple[ProfileField, str, int, bool, float]],
) -> None:
    told = [seen(n, f, v, day, former=former, sure=sure) for n, (f, v, day, former, sure) in enumerate(sayings)]
    current, former = portrait(told, now=NOON)
    values = [(fact.field, fact.value.casefold().removeprefix("a ")) for fact in (*current, *former)]
    assert len(values) == len(set(values))
    single = [fact.field for fact in current if fact.field in SINGLE]
    assert len(single) == len(set(single))
    assert all(fact.until is None and 0 < fact.confidence < 1 for fact in current)
    assert all(fact.until is not None for fact in former)
    assert {memory for fact in (*current, *former) for memory in fact.sources} == {one.memory.id for one in told}
    assert portrait(told[::-1], now=NOON) == (current, former)


def test_what_is_said_again_is_surer() -> None:
    once, _ = portrait([seen(1, ProfileField.HOME, "Lyon", 1, former=False, sure=0.8)], now=NOON)
    twice, _ = portrait([seen(n, ProfileField.HOME, "Lyon", n, former=False, sure=0.8) for n in (1, 2)], now=NOON)
    assert once[0].confidence == 0.8
    assert twice[0].confidence == 0.848


def test_twenty_of_a_field_are_shown() -> None:
    told = [seen(n, ProfileField.LIKES, f"thing {n}", 1, former=False, sure=0.8) for n in range(MOST + 5)]
    assert len(portrait(told, now=NOON)[0]) == MOST


def test_a_plan_is_done_when_what_was_planned_is_so() -> None:
    plan = seen(1, ProfileField.PLANS, "move to Porto in July", 1, former=False, sure=0.8)
    again = seen(2, ProfileField.PLANS, "move to Porto in July 2026", 2, former=False, sure=0.8)
    current, former = portrait([plan, again], now=NOON)
    assert [(fact.value, len(fact.sources)) for fact in current] == [("move to Porto in July 2026", 2)]
    assert former == ()
    moved = seen(3, ProfileField.HOME, "Porto", 3, former=False, sure=0.8)
    current, former = portrait([plan, again, moved], now=NOON)
    assert [fact.field for fact in current] == [ProfileField.HOME]
    assert [(fact.field, fact.until) for fact in former] == [(ProfileField.PLANS, moved.at)]


def test_a_name_does_not_end_with_what_was_said_beside_it() -> None:
    memory = a_memory(occurred_at=NOON, valid_to=NOON + timedelta(days=1))
    name = Seen(memory, SelfTold(field=ProfileField.NAME, value="Ana", confidence=0.8))
    home = Seen(memory, SelfTold(field=ProfileField.HOME, value="Lyon", confidence=0.8))
    current, former = portrait([name, home], now=NOON + timedelta(days=2))
    assert ([fact.value for fact in current], [fact.value for fact in former]) == (["Ana"], ["Lyon"])


def test_what_was_said_beside_a_home_outlasts_it_and_kin_outlasts_all() -> None:
    memory = a_memory(id=MemoryId("mem_1"), text="I live in Lyon with my cat Miso.", valid_to=NOON)
    told = [
        Seen(memory, SelfTold(field=ProfileField.HOME, value="Lyon", confidence=0.8)),
        Seen(memory, SelfTold(field=ProfileField.PETS, value="cat: Miso", confidence=0.8)),
    ]
    about_paul = a_memory(id=MemoryId("mem_2"), text="My brother Paul lives in Lyon.", valid_to=NOON)
    about_ann = a_memory(id=MemoryId("mem_3"), text="My wife Ann lives in Lyon.", valid_to=NOON)
    told += [
        Seen(about_paul, SelfTold(field=ProfileField.FAMILY, value="brother: Paul", confidence=0.8)),
        Seen(about_ann, SelfTold(field=ProfileField.FAMILY, value="wife: Ann", confidence=0.8)),
    ]
    current, former = portrait(told, now=NOON)
    assert {fact.value for fact in current} == {"cat: Miso", "brother: Paul"}
    assert {fact.value for fact in former} == {"Lyon", "wife: Ann"}
