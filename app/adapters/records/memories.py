"""Memories, and what hangs on them, as flat rows and back."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from app.adapters.records.graph import sort_and_label
from app.adapters.records.values import (
    Row,
    Value,
    dumped,
    mapping,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    strings,
)
from app.domain.graph import Mention, Span
from app.domain.memory import (
    Attached,
    Feedback,
    Kind,
    Label,
    LabelCount,
    Layer,
    Memory,
    MemoryLink,
    MemoryVersion,
    Status,
    Usage,
)
from app.domain.query import Tally
from app.domain.text import normalised


def memory_of(row: Iterable[Any]) -> Memory:
    """From a row that begins with the fragment `memory`; by place, since lists of memories are the hot path."""
    (
        identity, project, text, user, agent, session, source, position, role, speaker, title, summary, kind, sort,
        categories, tags, files, keypath, importance, layer, expires_at, status, skip_reason, metadata,
        occurred_at, valid_from, valid_to, created_at, updated_at, version, deleted_at, *_,
    ) = row  # fmt: skip
    return Memory(
        id=identity,
        project=project,
        text=text,
        user=user,
        agent=agent,
        session=session,
        source=source,
        position=position,
        role=role,
        speaker=speaker,
        title=title,
        summary=summary,
        kind=None if kind is None else Kind(kind),
        type=sort,
        categories=strings(categories),
        tags=strings(tags),
        files=strings(files),
        keypath=keypath,
        importance=importance,
        layer=Layer(layer),
        expires_at=moment_or_none(expires_at),
        status=Status(status),
        skip_reason=skip_reason,
        metadata=mapping(metadata),
        occurred_at=moment_or_none(occurred_at),
        valid_from=moment_or_none(valid_from),
        valid_to=moment_or_none(valid_to),
        created_at=moment(created_at),
        updated_at=moment(updated_at),
        version=version,
        deleted_at=moment_or_none(deleted_at),
    )


def memory_values(memory: Memory) -> dict[str, Value]:
    """In the order of the fragment `memory`; the values alone are a version's snapshot."""
    return {
        "id": memory.id,
        "project": memory.project,
        "text": memory.text,
        "user": memory.user,
        "agent": memory.agent,
        "session": memory.session,
        "source": memory.source,
        "position": memory.position,
        "role": memory.role,
        "speaker": memory.speaker,
        "title": memory.title,
        "summary": memory.summary,
        "kind": memory.kind,
        "type": memory.type,
        "categories": dumped(memory.categories),
        "tags": dumped(memory.tags),
        "files": dumped(memory.files),
        "keypath": memory.keypath,
        "importance": memory.importance,
        "layer": memory.layer,
        "expires_at": micros_or_none(memory.expires_at),
        "status": memory.status,
        "skip_reason": memory.skip_reason,
        "metadata": dumped(memory.metadata),
        "occurred_at": micros_or_none(memory.occurred_at),
        "valid_from": micros_or_none(memory.valid_from),
        "valid_to": micros_or_none(memory.valid_to),
        "created_at": micros(memory.created_at),
        "updated_at": micros(memory.updated_at),
        "version": memory.version,
        "deleted_at": micros_or_none(memory.deleted_at),
    }


def version_of(row: Row) -> MemoryVersion:
    return MemoryVersion(
        memory=memory_of(json.loads(row["snapshot"])),
        version=row["version"],
        revision=row["revision"],
        recorded_at=moment(row["recorded_at"]),
        actor=row["actor"],
    )


def digest_of(text: str) -> bytes:
    """Equal for texts that `normalised` makes equal."""
    return hashlib.blake2b(normalised(text).encode(), digest_size=16).digest()


def scope_words(*, tenant: str, project: str, user: str | None) -> str:
    """What the scope column of the full text says of a memory."""
    return f"{tenant_word(tenant)} {project_word(tenant, project)} {user_word(tenant, user)}"


def tenant_word(tenant: str) -> str:
    return _scope_word("t", tenant)


def project_word(tenant: str, project: str) -> str:
    return _scope_word("p", f"{tenant}/{project}")


def user_word(tenant: str, user: str | None) -> str:
    """For a user of the tenant, or for nobody."""
    return _scope_word("n", tenant) if user is None else _scope_word("u", f"{tenant}/{user}")


def memory_word(tenant: str, memory: str) -> str:
    """For one memory of the tenant."""
    return _scope_word("m", f"{tenant}/{memory}")


def _scope_word(kind: str, id: str) -> str:
    """It ends in digits, so that no stemmer touches it."""
    return kind + str(int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()))


def usage_of(row: Row) -> Usage:
    return Usage(
        access_count=row["access_count"],
        last_accessed_at=moment_or_none(row["last_accessed_at"]),
        feedback=row["feedback"],
    )


def attached_of(row: Row) -> Attached:
    return Attached(
        number=row["number"],
        user=row["user"],
        user_number=row["user_number"],
        agent=row["agent"],
        session=row["session"],
        usage=usage_of(row),
    )


def label_count(label: Label, row: Row) -> LabelCount:
    return LabelCount(label, row["value"], row["number"])


def feedback_of(row: Row) -> Feedback:
    return Feedback(
        number=row["number"], value=row["value"], reason=row["reason"], actor=row["actor"], at=moment(row["at"])
    )


def tally_of(row: Row) -> Tally:
    return Tally(
        value=row["value"],
        user=row["user"],
        memories=row["memories"],
        rounds=row["rounds"],
        first=moment(row["first_at"]),
        last=moment(row["last_at"]),
    )


def link_of(row: Row) -> MemoryLink:
    link_type, label = sort_and_label(row["type"])
    return MemoryLink(
        source=row["source"],
        target=row["target"],
        type=link_type,
        label=label,
        confidence=row["weight"],
        created_at=moment(row["recorded_at"]),
        reason=row["reason"],
    )


def mention_of(row: Row) -> Mention:
    return Mention(
        memory=row["source"],
        entity=row["target"],
        salience=row["weight"],
        spans=tuple(Span(start, end) for start, end in json.loads(row["spans"])),
    )
