"""Cursors are opaque, survive a round trip, and are good for one list of one caller only (R4.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.ids import OrganizationId, ProjectId, UserId
from app.domain.principal import AllProjects, Credential, Only, Principal, Visible
from app.domain.query import Page, Position, Row
from app.services.inputs import Slice
from app.services.paging import Binding, listing, size_of, window_of


def caller(tenant: str = "org_a", *, visible: Visible = AllProjects(), end_user: str | None = None) -> Principal:  # noqa: B008
    return Principal(
        tenant=OrganizationId(tenant),
        actor="test",
        visible=visible,
        permissions=frozenset(),
        credential=Credential(key=None),
        end_user=UserId(end_user) if end_user else None,
    )


BINDING = Binding(caller(), "memories", "filter")
positions = st.builds(
    Position,
    st.one_of(st.text(max_size=20), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)),
    st.text(min_size=1, max_size=40),
)


@given(positions)
def test_a_cursor_leads_back_to_its_position(position: Position) -> None:
    assert BINDING.position("after", BINDING.cursor(position)) == position


@pytest.mark.parametrize(
    "other",
    [
        Binding(caller("org_b"), "memories", "filter"),
        Binding(caller(visible=Only(frozenset({ProjectId("prj_1")}))), "memories", "filter"),
        Binding(caller(end_user="usr_1"), "memories", "filter"),
        Binding(caller(), "entities", "filter"),
        Binding(caller(), "memories", "another filter"),
    ],
    ids=["tenant", "projects", "end user", "list", "filter"],
)
def test_r4_5_a_cursor_of_another_caller_or_list_is_refused(other: Binding) -> None:
    with pytest.raises(Invalid) as raised:
        BINDING.position("after", other.cursor(Position(1, "mem_1")))
    assert [(e.field, e.code) for e in raised.value.fields] == [("after", "bad_cursor")]


def test_r4_5_a_cursor_with_any_character_changed_leads_nowhere_else() -> None:
    cursor = BINDING.cursor(Position("2026", "mem_1"))
    altered = [cursor[:i] + ("A" if c != "A" else "B") + cursor[i + 1 :] for i, c in enumerate(cursor)]
    outcomes = {outcome(text) for text in altered}
    assert outcomes <= {"bad_cursor", "same place"}  # the last character of base64 has unused bits
    assert [outcome(text) for text in altered[:-1]] == ["bad_cursor"] * (len(cursor) - 1)


def outcome(cursor: str) -> str:
    try:
        place = BINDING.position("after", cursor)
    except Invalid as problem:
        return problem.fields[0].code
    return "same place" if place == Position("2026", "mem_1") else "elsewhere"


@given(st.text(max_size=60))
def test_garbage_is_refused_whatever_it_is(garbage: str) -> None:
    with pytest.raises(Invalid):
        BINDING.position("after", garbage)


@pytest.mark.parametrize(
    ("page", "field"),
    [
        (Slice(first=-1), "first"),
        (Slice(first=101), "first"),
        (Slice(last=101), "last"),
        (Slice(first=1, last=1), "last"),
        (Slice(first=1, before="x"), "before"),
        (Slice(last=1, after="x"), "after"),
    ],
)
def test_a_slice_that_makes_no_sense_is_refused(page: Slice, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        window_of(page, BINDING)
    assert raised.value.fields[0].field == field


def test_a_list_has_20_rows_when_not_told_otherwise() -> None:
    assert (size_of(Slice()), size_of(Slice(first=100)), size_of(Slice(last=3))) == (20, 100, 3)


def rows(*ids: str, more: bool) -> Page[str]:
    return Page([Row(id_, Position(id_, id_)) for id_ in ids], more)


def test_reading_forward_knows_what_is_on_either_side() -> None:
    cursor = BINDING.cursor(Position("a", "a"))
    first = listing(rows("a", more=True), Slice(first=1), BINDING)
    second = listing(rows("b", more=False), Slice(first=1, after=cursor), BINDING)
    assert (first.has_previous, first.has_next, first.items[0].cursor) == (False, True, cursor)
    assert (second.has_previous, second.has_next) == (True, False)


def test_reading_backward_knows_what_is_on_either_side() -> None:
    cursor = BINDING.cursor(Position("c", "c"))
    last = listing(rows("c", more=True), Slice(last=1), BINDING)
    middle = listing(rows("b", more=False), Slice(last=1, before=cursor), BINDING)
    assert (last.has_previous, last.has_next) == (True, False)
    assert (middle.has_previous, middle.has_next) == (False, True)


def test_first_0_tells_only_whether_there_is_something() -> None:
    something = listing(rows("a", more=False), Slice(first=0), BINDING)
    nothing = listing(rows(more=False), Slice(first=0), BINDING)
    assert (list(something.items), something.has_next) == ([], True)
    assert (list(nothing.items), nothing.has_next) == ([], False)
