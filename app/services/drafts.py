"""What callers write, checked: every wrong field is named at once, nothing is stored."""

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.domain import errors
from app.domain.errors import FieldError, Invalid
from app.domain.keypath import keypath_of
from app.domain.memory import (
    MAX_LABEL,
    MAX_LABELS,
    MAX_METADATA_BYTES,
    MAX_METADATA_DEPTH,
    MAX_SUMMARY,
    MAX_TEXT,
    MAX_TITLE,
    Memory,
)
from app.domain.text import clean
from app.services.inputs import UNSET, MemoryPatch, NewConversation, NewMemory

MAX_BATCH = 1_000
MAX_REFERENCE = 256
MAX_FILE_PATH = 1_000
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)

T = TypeVar("T")


class Checker:
    """Collects what is wrong with one input. `prefix` stands before each field's name."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self.wrong: list[FieldError] = []

    def run(self, check: Callable[[], T], fallback: T) -> T:
        """The check's answer; when it raises Invalid, notes why and gives the fallback."""
        try:
            return check()
        except Invalid as problem:
            self.wrong += [FieldError(self._prefix + e.field, e.message, e.code) for e in problem.fields]
            return fallback

    def done(self) -> None:
        if self.wrong:
            raise Invalid(*self.wrong)


def checked_memory(draft: NewMemory, *, now: datetime, prefix: str = "") -> NewMemory:
    """The draft with its texts cleaned and its labels in order. Raises Invalid naming every wrong field."""
    check = Checker(prefix)
    run = check.run
    cleaned = replace(
        draft,
        text=run(lambda: clean("text", draft.text, limit=MAX_TEXT), ""),
        title=run(lambda: _optional("title", draft.title, MAX_TITLE), None),
        summary=run(lambda: _optional("summary", draft.summary, MAX_SUMMARY), None),
        user=run(lambda: _optional("user", draft.user, MAX_REFERENCE), None),
        agent=run(lambda: _optional("agent", draft.agent, MAX_REFERENCE), None),
        session=run(lambda: _optional("session", draft.session, MAX_REFERENCE), None),
        role=run(lambda: _optional("role", draft.role, 64), None),
        speaker=run(lambda: _optional("speaker", draft.speaker, 200), None),
        type=run(lambda: type_name(draft.type), None),
        categories=run(lambda: labels("categories", draft.categories), ()),
        tags=run(lambda: labels("tags", draft.tags), ()),
        files=run(lambda: labels("files", draft.files, limit=MAX_FILE_PATH), ()),
        keypath=run(lambda: keypath(draft.keypath), None),
        importance=run(lambda: importance(draft.importance), None),
        metadata=run(lambda: metadata(draft.metadata), {}),
        expires_at=run(lambda: _future(draft.expires_at, now), None),
    )
    run(lambda: _position(draft.position), None)
    run(lambda: _in_order(draft.occurred_at, draft.valid_from, draft.valid_to), None)
    run(lambda: _source(draft), None)
    check.done()
    return cleaned


def checked_batch(drafts: Iterable[NewMemory], *, now: datetime) -> list[NewMemory]:
    """Raises Invalid naming the wrong fields of all drafts as `memories.<index>.<field>`, at most 100 of them."""
    given = list(drafts)
    batch_size("memories", len(given))
    check = Checker()
    cleaned = [
        check.run(lambda i=i, d=d: checked_memory(d, now=now, prefix=f"memories.{i}."), d)  # type: ignore[misc]
        for i, d in enumerate(given)
    ]
    check.wrong = check.wrong[:100]
    check.done()
    return cleaned


def drafts_of(conversation: NewConversation, *, first_position: int, now: datetime) -> list[NewMemory]:
    """One draft a message, at positions that continue the session. Raises Invalid as `messages.<index>.<field>`."""
    batch_size("messages", len(conversation.messages))
    check = Checker()
    drafts = []
    for index, message in enumerate(conversation.messages):
        draft = NewMemory(
            text=message.text,
            mode=conversation.mode,
            project=conversation.project,
            user=conversation.user,
            agent=conversation.agent,
            session=conversation.session,
            source=conversation.source,
            position=first_position + index,
            role=message.role,
            speaker=message.name,
            tags=conversation.tags,
            metadata=message.metadata,
            occurred_at=message.time or conversation.time or now,
        )
        drafts.append(
            check.run(lambda i=index, d=draft: checked_memory(d, now=now, prefix=f"messages.{i}."), draft)  # type: ignore[misc]
        )
    check.wrong = check.wrong[:100]
    check.done()
    return drafts


def batch_size(field: str, size: int) -> None:
    if size == 0:
        raise errors.invalid(field, "must not be empty", "blank")
    if size > MAX_BATCH:
        raise errors.invalid(field, f"has {size:,} items; the limit is {MAX_BATCH:,}", "too_long")


def patched(memory: Memory, patch: MemoryPatch, *, now: datetime) -> Memory:
    """The memory's next version. Raises Invalid naming every wrong field."""
    check = Checker()
    run = check.run
    values: dict[str, Any] = {
        name: value for name in MemoryPatch.__dataclass_fields__ if (value := getattr(patch, name)) is not UNSET
    }
    cleaners: dict[str, Callable[[Any], Any]] = {
        "text": lambda value: clean("text", value, limit=MAX_TEXT),
        "title": lambda value: _optional("title", value, MAX_TITLE),
        "summary": lambda value: _optional("summary", value, MAX_SUMMARY),
        "type": type_name,
        "categories": lambda value: labels("categories", value),
        "tags": lambda value: labels("tags", value),
        "files": lambda value: labels("files", value, limit=MAX_FILE_PATH),
        "importance": importance,
        "metadata": metadata,
        "expires_at": lambda value: _future(value, now),
    }
    for name in values.keys() & cleaners.keys():
        values[name] = run(lambda n=name: cleaners[n](values[n]), None)  # type: ignore[misc]
    changed = replace(memory, **values) if not check.wrong else memory
    run(lambda: _in_order(changed.occurred_at, changed.valid_from, changed.valid_to), None)
    check.done()
    return replace(changed, version=memory.version + 1, updated_at=now)


def type_name(name: str | None) -> str | None:
    if name is None:
        return None
    lowered = name.strip().lower()
    if not _TYPE.fullmatch(lowered):
        raise errors.invalid("type", "must be 1 to 64 of a-z, 0-9, _ and -, starting with a letter")
    return lowered


def labels(field: str, values: tuple[str, ...], *, limit: int = MAX_LABEL) -> tuple[str, ...]:
    """Cleaned, without repetitions, in the order given."""
    if len(values) > MAX_LABELS:
        raise errors.invalid(field, f"has {len(values)} entries; the limit is {MAX_LABELS}", "too_long")
    return tuple(dict.fromkeys(clean(field, value, limit=limit) for value in values))


def keypath(path: str | None) -> str | None:
    return None if path is None else keypath_of(path)


def importance(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and 0 <= value <= 1):
        raise errors.invalid("importance", "must be between 0 and 1", "out_of_range")
    return value


def metadata(value: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid past 16 KiB as JSON or 8 levels, and for what JSON cannot hold."""
    if _depth(value) > MAX_METADATA_DEPTH:
        raise errors.invalid("metadata", f"is nested deeper than {MAX_METADATA_DEPTH} levels", "too_deep")
    try:
        encoded = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise errors.invalid("metadata", "must not contain lone surrogates", "malformed_text") from None
    except (ValueError, TypeError):
        raise errors.invalid(
            "metadata", "must be a JSON object of finite numbers, strings, lists and objects"
        ) from None
    if b"\\u0000" in encoded:
        raise errors.invalid("metadata", "must not contain NUL characters", "malformed_text")
    if len(encoded) > MAX_METADATA_BYTES:
        raise errors.invalid("metadata", f"has {len(encoded):,} bytes; the limit is {MAX_METADATA_BYTES:,}", "too_long")
    return value


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= MAX_METADATA_DEPTH:
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list | tuple):
                inner += item
        nested = any(isinstance(item, dict | list | tuple) for item in level)
        depth += nested
        level = inner
    return depth


def _optional(field: str, text: str | None, limit: int) -> str | None:
    return None if text is None else clean(field, text, limit=limit)


def _future(value: datetime | None, now: datetime) -> datetime | None:
    if value is not None and value <= now:
        raise errors.invalid("expires_at", "must be in the future", "out_of_range")
    return value


def _position(value: int | None) -> None:
    if value is not None and not 0 <= value < 2**31:
        raise errors.invalid("position", "must be between 0 and 2147483647", "out_of_range")


def _in_order(occurred_at: datetime | None, valid_from: datetime | None, valid_to: datetime | None) -> None:
    for field, value in (("occurred_at", occurred_at), ("valid_from", valid_from), ("valid_to", valid_to)):
        if value is not None and not _EARLIEST <= value <= _LATEST:
            raise errors.invalid(field, "must be a year between 1 and 9999", "out_of_range")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise errors.invalid("valid_to", "must not be before the validity begins", "out_of_order")


def _source(draft: NewMemory) -> None:
    if draft.source is not None:
        clean("source.uri", draft.source.uri, limit=2_000)
        _optional("source.title", draft.source.title, MAX_TITLE)
