"""What MemorySync's clients send."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, StringConstraints, WithJsonSchema

from app.rest.shapes import Shape, filled, whole

MAX_ITEMS, MAX_EDITS = 50, 100
EDITABLE = ("tags", "importance", "metadata", "source", "event_type")

Tier = Literal["hot", "warm", "cold"]


def _in_utc(at: datetime) -> datetime:
    """A naive time is one of UTC."""
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the years 1 to 9999") from None


def memory_number(given: Any) -> Any:
    """`123`, `"123"` and `"m_123"` alike."""
    if isinstance(given, bool):
        return None
    text = given.strip().removeprefix("m_") if isinstance(given, str) else given
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 20 else text


def within(least: int, most: int) -> AfterValidator:
    """A number that is brought within bounds; what is no number is refused."""
    return AfterValidator(lambda number: max(least, min(most, number)))


Instant = Annotated[datetime, AfterValidator(_in_utc)]
Label = Annotated[str, Field(max_length=64)]
Importance = Annotated[float, Field(ge=0, le=1)]
MemoryNumber = Annotated[int, BeforeValidator(memory_number), WithJsonSchema({"type": ["integer", "string"]})]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Labels(Shape):
    """What may be said of a memory beside its text."""

    tags: tuple[str, ...] | None = None
    importance: Importance | None = None
    metadata: dict[str, Any] | None = None
    source: Label | None = None
    event_type: Label | None = None


class Item(Labels):
    """One memory to add."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)] = Field(
        validation_alias=AliasChoices("text", "content")
    )
    ttl_minutes: Annotated[int, Field(ge=1, le=5_000_000)] | None = None
    session_id: str | None = None
    client_ref: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    end_user_id: str | None = None


class Add(Item):
    deduplicate: bool = True


class BulkAdd(Shape):
    items: Annotated[tuple[Any, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    deduplicate: bool = True
    end_user_id: str | None = None


class QueryFilters(Shape):
    memory_type: str | None = None
    source: str | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: Instant | None = None
    until: Instant | None = None
    include_summaries: bool = True
    tier: Tier | None = None
    session_id: str | None = None
    metadata_filter: dict[str, Any] | None = None


class Owned(Shape):
    """A body that may name the end user where no header does."""

    end_user_id: str | None = None


class Query(Owned):
    query: str = ""
    k: Annotated[int, within(1, 50)] = 5
    filters: QueryFilters = QueryFilters()
    weights: dict[str, Any] | None = None
    session_id: str | None = None
    traversal_depth: Annotated[int, within(1, 3)] = 2
    computation_tier: Literal["low", "medium", "high"] = "high"


class Routed(Query):
    route: str | None = None
    include_reasoning: bool = False
    force_intent: Literal["factual", "analytical", "hybrid"] | None = None


def _said(given: Any) -> Any:
    """Blank names are none: a criterion that says nothing must not pass for one that fits all."""
    return tuple(filter(filled, given)) if isinstance(given, list) else given


Criterion = Annotated[str | None, BeforeValidator(filled)]


class ForgetFilters(Shape):
    source: Criterion = None
    event_type: Criterion = None
    tags: Annotated[tuple[str, ...], BeforeValidator(_said)] = ()
    tier: Annotated[Tier | None, BeforeValidator(filled)] = None
    before: Annotated[Instant | None, BeforeValidator(filled)] = None
    after: Annotated[Instant | None, BeforeValidator(filled)] = None


class Forget(Owned):
    memory_ids: tuple[MemoryNumber, ...] | None = None
    filters: ForgetFilters | None = None
    dry_run: bool = False
    reason: str | None = None


class Compose(Owned):
    prompt_template: Words
    recall_k: Annotated[int, within(1, 50)] = 5
    max_tokens: Annotated[int, within(1, 200_000)] = 2_000


class Edit(Labels):
    end_user_id: str | None = None


class BatchEdit(Labels):
    memory_id: MemoryNumber


class BatchUpdate(Owned):
    items: Annotated[tuple[BatchEdit, ...], Field(min_length=1, max_length=MAX_EDITS)]


class NewRelation(Owned):
    to_memory_id: MemoryNumber
    relationship_type: Words
    confidence: Importance = 1.0
    metadata: dict[str, Any] = Field(default_factory=dict)


class Synthesize(Owned):
    query: Criterion = None
    memory_ids: tuple[MemoryNumber, ...] | None = None
    max_memories: Annotated[int, Field(ge=1, le=50)] | None = None


class NewFeedbackBody(Owned):
    signal: Literal["positive", "negative", "retrieved", "ignored"]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] | None = None


class DecisionQuery(Shape):
    limit: Annotated[int, whole(20, 1, 100)] = 20


class Resolve(Owned):
    decision_id: str | None = None
    winning_memory_id: MemoryNumber | None = None
    resolution: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class NewOntology(Shape):
    content_types: tuple[str, ...] | None = None
    relation_types: tuple[str, ...] | None = None


class HistoryQuery(Shape):
    limit: Annotated[int, whole(100, 1, 1_000)] = 100
    offset: Annotated[int, whole(0, 0, 10_000_000)] = 0


class GraphQuery(Shape):
    limit: Annotated[int, whole(50, 1, 500)] = 50
    memory_id: MemoryNumber | None = None
    depth: Annotated[int, within(1, 3)] = 1


class Summarize(Owned):
    memory_ids: Annotated[tuple[MemoryNumber, ...], Field(min_length=1)]
    lossless: bool = False


class ClusterQuery(Shape):
    limit: Annotated[int, whole(20, 1, 100)] = 20


class IntelligenceQuery(Shape):
    limit: Annotated[int, whole(10, 1, 100)] = 10
    scope: Literal["user", "project", "organization"] = "user"
    project_id: str | None = None
