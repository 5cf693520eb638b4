"""A JSON object becomes an entry."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.memory import Kind, Layer
from app.transfer.entry import Entry, Flaw
from app.transfer.fields import entry_of, text_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["text", "content", "user", "tags", "importance", "kind", "layer", "metadata", "occurred_at", "role", "extra"]
)


def entry(record: object) -> Entry:
    found = entry_of(record, where="line 1")
    assert isinstance(found, Entry)
    return found


def flaw(record: object) -> str:
    found = entry_of(record, where="line 1")
    assert isinstance(found, Flaw)
    assert found.where == "line 1"
    return found.reason


@pytest.mark.parametrize("name", ["text", "content", "memory", "message"])
def test_the_text_has_four_names(name: str) -> None:
    assert entry({name: " Maya likes tea. "}) == Entry(where="line 1", text="Maya likes tea.")


def test_every_field_is_read() -> None:
    record = {
        "text": "Tea at four.",
        "user_id": "maya",
        "agent": "helper",
        "conversation_id": 7,
        "role": "user",
        "name": "Maya",
        "title": "Tea",
        "summary": "Tea.",
        "kind": "episodic",
        "type": "event",
        "category": "food",
        "tags": ["tea", "daily"],
        "files": ["a.txt"],
        "keypath": "home.tea",
        "importance": 1,
        "layer": "TASK",
        "time": "2026-03-02T16:00:00+02:00",
        "valid_from": 1772409600,
        "metadata": {"a": 1},
    }
    assert entry(record) == Entry(
        where="line 1",
        text="Tea at four.",
        user="maya",
        agent="helper",
        session="7",
        role="user",
        speaker="Maya",
        title="Tea",
        summary="Tea.",
        kind=Kind.EPISODIC,
        type="event",
        categories=("food",),
        tags=("tea", "daily"),
        files=("a.txt",),
        keypath="home.tea",
        importance=1.0,
        layer=Layer.TASK,
        occurred_at=datetime(2026, 3, 2, 14, tzinfo=UTC),
        valid_from=datetime(2026, 3, 2, tzinfo=UTC),
        metadata={"a": 1},
    )


def test_unknown_fields_are_kept_as_metadata_and_those_of_an_export_are_not() -> None:
    record = {"text": "x", "mood": "good", "metadata": {"a": 1}, "id": "mem_1", "entities": ["Maya"], "version": 3}
    assert entry(record).metadata == {"mood": "good", "a": 1}


def test_null_means_absent() -> None:
    assert entry({"text": None, "content": "x", "user": None, "tags": None}) == Entry(where="line 1", text="x")


def test_text_parts_are_put_together() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "image_url", "image_url": {"url": "…"}}, "two"]
    assert text_of(parts) == "one\ntwo"
    assert text_of([{"type": "image_url"}]) is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "has no text (text, content, memory or message)"),
        ({"text": "  "}, "text: must not be blank"),
        ({"text": "a\x00b"}, "text: must not contain NUL characters"),
        ({"text": "x" * 50_001}, "text: has 50,001 characters; the limit is 50,000"),
        ({"text": "x", "tags": [1.5]}, "tags: is a number, not a string"),
        ({"text": "x", "importance": "high"}, "importance: is a string, not a number"),
        ({"text": "x", "kind": "good"}, "kind: is none of SEMANTIC, EPISODIC"),
        ({"text": "x", "time": "soon"}, "occurred_at: 'soon' is not a date and time"),
        ({"text": "x", "metadata": [1]}, "metadata: is a list, not an object"),
        ({"text": "x", "score": float("nan")}, "metadata: holds NaN or an infinite number"),
        (["text"], "is a list, not an object"),
        (None, "is null, not an object"),
    ],
)
def test_what_cannot_be_read_says_why(record: object, reason: str) -> None:
    assert flaw(record) == reason


@given(st.dictionaries(FIELDS, JSON, max_size=6) | JSON)
def test_any_json_is_an_entry_or_a_flaw(record: object) -> None:
    found = entry_of(record, where="line 1")
    assert isinstance(found, Entry | Flaw)
    if isinstance(found, Entry):
        assert found.text.strip() == found.text != ""
