"""What Memsolus' clients read."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from app.domain.memory import Feedback, Memory
from app.rest.dialects.memsolus.envelope import Paged
from app.rest.dialects.memsolus.terms import priority_of, signal_of
from app.rest.handles import uuid_of
from app.rest.moments import millis_z
from app.services.results import Labelled


class MemoryObject(TypedDict):
    id: str
    memory: str
    user_id: str | None
    agent_id: str | None
    session_id: str | None
    priority: str
    status: str
    categories: Sequence[str]
    metadata: Mapping[str, Any] | None
    workspace_id: str
    access_count: int
    last_accessed_at: str | None
    layer: str
    expires_at: str | None
    pool_id: str | None
    created_at: str
    updated_at: str


class OneMemory(MemoryObject):
    data: MemoryObject


class ListedMemory(MemoryObject):
    source: str
    relevance: str | None


class MemoryList(Paged):
    data: Sequence[ListedMemory]


class Workspace(TypedDict):
    id: str
    name: str


class FeedbackObject(TypedDict):
    signal: str
    query_hash: str | None
    created_at: str


class MemoryDetail(MemoryObject):
    workspace: Workspace
    feedback: FeedbackObject | None


class OneMemoryDetail(MemoryDetail):
    data: MemoryDetail


class MessageObject(TypedDict):
    message: str


class Message(MessageObject):
    data: MessageObject


class HistoryEvent(TypedDict):
    id: str
    memory_id: str
    event: str
    old_content: str | None
    new_content: str | None
    created_at: str


class HistoryList(Paged):
    data: Sequence[HistoryEvent]


class Pool(TypedDict):
    id: str
    name: str
    access: str
    member_count: int
    memory_count: int
    created_at: str


class PoolList(Paged):
    data: Sequence[Pool]


class Party(TypedDict):
    type: str
    id: str
    count: int


class Parties(TypedDict):
    data: Sequence[Party]


class CategoriesObject(TypedDict):
    categories: Sequence[str]


class Categories(CategoriesObject):
    data: CategoriesObject


class ProfileObject(TypedDict):
    userId: str
    workspaceId: str
    summary: str
    topics: Sequence[str]
    entityCount: int
    extractedAt: str


class ProfileHolder(TypedDict):
    profile: ProfileObject | None


class Profile(ProfileHolder):
    data: ProfileHolder


class ErrorBody(TypedDict):
    """What has run out, and how much of it there was, is told where something has."""

    error: str
    message: str
    resource: NotRequired[str]
    limit: NotRequired[int]
    used: NotRequired[int]


def memory_object(told: Labelled) -> MemoryObject:
    memory, usage = told.memory, told.usage
    seen, ends = usage.last_accessed_at, memory.expires_at
    return {
        "id": uuid_of(memory.id),
        "memory": memory.text,
        "user_id": told.user,
        "agent_id": told.agent,
        "session_id": told.session,
        "priority": priority_of(memory.importance),
        "status": memory.status.value,
        "categories": memory.categories,
        "metadata": memory.metadata or None,
        "workspace_id": uuid_of(memory.project),
        "access_count": usage.access_count,
        "last_accessed_at": millis_z(seen) if seen else None,
        "layer": memory.layer.value,
        "expires_at": millis_z(ends) if ends else None,
        "pool_id": pool_of(memory),
        "created_at": millis_z(memory.created_at),
        "updated_at": millis_z(memory.updated_at),
    }


def pool_of(memory: Memory) -> str | None:
    """Pools are a label of this dialect alone."""
    pool = memory.metadata.get("pool_id")
    return pool if isinstance(pool, str) else None


def feedback_object(feedback: Feedback) -> FeedbackObject:
    marked = feedback.reason.partition(" ")[0] if feedback.reason else ""
    return {
        "signal": signal_of(feedback.value),
        "query_hash": marked.removeprefix(QUERY) if marked.startswith(QUERY) else None,
        "created_at": millis_z(feedback.at),
    }


QUERY = "query:"
"""What the hash of a query follows in the reason of a feedback."""
