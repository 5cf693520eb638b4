"""What MemSync's clients read."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import TypedDict

from app.domain.memory import Kind, Memory
from app.rest.moments import seconds_z
from app.services.distil import OTHERWISE, sphere_of
from app.services.results import Labelled

SOURCE = "source"
"""The label in a memory's metadata."""
_NO_SOURCE = "api"
_WHAT = {Kind.SEMANTIC: "semantic", Kind.EPISODIC: "episodic"}


class Stored(TypedDict):
    id: str
    memory: str
    categories: Sequence[str]
    type: str
    created_at: str


class StoredMany(TypedDict):
    success: bool
    memories_created: int
    processing_time: str
    categories_detected: list[str]
    memories: list[Stored]


class Placed(Stored):
    source: str
    updated_at: str
    agent_id: str
    thread_id: str


class FoundMemory(Placed):
    vector_distance: float
    rerank_score: float | None


class FoundMany(TypedDict):
    user_bio: str
    memories: list[FoundMemory]


class ListedMemory(Placed):
    memory_id: str
    content: str
    category: str
    memory_type: str
    importance: float
    metadata: dict[str, Any]


class Pagination(TypedDict):
    page: int
    page_size: int
    total_items: int
    total_pages: int
    has_next: bool
    has_previous: bool


class Meta(TypedDict):
    current_page: int
    per_page: int
    total: int
    last_page: int


class ListedMany(TypedDict):
    data: list[ListedMemory]
    pagination: Pagination
    total: int
    page: int
    page_size: int
    meta: Meta


class PatchedMemory(ListedMemory):
    embeddings: Sequence[float]


class Cascade(TypedDict):
    profile_updates: int
    derived_insights: int
    embeddings: int


class Deleted(TypedDict):
    success: bool
    memory_id: str
    deleted_at: str
    cascade_deletions: Cascade
    backup_id: str | None


class DeletedMany(TypedDict):
    success: bool
    deleted_count: int
    deleted: list[str]
    not_found: list[str]
    deleted_at: str
    cascade_deletions: Cascade
    backup_id: str | None


class Health(TypedDict):
    status: str


def categories_of(memory: Memory) -> list[str]:
    """Those of the ten that it has, by whatever name; at least one."""
    return list(dict.fromkeys(filter(None, map(sphere_of, memory.categories)))) or [OTHERWISE]


def type_of(memory: Memory) -> str:
    return _WHAT[memory.kind or Kind.SEMANTIC]


def stored(memory: Memory) -> Stored:
    return {
        "id": memory.id,
        "memory": memory.text,
        "categories": categories_of(memory),
        "type": type_of(memory),
        "created_at": seconds_z(memory.created_at),
    }


def placed(told: Labelled) -> Placed:
    source = told.memory.metadata.get(SOURCE)
    return {
        **stored(told.memory),
        "source": source if isinstance(source, str) else _NO_SOURCE,
        "updated_at": seconds_z(told.memory.updated_at),
        "agent_id": told.agent or "",
        "thread_id": told.session or "",
    }


def listed(told: Labelled) -> ListedMemory:
    memory = told.memory
    return {
        **placed(told),
        "memory_id": memory.id,
        "content": memory.text,
        "category": categories_of(memory)[0],
        "memory_type": type_of(memory),
        "importance": memory.importance,
        "metadata": {name: value for name, value in memory.metadata.items() if name != SOURCE},
    }


def many(items: list[ListedMemory], *, total: int, page: int, page_size: int) -> ListedMany:
    """With the paging of both dialects that share this path."""
    pages = -(-total // page_size)
    return {
        "data": items,
        "pagination": {
            "page": page,
            "page_size": page_size,
            "total_items": total,
            "total_pages": pages,
            "has_next": page < pages,
            "has_previous": page > 1,
        },
        "total": total,
        "page": page,
        "page_size": page_size,
        "meta": {"current_page": page, "per_page": page_size, "total": total, "last_page": max(pages, 1)},
    }
