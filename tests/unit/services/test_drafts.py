"""What callers write is checked as a whole: every wrong field is named, in their own words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import Invalid
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import Memory
from app.domain.people import SourceKind
from app.services import drafts
from app.services.inputs import MemoryPatch, NewConversation, NewMemory, NewMessage, NewSource

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def problems(draft: NewMemory) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        drafts.checked_memory(draft, now=NOW)
    return {error.field: error.code for error in raised.value.fields}


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"leaf": 1}
    for _ in range(levels - 1):
        value = {"inner": value}
    return value


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (NewMemory(text=""), "text", "blank"),
        (NewMemory(text=" \n\t"), "text", "blank"),
        (NewMemory(text="x" * 50_001), "text", "too_long"),
        (NewMemory(text="a\x00b"), "text", "malformed_text"),
        (NewMemory(text="a\ud800b"), "text", "malformed_text"),
        (NewMemory(text="ok", title="t" * 501), "title", "too_long"),
        (NewMemory(text="ok", summary="s" * 5_001), "summary", "too_long"),
        (NewMemory(text="ok", user=" "), "user", "blank"),
        (NewMemory(text="ok", session="s" * 257), "session", "too_long"),
        (NewMemory(text="ok", type="Über"), "type", "invalid"),
        (NewMemory(text="ok", tags=("a",) * 51), "tags", "too_long"),
        (NewMemory(text="ok", categories=("c" * 101,)), "categories", "too_long"),
        (NewMemory(text="ok", importance=1.01), "importance", "out_of_range"),
        (NewMemory(text="ok", importance=float("nan")), "importance", "out_of_range"),
        (NewMemory(text="ok", keypath="a..b"), "keypath", "invalid"),
        (NewMemory(text="ok", keypath=".".join("k" * 33)), "keypath", "too_long"),
        (NewMemory(text="ok", metadata={"k": "v" * 16_400}), "metadata", "too_long"),
        (NewMemory(text="ok", metadata=nested(9)), "metadata", "too_deep"),
        (NewMemory(text="ok", metadata={"k": float("inf")}), "metadata", "invalid"),
        (NewMemory(text="ok", metadata={"k": "\ud800"}), "metadata", "malformed_text"),
        (NewMemory(text="ok", metadata={"k": "a\x00"}), "metadata", "malformed_text"),
        (NewMemory(text="ok", position=-1), "position", "out_of_range"),
        (NewMemory(text="ok", expires_at=NOW), "expires_at", "out_of_range"),
        (NewMemory(text="ok", valid_from=NOW, valid_to=NOW - timedelta(days=1)), "valid_to", "out_of_order"),
        (NewMemory(text="ok", occurred_at=datetime(1, 1, 1, tzinfo=UTC)), "occurred_at", "out_of_range"),
        (NewMemory(text="ok", source=NewSource(kind=SourceKind.PAGE, uri="")), "source.uri", "blank"),
    ],
)
def test_a_wrong_field_is_named(draft: NewMemory, field: str, code: str) -> None:
    assert problems(draft) == {field: code}


def test_all_wrong_fields_are_named_at_once() -> None:
    draft = NewMemory(text="", importance=2, tags=("",), keypath=" ")
    assert problems(draft) == {
        "text": "blank",
        "importance": "out_of_range",
        "tags": "blank",
        "keypath": "invalid",
    }


def test_what_is_right_is_cleaned() -> None:
    draft = NewMemory(text="  Cafe\u0301 opens \n", type=" Fact ", tags=("b", "a", "b"), metadata=nested(8))
    cleaned = drafts.checked_memory(draft, now=NOW)
    assert (cleaned.text, cleaned.type, cleaned.tags) == ("Café opens", "fact", ("b", "a"))


@pytest.mark.parametrize("size", [1, 50_000])
def test_texts_within_the_limit_are_kept_whole(size: int) -> None:
    assert drafts.checked_memory(NewMemory(text="y" * size), now=NOW).text == "y" * size


def test_a_batch_names_its_wrong_items_by_index() -> None:
    with pytest.raises(Invalid) as raised:
        drafts.checked_batch([NewMemory(text="fine"), NewMemory(text=""), NewMemory(text="x", importance=-1)], now=NOW)
    assert [error.field for error in raised.value.fields] == ["memories.1.text", "memories.2.importance"]


@pytest.mark.parametrize(("size", "code"), [(0, "blank"), (1_001, "too_long")])
def test_a_batch_has_1_to_1000_items(size: int, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        drafts.checked_batch([NewMemory(text="x")] * size, now=NOW)
    assert [(error.field, error.code) for error in raised.value.fields] == [("memories", code)]


def test_a_conversation_becomes_drafts_in_order() -> None:
    later = NOW + timedelta(minutes=5)
    conversation = NewConversation(
        messages=(NewMessage(text="Hi", name="Ada"), NewMessage(text="Hello", role="assistant", time=later)),
        user="ada",
        session="s1",
        time=NOW,
    )
    first, second = drafts.drafts_of(conversation, first_position=7, now=NOW)
    assert (first.position, first.speaker, first.role, first.occurred_at) == (7, "Ada", "user", NOW)
    assert (second.position, second.speaker, second.role, second.occurred_at) == (8, None, "assistant", later)


def test_wrong_messages_are_named_by_index() -> None:
    conversation = NewConversation(messages=(NewMessage(text="Hi"), NewMessage(text="\x00")))
    with pytest.raises(Invalid) as raised:
        drafts.drafts_of(conversation, first_position=0, now=NOW)
    assert [error.field for error in raised.value.fields] == ["messages.1.text"]


def a_stored_memory() -> Memory:
    return Memory(
        id=MemoryId("mem_1"), project=ProjectId("prj_1"), text="old", title="T", created_at=NOW, updated_at=NOW
    )


def test_a_patch_keeps_what_it_does_not_name_and_empties_what_is_none() -> None:
    changed = drafts.patched(a_stored_memory(), MemoryPatch(text="new", title=None), now=NOW + timedelta(hours=1))
    assert (changed.text, changed.title, changed.version) == ("new", None, 2)
    assert (changed.created_at, changed.updated_at) == (NOW, NOW + timedelta(hours=1))


def test_a_wrong_patch_names_every_field() -> None:
    with pytest.raises(Invalid) as raised:
        drafts.patched(a_stored_memory(), MemoryPatch(text="", importance=3), now=NOW)
    assert {error.field for error in raised.value.fields} == {"text", "importance"}
