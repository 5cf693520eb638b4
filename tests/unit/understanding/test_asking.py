"""What a question asks of a person, and which memories tell it."""

import numpy as np
import pytest

from app.domain.ids import MemoryId
from app.domain.profile import ProfileField
from app.retrieval.scene import Scene
from app.understanding.asking import Wish, telling, wish_of
from tests.unit.retrieval.scenes import a_glimpse, a_scene, talk

F = ProfileField


@pytest.mark.parametrize(
    ("question", "names", "fields"),
    [
        ("Where does Ada live?", {"Ada"}, {F.HOME}),
        ("Where do I work?", set(), {F.EMPLOYER}),
        ("Does Ada have any pets?", {"Ada"}, {F.PETS}),
        ("What does Ada drink?", {"Ada"}, {F.DIET}),
    ],
)
def test_a_question_wishes_for_fields_of_a_person(question: str, names: set[str], fields: set[F]) -> None:
    assert wish_of(question, names) == Wish(frozenset(fields), frozenset(names))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Where does the server live?", set()),  # of nobody
        ("What did Ada paint?", {"Ada"}),  # of no field
        ("What does Ada like?", {"Ada"}),  # of a field of which much is told
    ],
)
def test_other_questions_wish_for_nothing(question: str, names: set[str]) -> None:
    assert wish_of(question, names) is None


def told(wish: Wish, scene: Scene) -> list[bool]:
    return [value > 0 for value in telling(wish, scene, np.arange(len(scene)))]


def test_who_says_it_tells_it_of_themselves_and_others_by_name() -> None:
    lines = ("Ada: I moved to Porto.", "Ben: I live in Oslo.", "Ben: Ada lives in Porto.", "Ada: The tram was late.")
    fact = a_glimpse("fact", "Ada moved to Porto.", sources=(MemoryId("ses_1_t0"),))
    scene = a_scene(*talk(*lines), fact)
    assert told(Wish(frozenset({F.HOME}), frozenset({"Ada"})), scene) == [True, False, True, False, True]
    # nobody is named: each who speaks is meant
    assert told(Wish(frozenset({F.HOME}), frozenset()), scene) == [True, True, False, False, True]


def test_what_is_said_to_be_over_tells_nothing_and_what_is_surer_tells_more() -> None:
    scene = a_scene(*talk("Ada: I used to live in Lyon.", "Ada: I'm Ada.", "Ada: My name is Ada."))
    assert told(Wish(frozenset({F.HOME}), frozenset({"Ada"})), scene) == [False, False, False]
    _, less, more = telling(Wish(frozenset({F.NAME}), frozenset({"Ada"})), scene, np.arange(3)).tolist()
    assert 0 < less < more <= 1


def test_only_the_rows_asked_for_are_read() -> None:
    scene = a_scene(*talk("Ada: I live in Lyon.", "Ada: I live in Lyon."))
    found = telling(Wish(frozenset({F.HOME}), frozenset({"Ada"})), scene, np.array([1]))
    assert found[0] == 0 < found[1]
