import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.edge.answers import Refusal
from app.edge.strict_json import MAX_DEPTH, read_json, write_json

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    assert read_json(write_json(value)) == value


@given(VALUES)
def test_what_others_write_is_read(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary())
def test_whatever_else_comes_is_a_400(raw: bytes) -> None:
    try:
        read_json(raw)
    except Refusal as refusal:
        assert refusal.status == 400


def test_nesting_is_bounded_and_brackets_in_strings_do_not_count() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert json.dumps(read_json(deepest)).encode() == deepest
    with pytest.raises(Refusal, match="nested more than 100"):
        read_json(b"[" + deepest + b"]")
    text = '["[[[[\\"[[' + "[" * 500 + '"]'
    assert read_json(text.encode()) == ['[[[["[[' + "[" * 500]


@pytest.mark.parametrize("text", [r'"\ud83d\ude00"', r'"\\ud800"', r'"\u00e9"'])
def test_escapes_that_mean_a_character_are_fine(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\udc00"', r'"\ude00\ud83d"', r'{"\uD800": 1}', r'"\ud800\u0041"'])
def test_r4_70_lone_surrogates_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="surrogate"):
        read_json(text.encode())
