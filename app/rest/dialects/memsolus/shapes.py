"""What Memsolus' clients send. Priorities and lengths of texts are judged by the routes: their errors have names."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from app.domain.query import TimeRange
from app.rest.shapes import CommaList, Shape, filled, said
from app.services.explore import MAX_OFFSET


def _moment(given: Any) -> Any:
    """ISO 8601 only; a time without an offset is in UTC."""
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a time like 2026-01-15T10:30:00.000Z") from None


_SHOWN = timedelta(milliseconds=1)
"""What clients are shown of a time."""

Said = Annotated[str, BeforeValidator(said)]
Name = Annotated[str | None, Field(max_length=255), BeforeValidator(filled)]
Reference = Annotated[str | None, BeforeValidator(filled)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Category = Annotated[str, Field(max_length=100)]
Categories = Annotated[list[Category], Field(max_length=20)]
Clamped = Annotated[int, AfterValidator(lambda size: max(1, min(100, size)))]
"""The one number that is put right where it is out of range; others are refused."""


class NewMemoryBody(Shape):
    memory: Said
    user_id: Name = None
    agent_id: Name = None
    session_id: Name = None
    priority: Any = None
    categories: Categories = Field(default_factory=list)
    metadata: dict[str, Any] | None = None
    layer: Literal["TASK", "RAW"] = "RAW"
    expires_at: Moment | None = None
    pool_id: Name = None


class MemoryBody(Shape):
    memory: Said
    priority: Any = None
    categories: Categories | None = None
    metadata: dict[str, Any] | None = None


class Filters(Shape):
    """Which memories are meant, in lists and exports."""

    user_id: Reference = None
    agent_id: Reference = None
    session_id: Reference = None
    priority: Any = None
    priorities: CommaList = ()
    categories: CommaList = ()
    created_after: Moment | None = None
    created_before: Moment | None = None


class PageQuery(Shape):
    page: Annotated[int, Field(ge=1)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def offset(self) -> int:
        """Where the page begins; no list is as long as the most that it says."""
        return min((self.page - 1) * self.page_size, MAX_OFFSET)


class ListQuery(Filters, PageQuery):
    search: Annotated[str, Field(max_length=1_000)] = ""
    workspace_id: Reference = None
    mode: Literal["hybrid", "semantic", "keyword"] = "hybrid"
    expand: bool = False
    entity_id: Reference = None
    entity_name: Reference = None
    pool_id: Reference = None
    include_pool_memories: bool = False
    page_size: Clamped = 10


class SearchBody(ListQuery):
    query: Annotated[str, Field(max_length=1_000)] = ""


class WhoseQuery(Shape):
    user_id: Reference = None
    agent_id: Reference = None


class FeedbackBody(Shape):
    signal: Literal["POSITIVE", "NEGATIVE", "NEUTRAL"]
    query_hash: Annotated[str | None, Field(max_length=64)] = None
    comment: str | None = None


class KnowledgeQuery(PageQuery):
    user_id: Reference = None
    category: Reference = None
    search: Annotated[str, Field(max_length=1_000)] = ""
    merged: bool = False
    merge: bool = False


class EntitiesQuery(PageQuery):
    user_id: Reference = None
    type: Reference = None


class GraphSearchQuery(Shape):
    query: Annotated[str, Field(min_length=1, max_length=1_000)]
    user_id: Reference = None
    type: Reference = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class TraverseQuery(Shape):
    start: Annotated[Reference, Field(alias="from")] = None
    entity_id: Annotated[Reference, Field(alias="entityId")] = None
    depth: Annotated[int | None, Field(ge=1, le=3)] = None
    hops: Annotated[int, Field(ge=1, le=3)] = 2
    direction: Literal["outgoing", "incoming", "both"] = "both"
    relationship_type: Reference = None
    entity_type: Reference = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class GraphQuestion(Shape):
    query: Reference = None
    question: Reference = None
    user_id: Reference = None
    limit: Annotated[int, Field(ge=1, le=20)] = 10


class ExportQuery(Filters):
    format: Literal["json", "csv", "markdown"] | None = None


class ExportBody(ExportQuery):
    """The same, for those who send it as a body."""


class WebhookBody(Shape):
    """What is left out stays."""

    url: str | None = None
    events: list[str] | None = None
    description: str | None = None
    headers: dict[str, str] | None = None
    active: bool | None = None


class NewWebhookBody(Shape):
    url: str
    events: list[str]
    description: str | None = None
    headers: dict[str, str] | None = None
    active: bool = True


def _upper(given: Any) -> Any:
    return given.upper() if isinstance(given, str) else given


class IngestForm(Shape):
    format: Annotated[Literal["PDF", "CSV", "MARKDOWN", "JSON", "TXT", "DOCX", "HTML", "URL"], BeforeValidator(_upper)]
    workspace_id: Annotated[str, Field(min_length=1)]
    user_id: Annotated[str, Field(min_length=1, max_length=255)]
    agent_id: Name = None
    categories: CommaList = ()
    file: Annotated[Any, Field(json_schema_extra={"type": "string", "format": "binary"})] = None
    source_url: Reference = None


def inclusive(after: datetime | None, before: datetime | None) -> TimeRange | None:
    """Both ends belong to it, to the millisecond that clients are shown; None where it ends before it begins."""
    if after is not None and before is not None and before < after:
        return None
    return TimeRange(after=after, before=before and before + _SHOWN)


def shown_end(before: datetime) -> datetime:
    """The end that was asked for, of a range that `inclusive` made."""
    return before - _SHOWN
