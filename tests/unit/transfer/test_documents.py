"""JSON documents, JSON lines and plain text: what they hold."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.transfer.entry import Entry, Flaw, Piece
from app.transfer.reading import Format, format_of, read
from app.transfer.survey import survey


def pieces(tmp_path: Path, content: Any, name: str = "chat.json") -> list[Piece]:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(read(survey(path), name=name, form=Format.AUTO))


def test_a_conversation_is_one_session(tmp_path: Path) -> None:
    found = pieces(
        tmp_path,
        {
            "user": "maya",
            "session": "monday",
            "time": "2026-03-02",
            "messages": [
                {"role": "system", "content": "Be nice."},
                {"role": "user", "name": "Maya", "content": "Tea?"},
                {"role": "assistant", "text": "At four.", "time": "2026-03-02T10:00:00Z"},
                {"role": "assistant", "content": None, "tool_calls": [{}]},
            ],
        },
    )
    assert found == [
        Entry(
            where="chat, message 2",
            text="Tea?",
            user="maya",
            session="monday",
            role="user",
            speaker="Maya",
            occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
        ),
        Entry(
            where="chat, message 3",
            text="At four.",
            user="maya",
            session="monday",
            role="assistant",
            occurred_at=datetime(2026, 3, 2, 10, tzinfo=UTC),
        ),
    ]


def test_a_list_of_messages_is_a_session_named_like_the_file(tmp_path: Path) -> None:
    (found,) = pieces(tmp_path, [{"role": "user", "content": "Tea?"}])
    assert found == Entry(where="chat, message 1", text="Tea?", session="chat", role="user")


def test_conversations_in_a_list_are_sessions_of_their_own(tmp_path: Path) -> None:
    found = pieces(tmp_path, [{"messages": [{"role": "user", "content": text}]} for text in ("one", "two")])
    assert [(piece.session, piece.text) for piece in found if isinstance(piece, Entry)] == [
        ("chat#1", "one"),
        ("chat#2", "two"),
    ]


def test_a_chat_export_gives_its_current_branch(tmp_path: Path) -> None:
    def node(parent: str | None, *children: str, role: str = "user", text: str = "") -> dict[str, Any]:
        message = {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}, "create_time": 0}
        return {"parent": parent, "children": list(children), "message": message if text else None}

    mapping = {
        "root": node(None, "a"),
        "a": node("root", "b", "c", text="Tea?"),
        "b": node("a", role="assistant", text="No."),
        "c": node("a", role="assistant", text="At four."),
    }
    found = pieces(tmp_path, [{"id": "x1", "title": "Tea", "mapping": mapping, "current_node": "c"}])
    assert [(piece.session, piece.role, piece.text) for piece in found if isinstance(piece, Entry)] == [
        ("x1", "user", "Tea?"),
        ("x1", "assistant", "At four."),
    ]


def test_a_tree_that_turns_in_a_circle_ends(tmp_path: Path) -> None:
    loop = {"a": {"parent": "b", "message": None}, "b": {"parent": "a", "message": None}}
    assert pieces(tmp_path, [{"mapping": loop, "current_node": "a"}]) == []


def test_long_conversations_keep_sessions_dates_captions_and_turn_ids(tmp_path: Path) -> None:
    conversation = {
        "speaker_a": "Ann",
        "speaker_b": "Bo",
        "session_2_date_time": "1:56 pm on 8 May, 2023",
        "session_2": [
            {"speaker": "Bo", "dia_id": "D2:1", "text": "Look!", "blip_caption": "a dog", "img_url": ["https://x/1"]}
        ],
        "session_10": [{"speaker": "Ann", "dia_id": "D10:1", "text": "Later."}],
    }
    found = pieces(tmp_path, [{"sample_id": "conv-1", "conversation": conversation, "qa": []}])
    assert found == [
        Entry(
            where="item 1, session_2, turn 1",
            text="Look! [shares a dog]",
            user="conv-1",
            session="session_2",
            role="assistant",
            speaker="Bo",
            occurred_at=datetime(2023, 5, 8, 13, 56, tzinfo=UTC),
            metadata={"dia_id": "D2:1", "images": ["https://x/1"]},
        ),
        Entry(
            where="item 1, session_10, turn 1",
            text="Later.",
            user="conv-1",
            session="session_10",
            role="user",
            speaker="Ann",
            metadata={"dia_id": "D10:1"},
        ),
    ]


def test_a_list_of_memories_may_be_wrapped(tmp_path: Path) -> None:
    expected = [Entry(where="item 1", text="a"), Flaw(where="item 2", reason="is a number, not an object")]
    assert pieces(tmp_path, [{"memory": "a"}, 5]) == expected
    assert pieces(tmp_path, {"results": [{"memory": "a"}, 5]}) == expected


def test_a_list_that_breaks_off_keeps_what_is_whole(tmp_path: Path) -> None:
    found = pieces(tmp_path, '[{"text": "a"},\n {"text": "b"},\n {"te')
    assert found[:2] == [Entry(where="item 1", text="a"), Entry(where="item 2", text="b")]
    assert isinstance(found[2], Flaw)
    assert found[2].where == "line 3"
    assert len(found) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"messages": [', "file: chat.json is not JSON: expecting value in line 1"),
        ("[", "file: chat.json is not JSON: expecting value in line 1"),
        ("5", "file: chat.json is a number; a list or an object is needed"),
        ("[" * 100_000, "file: chat.json is nested too deeply"),
    ],
)
def test_a_document_without_anything_whole_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        pieces(tmp_path, content)
    assert str(refused.value) == message


def test_bad_lines_are_told_by_number_and_good_ones_kept(tmp_path: Path) -> None:
    lines = ['{"text": "a"}', "", "{oops", '"text"', '{"user": "maya"}', "[" * 100_000, '{"text": "b"}']
    found = pieces(tmp_path, "\n".join(lines), "notes.jsonl")
    assert found == [
        Entry(where="line 1", text="a"),
        Flaw(
            where="line 3",
            reason="is not JSON: expecting property name enclosed in double quotes at character 2",
        ),
        Flaw(where="line 4", reason="is a string, not an object"),
        Flaw(where="line 5", reason="has no text (text, content, memory or message)"),
        Flaw(where="line 6", reason="is nested too deeply"),
        Entry(where="line 7", text="b"),
    ]


def test_a_line_may_be_a_conversation(tmp_path: Path) -> None:
    lines = [json.dumps({"messages": [{"role": "user", "content": text}]}) for text in ("a", "b")]
    found = pieces(tmp_path, "\n".join(lines), "train.jsonl")
    assert [(piece.where, piece.session) for piece in found] == [  # type: ignore[union-attr]
        ("line 1, message 1", "train#1"),
        ("line 2, message 1", "train#2"),
    ]


def test_plain_text_is_a_memory_a_paragraph(tmp_path: Path) -> None:
    assert pieces(tmp_path, "one\ntwo\n\n \n  three\n", "notes.txt") == [
        Entry(where="line 1", text="one\ntwo"),
        Entry(where="line 5", text="three"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.txt", "Hello.", Format.TEXT),
        ("a", "Hello.", Format.TEXT),
        ("a.md", "Hello.", Format.MARKDOWN),
        ("a.jsonl", "Hello.", Format.JSONL),
        ("a.txt", '{"text": "x"}\n{"text": "y"}', Format.JSONL),
        ("a.txt", '{\n"text": "x"}', Format.JSON),
        ("a.json", '[{"text": "x"}]', Format.JSON),
        ("a.json", '{"text": "x"}\n{"text": "y"}', Format.JSONL),
        ("a.json", "Hello.", Format.JSON),
    ],
)
def test_the_format_is_known_by_content_and_name(tmp_path: Path, name: str, content: str, form: Format) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert format_of(survey(path), name=name) is form


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(min_size=1, max_size=200), st.sampled_from(["a.txt", "a.md", "a.jsonl", "a.json"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        found = list(read(survey(path), name=name, form=Format.AUTO))
    except Invalid as refused:
        assert refused.fields[0].field == "file"
    else:
        assert all(isinstance(piece, Entry | Flaw) for piece in found)
