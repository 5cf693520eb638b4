"""What MemSync's clients send. Unknown fields, `app_name_id` among them, are ignored."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.domain.memory import MAX_TEXT
from app.rest.shapes import CommaList, Shape, filled, said
from app.services.biographies import MAX_BIO

Said = Annotated[str, BeforeValidator(said)]
Text = Annotated[str, Field(max_length=MAX_TEXT), BeforeValidator(said)]
Name = Annotated[str | None, BeforeValidator(filled)]


class Message(Shape):
    role: Literal["user", "assistant", "system"]
    content: Text


class StoreBody(Shape):
    messages: Annotated[list[Message], Field(min_length=1)]
    agent_id: Said
    thread_id: Name = None
    source: Said
    metadata: dict[str, Any] = Field(default_factory=dict)
    user_id: Name = None


class SearchBody(Shape):
    query: Said
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    categories: list[str] = Field(default_factory=list)
    rerank: bool = False
    include_bio: bool = True
    agent_id: Name = None
    thread_id: Name = None
    user_id: Name = None


class ListQuery(Shape):
    page: Annotated[int, Field(ge=1)] = 1
    page_size: Annotated[int | None, Field(ge=1, le=100)] = None
    limit: Annotated[int | None, Field(ge=1, le=100)] = None
    user_id: Name = None
    category: Name = None
    type: Literal["semantic", "episodic"] | None = None
    agent_id: Name = None
    thread_id: Name = None


class PatchBody(Shape):
    content: Text | None = None
    metadata: dict[str, Any] | None = None
    category: str | None = None
    memory_type: Literal["semantic", "episodic"] | None = None
    importance: Annotated[float | None, Field(ge=0, le=1, allow_inf_nan=False)] = None


class DeleteQuery(Shape):
    cascade: bool = False
    backup: bool = True


class BatchBody(DeleteQuery):
    memory_ids: Annotated[list[str], Field(min_length=1, max_length=1_000)]


class WhoseQuery(Shape):
    user_id: Name = None


class GivenBio(WhoseQuery):
    user_bio: Annotated[str, Field(max_length=MAX_BIO)]


class ProfileQuery(WhoseQuery):
    include: CommaList = ()
    category: Name = None
    refresh: bool = False


class BioQuery(WhoseQuery):
    format: str = "full"
    style: str = "narrative"
    refresh: bool = False
    exclude_categories: CommaList = ()


class BioPatch(WhoseQuery):
    bio: str | None = None
    format: str | None = None
    style: str | None = None
    regenerate: bool = False
    manual_override: bool = False
    include_categories: list[str] = Field(default_factory=list)
    exclude_categories: list[str] = Field(default_factory=list)
