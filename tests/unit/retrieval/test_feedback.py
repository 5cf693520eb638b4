"""Feedback in a ranking: bounded, in proportion, explained."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval import fusion, ranking, recipes, signals
from app.retrieval.ranking import Heard
from app.retrieval.recipes import Signal
from tests.unit.retrieval.scenes import a_glimpse, a_scene

SUMS = st.floats(-1e6, 1e6)


def judged(*feedback: float) -> ranking.Judgement:
    """Memories that answer alike but for their feedback."""
    scene = a_scene(*(a_glimpse(f"m{i}", "green tea", feedback=sum_) for i, sum_ in enumerate(feedback)))
    words = {glimpse.id: 1.0 for glimpse in scene.glimpses}
    heard = Heard(words=words, meaning=None, graph=None)
    return ranking.spoken(ranking.judged(scene, ranking.wanted("tea", (), recipes.KEYWORD), heard, recipes.KEYWORD))


def test_without_feedback_nothing_changes() -> None:
    judgement = judged(0, 0)
    assert judgement.esteem is None
    assert [part.signal for part in judgement.parts(0, judgement.recipe.shares)] == [Signal.WORDS]


def test_each_further_piece_moves_it_less() -> None:
    found = signals.esteem(a_scene(*(a_glimpse(f"m{n}", feedback=n) for n in (-3, -1, 0, 1, 3))))
    assert found is not None
    assert found.tolist() == [0.125, 0.25, 0.5, 0.75, 0.875]


def test_a_fact_has_the_feedback_of_its_source_until_it_has_its_own() -> None:
    source = a_glimpse("turn", feedback=-1)
    facts = [a_glimpse("fact", sources=(source.id,)), a_glimpse("liked", sources=(source.id,), feedback=1)]
    found = signals.esteem(a_scene(source, *facts))
    assert found is not None
    assert found.tolist() == [0.25, 0.25, 0.75]


def test_the_liked_come_first_and_the_disliked_last() -> None:
    assert [ranked.memory for ranked in judged(-1, 0, 2, 1).ranked] == ["m2", "m3", "m1", "m0"]


@given(st.lists(SUMS, min_size=1, max_size=8))
def test_it_decides_a_fifth_at_most_and_keeps_nothing_out(sums: list[float]) -> None:
    plain = {ranked.memory: ranked.score for ranked in judged(*[0.0] * len(sums)).ranked}
    heeded = {ranked.memory: ranked.score for ranked in judged(*sums).ranked}
    assert plain.keys() == heeded.keys()
    assert all(0.8 * plain[memory] - 1e-6 <= score <= plain[memory] + 1e-6 for memory, score in heeded.items())


@given(st.lists(SUMS, min_size=1, max_size=8))
def test_the_parts_add_up_to_the_score(sums: list[float]) -> None:
    judgement = judged(*sums)
    shares = judgement.recipe.shares
    for ranked in judgement.ranked:
        parts = judgement.parts(ranked.row, shares)
        assert sum(part.value * part.weight for part in parts) == pytest.approx(ranked.score, abs=1e-5)


def test_what_nothing_speaks_for_is_not_brought_in_by_praise() -> None:
    totals = fusion.heeding(np.zeros(1, dtype=np.float32), np.ones(1, dtype=np.float32), 0.2)
    assert totals.tolist() == [0.0]
