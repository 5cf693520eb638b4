from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import EntityId
from app.domain.ties import INVERSES, SYMMETRIC, told_once

ANNA, BEN = EntityId("ent_1"), EntityId("ent_2")
ENDS = st.sampled_from([ANNA, BEN, EntityId("ent_3")])


def test_a_tie_is_kept_once_whichever_end_tells_of_it() -> None:
    assert told_once(ANNA, "sibling_of", BEN) == told_once(BEN, "sibling_of", ANNA) == (ANNA, BEN, "sibling_of")
    assert told_once(BEN, "child_of", ANNA) == told_once(ANNA, "parent_of", BEN) == (ANNA, BEN, "parent_of")
    assert told_once(ANNA, "employs", BEN) == told_once(BEN, "works_at", ANNA) == (BEN, ANNA, "works_at")
    assert told_once(BEN, "lives_in", ANNA) == (BEN, ANNA, "lives_in")


@given(ENDS, st.sampled_from([*SYMMETRIC, *INVERSES, *INVERSES.values(), "lives_in"]), ENDS)
def test_what_is_kept_stays_as_it_is(source: EntityId, type_: str, target: EntityId) -> None:
    kept = told_once(source, type_, target)
    assert told_once(kept[0], kept[2], kept[1]) == kept
