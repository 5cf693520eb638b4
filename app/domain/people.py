"""Whom memories are about, who wrote them, where they come from. All belong to one project."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.ids import AgentId, ProjectId, SessionId, SourceId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An end user whom memories are about; created on first use. `external_id` is unique in its project.

    `number`, of the same row as those of memories, is the store's to give with the first `put`; None before.
    """

    id: UserId
    project: ProjectId
    external_id: str
    name: str | None
    metadata: dict[str, Any] = field(default_factory=dict)
    created_at: datetime
    number: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A program that writes memories. `external_id` is unique in its project."""

    id: AgentId
    project: ProjectId
    external_id: str
    name: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A conversation or a run. `external_id` is unique in its project (and its user, if any)."""

    id: SessionId
    project: ProjectId
    user: UserId | None
    external_id: str
    started_at: datetime | None
    created_at: datetime


class SourceKind(StrEnum):
    MESSAGE = "message"
    DOCUMENT = "document"
    PAGE = "page"
    IMPORT = "import"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What memories came from: a document, a page, an import. `uri` is unique in its project and user."""

    id: SourceId
    project: ProjectId
    user: UserId | None
    kind: SourceKind
    uri: str
    title: str | None
    created_at: datetime
