"""What stood then is judged by the same conditions as what stands now: each field of a filter, against the stores' model."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.memory import Memory
from app.domain.past import Then
from app.domain.query import Life, MemoryFilter
from app.services.past import lasting
from app.services.standing import fits
from tests.contracts.test_filters import CONDITIONS, NOW, matches, memories

ELSEWHERE = {"clusters", "entities"}
"""Refused, and asked of the edges that held then."""
conditions = st.one_of(
    *(st.tuples(st.just(name), values) for name, values in CONDITIONS.items() if name not in ELSEWHERE)
)
filters = st.lists(conditions, max_size=3).map(lambda chosen: MemoryFilter(**{"life": Life.ANY, **dict(chosen)}))


@given(memory=memories, where=filters)
def test_store_and_standing_together_ask_for_the_whole_filter(memory: Memory, where: MemoryFilter) -> None:
    coarse = lasting(where, Then(at=NOW + timedelta(days=1)))
    assert (matches(memory, set(), coarse) and fits(memory, where, at=NOW)) == matches(memory, set(), where)
