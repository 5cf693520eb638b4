"""Each signal of a search, one by one: what it says, and where it is silent."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.domain.ids import MemoryId
from app.ports.models import TokenTable
from app.retrieval import signals
from app.retrieval.dates import AskedDate
from app.retrieval.late import interaction
from app.retrieval.scene import Scene, Values
from app.retrieval.traits import stems_of
from tests.builders import some_tokens
from tests.unit.retrieval.scenes import a_glimpse, a_scene, talk

TALK = talk(
    "Ada: Good morning!",
    "Ben: What did you adopt?",
    "Ada: Two kittens, they sleep all day.",
    "Ben: Lovely.",
    "Ada: I repaired the bicycle yesterday.",
)


def values(*each: float) -> Values:
    return np.array(each, dtype=np.float32)


def words(scene: Scene, query: str, *, window: tuple[float, ...] = signals.WINDOW) -> list[float]:
    nothing = np.zeros(len(scene), dtype=np.float32)
    return [float(v) for v in signals.words(scene, stems_of(query), window=window, found=nothing)]


def test_words_meet_in_any_form() -> None:
    alone = words(a_scene(*TALK), "kitten sleeping", window=())
    assert alone[2] > 0.5
    assert alone[:2] + alone[3:] == [0, 0, 0, 0]


def test_neighbours_share_in_words_the_nearer_the_more() -> None:
    found = words(a_scene(*TALK), "kittens")
    assert found[2] > found[1] == pytest.approx(found[3], rel=0.1)
    assert found[1] > found[0] > 0
    assert found[4] > 0


def test_words_do_not_spread_into_another_session() -> None:
    found = words(a_scene(*TALK, *talk("Ada: Hello again.", session="ses_2")), "kittens")
    assert found[5] == 0


def test_a_word_that_nobody_said_keeps_a_weak_hit_from_the_top() -> None:
    scene = a_scene(a_glimpse("a", "The tea is green."), a_glimpse("b", "The coffee is black."))
    (full, _), (part, _) = words(scene, "green tea"), words(scene, "green submarine")
    assert 0 < part < 0.7 * full < 0.7


def test_what_only_the_index_can_find_still_counts() -> None:
    scene = a_scene(a_glimpse("a", "東京へ行きました"), a_glimpse("b", "Nothing"))
    found = signals.words(scene, ["東京"], window=(), found=values(1, 0))
    assert found.tolist() == pytest.approx([0.1, 0])


def test_who_is_named_by_a_name_or_a_first_name_however_it_is_written() -> None:
    scene = a_scene(*talk("Zoë Lovelace: Hi.", "Ben: Hi."), a_glimpse("note"))
    assert signals.who(scene, {"zoe"}).tolist() == [1, 0, 0]
    assert signals.who(scene, {"zoe lovelace"}).tolist() == [1, 0, 0]
    assert signals.who(scene, {"lovelace"}).tolist() == [0, 0, 0]
    assert signals.who(scene, ()).tolist() == [0, 0, 0]


def test_a_fact_is_said_by_whoever_said_its_source() -> None:
    fact = a_glimpse("fact", "Ada has two kittens.", sources=(MemoryId("ses_1_t2"),))
    assert signals.who(a_scene(*TALK, fact), {"ada"}).tolist() == [1, 0, 1, 0, 1, 1]


def test_the_date_is_that_of_the_session_or_of_the_fact() -> None:
    when = datetime(2023, 7, 1, tzinfo=UTC)
    fact = a_glimpse("fact", sources=(MemoryId("ses_1_t0"),), occurred_at=when)
    scene = a_scene(*TALK[:1], fact, a_glimpse("undated"))
    assert signals.date(scene, AskedDate(2023, 5, 8)).tolist() == pytest.approx([1, 1, 0])
    assert signals.date(scene, AskedDate(2023, 7, None)).tolist() == pytest.approx([0, 1, 0])
    assert signals.date(scene, None).tolist() == [0, 0, 0]


def test_a_session_lends_its_best_to_all_of_it() -> None:
    scene = a_scene(*TALK[:2], *talk("Ada: Bye.", session="ses_2"), a_glimpse("note"))
    assert signals.session(scene, values(0.2, 0.6, 0.3, 0.9)).tolist() == pytest.approx([0.6, 0.6, 0.3, 0])


def test_an_answer_follows_what_was_asked() -> None:
    scene = a_scene(*TALK)
    assert signals.answer(scene, values(0.9, 0.8, 0.1, 0.1, 0.1)).tolist() == pytest.approx([0, 0, 0.8, 0, 0])
    assert signals.previous(scene, values(0.9, 0.8, 0.1, 0.2, 0.3)).tolist() == pytest.approx([0, 0.9, 0.8, 0.1, 0.2])


def test_greetings_and_questions_state_little() -> None:
    substance = signals.substance(a_scene(*TALK))
    assert substance[1] == 0
    assert substance[2] > substance[0] > 0
    assert substance.max() <= 1


def test_a_note_is_no_greeting() -> None:
    turns = signals.substance(a_scene(*TALK))
    assert signals.substance(a_scene(*TALK, a_glimpse("note", "Tea.")))[5] == pytest.approx(turns.mean())
    assert signals.substance(a_scene(a_glimpse("note", "Tea."), a_glimpse("other"))).tolist() == [0, 0]


def test_times_are_counted_up_to_three() -> None:
    scene = a_scene(a_glimpse("a", "Today, last week, on 3 May 2020, in June."), TALK[4], TALK[2])
    assert signals.when(scene).tolist() == pytest.approx([1, 1 / 3, 1 / 3])


def test_tokens_count_in_full_at_home_and_in_part_next_door() -> None:
    scene = a_scene(*TALK)
    question = some_tokens((127, 0), (0, 127))
    here = TokenTable((TALK[2].id, TALK[3].id), (2, 1), some_tokens((127, 0), (0, 127), (-127, 0)))
    found, known = interaction(question, here, scene)
    assert found.tolist() == pytest.approx([0, 0, 1, 0.9, 0], abs=1e-6)
    assert known.tolist() == [2, 3]


def test_without_token_vectors_there_is_no_comparison() -> None:
    found, known = interaction(some_tokens(), TokenTable((), (), some_tokens()[:0]), a_scene(*TALK))
    assert found.tolist() == [0] * 5
    assert not len(known)


def test_in_a_scene_of_nothing_nothing_is_said() -> None:
    scene = a_scene()
    assert words(scene, "tea") == []
    assert signals.session(scene, values()).tolist() == []
    assert signals.who(scene, {"ada"}).tolist() == []


def test_what_was_true_until_then_is_outdated() -> None:
    then = datetime(2026, 3, 1, tzinfo=UTC)
    scene = a_scene(
        a_glimpse("over", valid_to=then), a_glimpse("true", valid_to=then.replace(year=2027)), a_glimpse("ever")
    )
    assert signals.outdated(scene, then).tolist() == [1, 0, 0]
    assert signals.outdated(scene, None).tolist() == [0, 0, 0]
