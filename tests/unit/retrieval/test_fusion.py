"""Signals are weighted and added up; every part of a score can be shown; a fact and its source take one place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import MemoryId
from app.ports.search import Candidate
from app.retrieval.fusion import of_best, one_place_each, ordered, scores
from app.retrieval.recipes import HYBRID, KEYWORD, WITHOUT_TOKENS, Recipe, Signal
from app.retrieval.scene import Values
from tests.unit.retrieval.scenes import a_glimpse, a_scene

A, B, C = MemoryId("mem_a"), MemoryId("mem_b"), MemoryId("mem_c")
SCENE = a_scene(a_glimpse(C), a_glimpse(A), a_glimpse(B))


def values(*each: float) -> Values:
    return np.array(each, dtype=np.float32)


def test_unbounded_scores_become_parts_of_the_best() -> None:
    assert of_best([Candidate(A, 8.0), Candidate(B, 2.0)]) == {A: 1.0, B: 0.25}


def test_without_a_positive_score_there_is_no_signal() -> None:
    assert of_best([]) == {}
    assert of_best([Candidate(A, 0.0)]) == {}


def test_the_weighted_sum_decides_and_is_shown() -> None:
    recipe = Recipe("two", {Signal.WORDS: 1.0, Signal.MEANING: 3.0})
    signals = {Signal.WORDS: values(0, 1, 0.5), Signal.MEANING: values(0, 0, 1)}
    ranked = ordered(SCENE, scores(signals, recipe, 3))
    assert [(r.memory, r.score) for r in ranked] == [(B, 0.875), (A, 0.25)]
    assert recipe.shares == {Signal.WORDS: 0.25, Signal.MEANING: 0.75}


def test_what_nothing_speaks_for_is_not_found() -> None:
    assert ordered(SCENE, scores({}, KEYWORD, 3)) == []


def test_ties_stand_by_id() -> None:
    ranked = ordered(SCENE, scores({Signal.WORDS: values(1, 1, 1)}, KEYWORD, 3))
    assert [r.memory for r in ranked] == [A, B, C]


def test_a_signal_may_speak_against_a_memory_but_not_below_nothing() -> None:
    recipe = Recipe("less", {Signal.MEANING: 1.0, Signal.PREVIOUS: -0.5})
    signals = {Signal.MEANING: values(0.8, 0.8, 0.1), Signal.PREVIOUS: values(0, 0.4, 0.9)}
    assert scores(signals, recipe, 3) == pytest.approx([0.8, 0.6, 0.0])


def test_what_has_nothing_to_say_leaves_the_recipe() -> None:
    recipe = HYBRID.of([Signal.WORDS, Signal.MEANING])
    assert set(recipe.shares) == {Signal.WORDS, Signal.MEANING}
    assert sum(recipe.shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("recipe", [HYBRID, WITHOUT_TOKENS])
def test_the_parts_that_speak_for_a_memory_make_one_whole(recipe: Recipe) -> None:
    assert sum(share for share in recipe.shares.values() if share > 0) == pytest.approx(1)


def test_a_fact_that_stands_higher_stands_for_its_source() -> None:
    scene = a_scene(a_glimpse(A), a_glimpse(B, sources=(A,)), a_glimpse(C))
    ranked = one_place_each(ordered(scene, values(0.5, 0.9, 0.7)), scene)
    assert [(r.memory, r.stands_for) for r in ranked] == [(B, (A,)), (C, ())]


def test_a_source_that_stands_higher_stands_for_all_that_was_drawn_from_it() -> None:
    scene = a_scene(a_glimpse(A), a_glimpse(B, sources=(A,)), a_glimpse(C, sources=(A,)))
    ranked = one_place_each(ordered(scene, values(0.9, 0.5, 0.7)), scene)
    assert [(r.memory, r.stands_for) for r in ranked] == [(A, (B, C))]


value = st.floats(0, 1, width=32)


@given(st.fixed_dictionaries(dict.fromkeys(Signal, st.tuples(value, value, value))))
def test_scores_stay_within_0_and_1_and_in_order(told: dict[Signal, tuple[float, ...]]) -> None:
    signals = {signal: values(*each) for signal, each in told.items()}
    ranked = ordered(SCENE, scores(signals, HYBRID, 3))
    found = [r.score for r in ranked]
    assert found == sorted(found, reverse=True)
    assert all(0 < score <= 1 for score in found)
    for r in ranked:
        parts = sum(signals[signal][r.row] * share for signal, share in HYBRID.shares.items())
        assert r.score == pytest.approx(max(0.0, parts), abs=2e-6)
