import pytest

from app.extraction.values import Amount, amounts, begins_with_time, state, versions, when


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10 mb", [Amount("10", "mb")]),
        ("$12 per seat", [Amount("12", "$")]),
        ("26.4%", [Amount("26.4", "%")]),
        ("20,000 euros", [Amount("20000", "euro")]),
        ("no cats", [Amount("0", "cat")]),
        ("three cats", [Amount("3", "cat")]),
        ("eu-west-1", []),
        ("555-0134", []),
    ],
)
def test_numbers_with_what_they_count(text: str, found: list[Amount]) -> None:
    assert list(amounts(text)) == found


def test_the_parts_of_a_time() -> None:
    assert when("tuesday at 10") == {"day": "tuesday", "hour": "10"}
    assert when("on 12 june") == {"date": "12 june"}
    assert when("at 10:00") == {"hour": "10"}
    assert when("in lisbon") == {}
    assert begins_with_time("on 12 june")
    assert not begins_with_time("lisbon in june")


def test_versions_follow_the_name_of_a_thing() -> None:
    assert versions("runs on python 3.9") == {"python": "3.9"}
    assert versions("between 11 and 17 september") == {}


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("the printer has been fixed", ("the printer", "function", "works")),
        ("the server is back up", ("the server", "function", "works")),
        ("i got engaged", ("i", "relationship", "engaged")),
        ("tom started a new job at dhl", ("tom", "employment", "employed")),
        ("the flag is on", ("the flag", "switch", "on")),
        ("the party is on friday", None),
    ],
)
def test_states_that_exclude_each_other(clause: str, found: tuple[str, str, str] | None) -> None:
    assert state(clause) == found
