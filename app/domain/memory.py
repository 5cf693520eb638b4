"""A memory: a piece of text with what is known about it, on two clocks.

`occurred_at`, `valid_from`, `valid_to` say when it was true; `created_at`, `updated_at`, `version`
say when we knew it. All times are aware and in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.ids import AgentId, MemoryId, ProjectId, SessionId, SourceId, UserId

MAX_TEXT = 50_000
MAX_VALUE = 100_000
MAX_TITLE = 500
MAX_SUMMARY = 5_000
MAX_METADATA_BYTES = 16 * 1024
MAX_METADATA_DEPTH = 8
MAX_LABELS = 50
MAX_LABEL = 100
MAX_REASON = 1_000


class Kind(StrEnum):
    """SEMANTIC holds until revoked; EPISODIC happened, or will happen, at some time."""

    SEMANTIC = "SEMANTIC"
    EPISODIC = "EPISODIC"


class Layer(StrEnum):
    """RAW is kept; TASK is working memory that may expire."""

    RAW = "RAW"
    TASK = "TASK"


class Status(StrEnum):
    """How far extraction has come. The text is findable in every one of them."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


MEMORY_TYPES = (
    "fact",
    "preference",
    "event",
    "decision",
    "gotcha",
    "architecture",
    "pattern",
    "discovery",
    "insight",
    "reference",
    "summary",
    "note",
)
"""The types that classification gives; callers may use their own as well."""


class LinkType(StrEnum):
    """What one memory is to another, read from source to target."""

    SIMILAR = "similar"
    DERIVED_FROM = "derived_from"
    CONTINUATION = "continuation"
    CONTRADICTION = "contradiction"
    SUMMARY_OF = "summary_of"
    DETAIL_OF = "detail_of"
    CAUSED_BY = "caused_by"
    REFERENCES = "references"
    SUPPORTS = "supports"
    EXTENDS = "extends"
    SUPERSEDES = "supersedes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One memory as it stands now.

    `speaker` is the name of who said it and `position` its place in its session or source, from 0.
    `skip_reason` tells why extraction found nothing to keep (a greeting, say); the text stays.
    `deleted_at` is set while it is forgotten and restorable.
    """

    id: MemoryId
    project: ProjectId
    text: str
    user: UserId | None = None
    agent: AgentId | None = None
    session: SessionId | None = None
    source: SourceId | None = None
    position: int | None = None
    role: str | None = None
    speaker: str | None = None
    title: str | None = None
    summary: str | None = None
    kind: Kind | None = None
    type: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    keypath: str | None = None
    importance: float = 0.5
    layer: Layer = Layer.RAW
    expires_at: datetime | None = None
    status: Status = Status.COMPLETED
    skip_reason: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    deleted_at: datetime | None = None


class Glimpse(NamedTuple):
    """What ranking has to know of a memory, and no more: many are read for each hit that is shown.

    `heading` is its title and summary. `actor` is who said it: the speaker, else the user or agent by name.
    `valid_to` is when it ceased to be true. `sources` are the memories that it is derived from. `feedback` is the sum
    of what was given. `cosine` is its nearness to what was asked about; None where it has no vector by that model.
    """

    id: MemoryId
    version: int
    text: str
    heading: str | None
    session: SessionId | None
    position: int | None
    actor: str | None
    occurred_at: datetime | None
    valid_to: datetime | None
    sources: tuple[MemoryId, ...]
    feedback: float
    cosine: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What reading and feedback left on a memory; not versioned. `feedback` is the sum of all that was given."""

    access_count: int = 0
    last_accessed_at: datetime | None = None
    feedback: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What belongs to a memory and is kept elsewhere: what the caller calls its people, its number and its user's, and
    what reading left on it. People out of the principal's sight are None.
    """

    number: int
    user: str | None
    user_number: int | None
    agent: str | None
    session: str | None
    usage: Usage


class Label(StrEnum):
    """What memories are told apart by."""

    CATEGORY = "category"
    KIND = "kind"
    TAG = "tag"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many memories have a label."""

    label: Label
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody said of a memory: from -1 (wrong, of no use) over 0 to 1 (right, of use). Numbered from 1."""

    number: int
    value: float
    reason: str | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryVersion:
    """A memory as it stood after one write. `revision` is the tenant's change number of that write."""

    memory: Memory
    version: int
    revision: int
    recorded_at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLink:
    """An edge between two memories. `(source, target, type, label)` is unique; confidence is 0..1, `reason` is in words.

    `label` is a relation type of the project's own; its links are of type REFERENCES.
    """

    source: MemoryId
    target: MemoryId
    type: LinkType
    confidence: float
    created_at: datetime
    reason: str | None = None
    label: str | None = None
