"""What Memstate's clients are told."""

from typing import Any, NotRequired

from typing_extensions import TypedDict


class Compact(TypedDict):
    id: str
    summary: str
    keypath: str
    category: str
    project_id: str
    topics: list[str]
    version: int
    is_latest: bool
    is_deleted: bool
    needs_review: bool
    created_at: str
    supersedes_id: NotRequired[str]


class Full(Compact):
    owner_id: str
    content: str
    keypath_parts: list[str]
    atoms: list[Any]
    source: str
    project_revision_created: int
    input_character_count: int
    output_character_count: int
    updated_at: str
    ingestion_id: NotRequired[str]
    parent_keypath: NotRequired[str]
    conflict_type: NotRequired[str]
    conflict_reason: NotRequired[str]


class Version(TypedDict):
    id: str
    summary: str
    keypath: str
    category: str
    project_id: str
    topics: list[str]
    version: int
    is_latest: bool
    is_deleted: bool
    needs_review: bool
    created_at: str
    superseded_by: str | None
    supersedes_id: str | None


class Enqueued(TypedDict):
    job_id: str
    status: str
    message: str
    project_id: str


class Stored(TypedDict):
    memory_id: str
    action: str
    version: int
    message: str
    superseded_id: NotRequired[str]


class Browsed(TypedDict):
    memories: list[Compact]
    total_found: int
    keypath_prefix: str


class Versions(TypedDict):
    versions: list[Version]
    total_versions: int


class Deleted(TypedDict):
    deleted_keypaths: list[str]
    deleted_count: int
    message: str


class Found(TypedDict):
    id: str
    content: str
    summary: str
    keypath: str
    category: str
    project_id: str
    topics: list[str]
    version: int
    is_latest: bool
    is_deleted: bool
    needs_review: bool
    created_at: str
    updated_at: str


class Result(TypedDict):
    memory: Found
    score: float
    id: str
    content: str
    summary: str
    keypath: str
    category: str
    project_id: str
    version: int
    created_at: str


class Results(TypedDict):
    results: list[Result]
    total_found: int
    query: str


class Keypaths(TypedDict):
    keypaths: list[str]
    total: int
    project_id: str


class Branch(TypedDict):
    memories: dict[str, str]
    total_count: int
    revision_number: int
    full_memories: NotRequired[dict[str, Full]]
    full_memory_count: NotRequired[int]
    full_memory: NotRequired[Full]


class Tree(TypedDict):
    project_id: str
    total_memories: int
    domains: list[str]


class JobBody(TypedDict):
    job_id: str
    status: str
    project_id: str
    owner_id: str
    created_at: str
    queue_position: int
    estimated_time_ms: int
    completed_at: NotRequired[str | None]
    ingestion_id: NotRequired[str]
    memories_created: NotRequired[int]
    keypaths: NotRequired[list[str]]
    conflicts_detected: NotRequired[int]
    revision_number: NotRequired[int | None]
    error: NotRequired[str | None]


class ProjectBody(TypedDict):
    id: str
    owner_id: str
    name: str
    description: str
    git_remote: str
    topics: list[str]
    memory_count: int
    keypaths: list[str]
    is_deleted: bool
    created_at: str
    updated_at: str


class ListedProject(TypedDict):
    id: str
    name: str
    description: str
    memory_count: int
    is_deleted: bool
    created_at: str
    git_remote: NotRequired[str]


class ProjectList(TypedDict):
    projects: list[ListedProject]
    total_projects: int


class DeletedProject(TypedDict):
    project_id: str
    deleted_keypaths: list[str]
    deleted_count: int
    message: str


class Revision(TypedDict):
    revision_number: int
    created_at: str
    source: str
    ingestion_id: str | None
    keypaths: list[str]


class RevisionList(TypedDict):
    limit: int
    message: str
    project_id: str
    revisions: list[Revision]
    total_revisions: int


class ChangeEvent(TypedDict):
    event_type: str
    entity_id: str
    keypath: str
    project_id: str
    summary: str
    version: int
    occurred_at: str


class ChangeList(TypedDict):
    events: list[ChangeEvent]
    total_events: int


class Features(TypedDict):
    conflict_detection: bool
    llm_processing: bool


class Status(TypedDict):
    status: str
    memory_count: int
    project_count: int
    storage_backend: str
    features: Features


class ErrorBody(TypedDict):
    error: str
