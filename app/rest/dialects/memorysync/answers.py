"""What MemorySync's clients are told."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict


class MemoryBody(TypedDict):
    id: int
    user_id: int
    text: str
    summary: str | None
    created_at: str
    updated_at: str
    metadata: Mapping[str, Any]
    tags: Sequence[str]
    source: str | None
    event_type: str | None
    tier: str
    importance: float
    is_summary: bool
    expires_at: str | None
    key_points: Sequence[str]
    quality_score: float | None
    memory_type: str
    score: NotRequired[float]


class Skipped(TypedDict):
    status: str
    reason: str
    memory_ids: list[int]
    candidates_extracted: int
    candidates_stored: int


class BulkResult(TypedDict):
    index: int
    status: str
    memory_ids: list[int]
    reason: str | None


class BulkAdded(TypedDict):
    total: int
    created: int
    skipped: int
    rejected: int
    results: list[BulkResult]


class QueryAnswer(TypedDict):
    memories: list[MemoryBody]
    context: str | None
    latency_ms: float
    session_id: str | None
    query_intent: str
    sla_met: bool
    degraded: bool


class Source(TypedDict):
    memory_id: int
    score: float


class RoutedAnswer(TypedDict):
    query_id: str
    query: str
    intent: str
    route: str
    forced: bool
    refused: bool
    refusal_reason: str | None
    answer: str | None
    confidence: float
    memories: list[MemoryBody]
    sources: list[Source]
    reasoning: list[str] | None
    latency_ms: float


class Composed(TypedDict):
    composed_prompt: str
    memories_used: int
    token_count: int
    truncated: bool


class ClusterBody(TypedDict):
    id: str
    label: str
    size: int
    memory_ids: list[int]
    keywords: Sequence[str]
    cohesion: float
    updated_at: str


class ClusterList(TypedDict):
    clusters: list[ClusterBody]
    total: int
    unclustered: int


class Theme(TypedDict):
    label: str
    weight: float
    memory_ids: list[int]


class EntityView(TypedDict):
    name: str
    type: str
    mentions: int
    memory_ids: list[int]


class Pattern(TypedDict):
    description: str
    support: int
    memory_ids: list[int]


class Horizon(TypedDict):
    memory_count: int
    themes: list[str]
    window_days: NotRequired[int]


class Intelligence(TypedDict):
    scope: str
    generated_at: str
    total_memories: int
    themes: list[Theme]
    entities: list[EntityView]
    patterns: list[Pattern]
    horizons: Mapping[str, Horizon]


class Node(TypedDict):
    id: str
    type: str
    label: str
    memory_id: NotRequired[int]
    memory_type: NotRequired[str]
    importance: NotRequired[float]
    entity_type: NotRequired[str]
    mentions: NotRequired[int]


class Edge(TypedDict):
    id: int | str
    source: str
    target: str
    type: str
    confidence: float


class Graph(TypedDict):
    nodes: list[Node]
    edges: list[Edge]
    total_nodes: int
    total_edges: int
    depth: int
    truncated: bool


class Updated(TypedDict):
    index: int
    memory_id: int
    status: str
    changed_fields: list[str]


class BatchUpdated(TypedDict):
    total: int
    updated: int
    not_found: int
    results: list[Updated]


class Revision(TypedDict):
    revision: int
    event: str
    changed_fields: list[str]
    diff: Mapping[str, Any]
    actor: str | None
    created_at: str


class MemoryHistory(TypedDict):
    memory_id: int
    total: int
    revisions: list[Revision]
    tracked_fields: Sequence[str]


class RelationBody(TypedDict):
    id: int
    from_memory_id: int
    to_memory_id: int
    relationship_type: str
    confidence: float
    metadata: Mapping[str, Any]
    created_at: str


class Export(TypedDict):
    user_id: int
    memories: list[MemoryBody]
    generated_at: str


class OntologyBody(TypedDict):
    content_types: Sequence[str]
    relation_types: Sequence[str]
    builtin_content_types: Sequence[str]
    builtin_relation_types: Sequence[str]
    custom_content_types: Sequence[str]
    custom_relation_types: Sequence[str]
    max_custom_types: int


class DecisionBody(TypedDict):
    decision_id: str
    kind: str
    status: str
    topic: str | None
    why: str
    memory_ids: list[int]
    memories: list[MemoryBody]
    confidence: float
    winning_memory_id: int | None
    resolution: str | None
    note: str | None
    detected_at: str
    resolved_at: str | None


class DecisionList(TypedDict):
    decisions: list[DecisionBody]
    total: int
    open: int


class Trend(TypedDict):
    momentum: str
    consistency: float
    trend_multiplier: float
    recent_count: int


class FeedbackSummary(TypedDict):
    total_signals: int
    signal_counts: Mapping[str, int]
    trend: Trend


class FeedbackAnswer(TypedDict):
    memory_id: int
    signal: str
    importance_before: float
    importance_after: float
    adjustment: float
    influenced_ranking: bool
    summary: FeedbackSummary


class Refreshed(TypedDict):
    status: str
    job_id: str
    memories: int


class Citation(TypedDict):
    memory_id: int
    text: str
    score: float


class Synthesis(TypedDict):
    query: str | None
    answer: str
    citations: list[Citation]
    memories_used: int
    confidence: float


class Stats(TypedDict):
    total_memories: int
    by_type: Mapping[str, int]
    by_tier: Mapping[str, int]
    by_source: Mapping[str, int]
    entities: int
    relations: int
    last_updated: str | None


class ProjectBody(TypedDict):
    id: str
    name: str
    tenant_id: str
    is_default: bool
    memory_count: int
    archived_at: str | None
    created_at: str
    updated_at: str


class ErrorDetail(TypedDict):
    code: str
    message: str
    details: NotRequired[Mapping[str, Any]]
    retry_after: NotRequired[int]


class ErrorBody(TypedDict):
    detail: str
    error: ErrorDetail
    retry_after: NotRequired[int]
    request_id: str
