"""What Buildd Memory reads and writes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NotRequired

from pydantic import BeforeValidator, Field, model_validator
from typing_extensions import TypedDict

from app.domain.memory import Memory
from app.rest.moments import millis_z
from app.rest.shapes import CommaList, Shape, whole

TYPES = ("gotcha", "architecture", "pattern", "decision", "discovery", "summary")


def _text(given: Any) -> Any:
    return given.strip() if isinstance(given, str) else None


def _exactly(given: Any) -> Any:
    return given if isinstance(given, str) else None


def _texts(given: Any) -> Any:
    return tuple(each for each in given if isinstance(each, str) and each.strip()) if isinstance(given, list) else ()


Text = Annotated[str | None, BeforeValidator(_text)]
"""Trimmed; whatever is not a string counts as missing."""
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
"""Whatever is not a list counts as empty."""


class Note(Shape):
    type: Annotated[str | None, BeforeValidator(_exactly)] = None
    title: Text = None
    content: Text = None
    project: Text = None
    tags: Texts = ()
    files: Texts = ()
    source: Text = None


class NotePatch(Shape):
    """A null project or source takes the label away; what is no list of tags or files leaves them."""

    @model_validator(mode="before")
    @classmethod
    def _unlabelled(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        lists = {name for name in ("tags", "files") if not isinstance(given.get(name), list)}
        emptied = {name: "" for name in ("project", "source") if name in given and given[name] is None}
        return {name: value for name, value in given.items() if name not in lists} | emptied

    title: Text = None
    content: Text = None
    project: Text = None
    tags: Texts = ()
    files: Texts = ()
    source: Text = None


class ContextQuery(Shape):
    project: Text = None


class SearchQuery(Shape):
    query: str = ""
    type: str | None = None
    project: str | None = None
    files: CommaList = ()
    limit: Annotated[int, whole(20, 0, 50)] = 20
    offset: Annotated[int, whole(0, 0, 10_000_000)] = 0


class ListQuery(Shape):
    type: str | None = None
    project: str | None = None
    search: str = ""
    limit: Annotated[int, whole(50, 0, 100)] = 50
    offset: Annotated[int, whole(0, 0, 10_000_000)] = 0


class BatchQuery(Shape):
    ids: CommaList | None = None


class BulkIds(Shape):
    ids: Texts = ()


class NewKeyBody(Shape):
    name: Text = None
    read_only: bool = Field(default=False, alias="readOnly")


class Team(Shape):
    team: Text = None


class Full(TypedDict):
    id: str
    teamId: str
    type: str
    title: str
    content: str
    project: str | None
    tags: Sequence[str]
    files: Sequence[str]
    source: str | None
    createdAt: str
    updatedAt: str


class Compact(TypedDict):
    id: str
    title: str
    type: str
    project: str | None
    tags: Sequence[str]
    files: Sequence[str]
    createdAt: str


class One(TypedDict):
    memory: Full


class Many(TypedDict):
    memories: list[Full]
    total: NotRequired[int]


class Results(TypedDict):
    results: list[Compact]
    total: int
    limit: int
    offset: int


class ContextBlock(TypedDict):
    markdown: str
    count: int


class Deleted(TypedDict):
    deleted: bool
    success: bool


class BulkDeleted(TypedDict):
    deleted: int
    ids: list[str]


class Health(TypedDict):
    status: str


class ShownKey(TypedDict):
    id: str
    name: str
    keyPrefix: str
    readOnly: bool
    createdAt: str


class Keys(TypedDict):
    keys: list[ShownKey]


class MadeKey(TypedDict):
    key: str
    prefix: str
    teamId: str
    message: str


class Started(TypedDict):
    key: str
    teamId: str
    mcpConfig: dict[str, Any]


class Joined(TypedDict):
    key: str
    mcpConfig: dict[str, Any]


class ErrorBody(TypedDict):
    """`status` and `message` where the database is out of reach."""

    error: str
    status: NotRequired[str]
    message: NotRequired[str]


def full(memory: Memory, team: str) -> Full:
    return {
        "id": memory.id,
        "teamId": team,
        "type": type_of(memory),
        "title": title_of(memory),
        "content": memory.text,
        "project": memory.metadata.get("project"),
        "tags": memory.tags,
        "files": memory.files,
        "source": memory.metadata.get("source"),
        "createdAt": millis_z(memory.created_at),
        "updatedAt": millis_z(memory.updated_at),
    }


def compact(memory: Memory) -> Compact:
    return {
        "id": memory.id,
        "title": title_of(memory),
        "type": type_of(memory),
        "project": memory.metadata.get("project"),
        "tags": memory.tags,
        "files": memory.files,
        "createdAt": millis_z(memory.created_at),
    }


def type_of(memory: Memory) -> str:
    """What was written through another door has a type of its own."""
    return memory.type if memory.type in TYPES else "discovery"


def title_of(memory: Memory) -> str:
    """What was written through another door has mostly none: its first line then."""
    return memory.title or memory.text.splitlines()[0][:100]
