"""Long conversations in sessions, as LoCoMo files keep them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.transfer.entry import Flaw, Piece
from app.transfer.fields import entry_of, kind_of

_SESSION = re.compile(r"session_(\d+)")


def is_locomo(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("conversation"), dict)


def turns(record: Mapping[str, Any], *, where: str, user: str) -> Iterator[Piece]:
    """One entry a turn: its text with the caption of a shared picture, its session and the session's date.

    The whole conversation is about one user, named by `sample_id`. `speaker_a` has the role "user", the
    other one "assistant"; `metadata` keeps the turn's `dia_id` and the pictures' addresses.
    """
    conversation = record["conversation"]
    user = str(record.get("sample_id") or user)
    names = sorted((name for name in conversation if _SESSION.fullmatch(name)), key=lambda name: int(name[8:]))
    for name in names:
        place = f"{where}, {name}"
        if not isinstance(conversation[name], list):
            yield Flaw(where=place, reason=f"is {kind_of(conversation[name])}, not a list of turns")
            continue
        shared = {"user": user, "session": name, "occurred_at": conversation.get(f"{name}_date_time")}
        for number, turn in enumerate(conversation[name], start=1):
            yield _turn(turn, conversation.get("speaker_a"), shared, where=f"{place}, turn {number}")


def _turn(turn: Any, first_speaker: Any, shared: Mapping[str, Any], *, where: str) -> Piece:
    if not isinstance(turn, dict):
        return Flaw(where=where, reason=f"is {kind_of(turn)}, not an object")
    text, caption = turn.get("text"), turn.get("blip_caption")
    if isinstance(text, str) and isinstance(caption, str) and caption.strip():
        text = f"{text} [shares {caption.strip()}]".strip()
    return entry_of(
        {
            "text": text,
            "speaker": turn.get("speaker"),
            "role": "user" if turn.get("speaker") == first_speaker else "assistant",
            "metadata": {name: turn[key] for name, key in (("dia_id", "dia_id"), ("images", "img_url")) if key in turn},
        },
        where=where,
        defaults={name: value for name, value in shared.items() if value is not None},
    )
