"""Signals are normalised, weighted, and added up; every part of a score can be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import MemoryId
from app.ports.search import Candidate
from app.retrieval.fusion import clipped, fuse, of_best, values_of
from app.retrieval.recipes import HYBRID, KEYWORD, Recipe, Signal

A, B, C = MemoryId("mem_a"), MemoryId("mem_b"), MemoryId("mem_c")


def test_unbounded_scores_become_parts_of_the_best() -> None:
    assert of_best([Candidate(A, 8.0), Candidate(B, 2.0)]) == {A: 1.0, B: 0.25}


def test_without_a_positive_score_there_is_no_signal() -> None:
    assert of_best([]) == {}
    assert of_best([Candidate(A, 0.0)]) == {}


def test_cosines_are_cut_to_0_and_1() -> None:
    assert clipped([Candidate(A, 1.0001), Candidate(B, -0.3), Candidate(C, 0.5)]) == {A: 1.0, B: 0.0, C: 0.5}


def test_the_weighted_sum_decides_and_is_shown() -> None:
    recipe = Recipe("two", {Signal.WORDS: 1.0, Signal.MEANING: 3.0})
    ranked = fuse({Signal.WORDS: {A: 1.0, B: 0.5}, Signal.MEANING: {B: 1.0}}, recipe)
    assert [(r.memory, r.score) for r in ranked] == [(B, 0.875), (A, 0.25)]
    assert values_of(B, {Signal.WORDS: {A: 1.0, B: 0.5}, Signal.MEANING: {B: 1.0}}, recipe) == [
        (Signal.WORDS, 0.5),
        (Signal.MEANING, 1.0),
    ]


def test_ties_stand_by_id() -> None:
    ranked = fuse({Signal.WORDS: {C: 1.0, A: 1.0, B: 1.0}}, KEYWORD)
    assert [r.memory for r in ranked] == [A, B, C]


def test_a_signal_outside_the_recipe_brings_nothing() -> None:
    assert fuse({Signal.MEANING: {A: 1.0}}, KEYWORD) == []


values = st.dictionaries(st.sampled_from([A, B, C]), st.floats(0, 1))


@given(st.fixed_dictionaries(dict.fromkeys(Signal, values)))
def test_scores_stay_within_0_and_1_and_in_order(signals: dict[Signal, dict[MemoryId, float]]) -> None:
    ranked = fuse(signals, HYBRID)
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for r in ranked:
        parts = sum(value * HYBRID.share(signal) for signal, value in values_of(r.memory, signals, HYBRID))
        assert r.score == pytest.approx(parts, abs=1e-6)
