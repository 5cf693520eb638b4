"""What Memstate's clients send."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from app.rest.shapes import Shape, filled, whole

Limit = Annotated[int, whole(100, 1, 1_000)]


def _told(given: Any) -> Any:
    """Without blank ones."""
    return tuple(each for each in given if filled(each) is not None) if isinstance(given, list) else given


Topics = Annotated[tuple[str, ...], BeforeValidator(_told)]


class Remember(Shape):
    project_id: str | None = None
    content: str | None = None
    source: str | None = None
    context: str | None = None
    keypath: str | None = None


class Store(Shape):
    content: str | None = None
    keypath: str | None = None
    project_id: str | None = None
    category: str | None = None
    topics: Topics = ()
    source: str | None = None


class InProject(Shape):
    project_id: str | None = None


class Browse(Shape):
    keypath_prefix: str | None = None
    project_id: str | None = None
    limit: Limit = 100


class History(Shape):
    memory_id: str | None = None
    keypath: str | None = None
    project_id: str | None = None


class Delete(Shape):
    keypath: str | None = None
    project_id: str | None = None
    recursive: bool = False


class Search(Shape):
    query: str | None = None
    limit: Annotated[int, whole(5, 1, 100)] = 5
    project_id: str | None = None
    keypath_prefix: str | None = None
    categories: tuple[str, ...] = ()
    include_superseded: bool = False


class KeypathList(Shape):
    project_id: str | None = None
    prefix: str | None = None


class Subtree(Shape):
    project_id: str | None = None
    keypath: str | None = None
    recursive: bool = False
    at_revision: int | None = None
    include_content: bool = False


class PutProject(Shape):
    project_id: str | None = None
    name: str | None = None
    description: str | None = None
    git_remote: str | None = None
    root_path: str | None = None


class Revisions(Shape):
    limit: Annotated[int, whole(20, 1, 100)] = 20


class Changelog(Shape):
    project_id: str | None = None
    limit: Annotated[int, whole(50, 1, 1_000)] = 50
    since: str | None = None
