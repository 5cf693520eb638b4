"""Times as files write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer.moments import moment
from app.transfer.unfit import Unfit

NOON = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2023-05-08T13:56:00Z",
        "2023-05-08 13:56",
        "2023-05-08T15:56:00+02:00",
        "1:56 pm on 8 May, 2023",
        "May 8, 2023 1:56 PM",
        1_683_554_160,
        1_683_554_160.0,
        1_683_554_160_000,
    ],
)
def test_one_moment_in_many_writings(written: str | float) -> None:
    assert moment(written) == NOON


@pytest.mark.parametrize("written", ["", "May", "Tuesday", "8 May", "soon", "2023-13-01", True, None, [], 1e300])
def test_what_is_no_full_date_is_refused(written: object) -> None:
    with pytest.raises(Unfit, match="is not a date and time"):
        moment(written)


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_anything_is_a_moment_in_utc_or_unfit(written: object) -> None:
    try:
        found = moment(written)
    except Unfit:
        return
    assert found.tzinfo is UTC
