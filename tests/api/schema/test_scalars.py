"""What the scalars take and give, and how they refuse the rest."""

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scalars import read_big, read_object, read_time, write_time
from tests.api.schema.world import World

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:30:00Z",
        "2026-03-01t09:30:00z",
        "2026-03-01T09:30:00",
        "2026-03-01 09:30:00+00:00",
        "2026-03-01T10:30:00.000+01:00",
        "2026-02-28T23:30:00-10:00",
    ],
)
def test_a_time_is_read_in_utc(text: str) -> None:
    assert read_time(text) == MOMENT
    assert read_time(text).tzinfo is UTC


def test_a_date_is_its_midnight() -> None:
    assert read_time("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "tomorrow", "20260301", "2026-W09-7", "2026-03-01T09:30", "09:30:00", 5, None, True, {}]
)
def test_what_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(GraphQLError, match="must be RFC 3339 text"):
        read_time(value)


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01T00:00:00Z",
        "2026-02-30",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        "2016-12-31T23:59:60Z",
    ],
)
def test_a_time_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(GraphQLError, match="out of range"):
        read_time(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_as_it_went(time: datetime) -> None:
    assert read_time(write_time(time)) == time


@pytest.mark.parametrize("value", [[], "text", 5, None, True])
def test_metadata_are_an_object(value: Any) -> None:
    with pytest.raises(GraphQLError, match="must be an object"):
        read_object(value)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"a": float("nan")}, "finite"),
        ({"a": [{"b": float("inf")}]}, "finite"),
        ({"a": 2**63}, "64 bits"),
        ({"a": -(2**63) - 1}, "64 bits"),
        ({"a": "\x00"}, "NUL"),
        ({"\ud800": 1}, "surrogates"),
    ],
)
def test_metadata_that_nobody_could_read_back_are_refused(value: Any, problem: str) -> None:
    with pytest.raises(GraphQLError, match=problem):
        read_object(value)


def test_metadata_may_hold_what_json_holds() -> None:
    value = {"a": [1, 2.5, True, None, "é"], "b": {"c": -(2**63)}, "": 2**63 - 1}
    assert read_object(value) == value


@pytest.mark.parametrize("value", [1.5, "1", True, 2**63, None])
def test_a_big_number_is_a_whole_one(value: Any) -> None:
    with pytest.raises(GraphQLError, match="64 bits"):
        read_big(value)


async def test_times_and_metadata_go_through_the_schema(world: World) -> None:
    metadata = {"n": 2**53 + 1, "list": [1, {"deep": None}], "x": 0.1}
    memory = await world.add("text", occurredAt="2026-03-01T10:30:00+01:00", metadata=metadata)
    found = await world.ask("query($id: ID!) { memory(id: $id) { occurredAt metadata } }", {"id": memory["id"]})
    assert found["memory"] == {"occurredAt": "2026-03-01T09:30:00Z", "metadata": metadata}


async def test_a_literal_is_read_as_a_variable_is(world: World) -> None:
    data = await world.ask(
        'mutation($n: Int!) { addMemory(input: {text: "t", mode: VERBATIM, occurredAt: "2026-03-01",'
        " metadata: {n: $n, m: [1.5, true, null]}}) { memory { occurredAt metadata } } }",
        {"n": 7},
    )
    assert data["addMemory"]["memory"] == {
        "occurredAt": "2026-03-01T00:00:00Z",
        "metadata": {"n": 7, "m": [1.5, True, None]},
    }


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-01:00", "soon"])
async def test_a_bad_time_is_a_clear_error(world: World, at: str) -> None:
    (shown,) = await world.errors(
        "query($at: DateTime) { memories(filter: {occurred: {after: $at}}) { nodes { id } } }", {"at": at}
    )
    assert shown["extensions"]["code"] == "bad_request"
    assert "DateTime" in shown["message"]
