"""Buildd Memory: a team's notes about its code, by type, project and file."""

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from app.domain.account import ApiKey
from app.domain.errors import (
    AppError,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    MissingCredential,
    NotFound,
    QuotaExceeded,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from app.domain.ids import MemoryId, OrganizationId
from app.domain.keys import Dialect
from app.domain.memory import Memory
from app.domain.principal import Permission, Scope
from app.rest.call import Call, Reply
from app.rest.handles import id_of, team_of
from app.rest.moments import millis_z
from app.rest.routes import Route
from app.rest.shapes import CommaList, Nothing, Shape, whole
from app.rest.speech import Row, Speech, Trouble, Wrong
from app.services.inputs import Erasure, ForgetRequest, MemoryPatch, Mode, NewKey, NewMemory, Repeats, Slice, Where
from app.services.references import EVERY_PROJECT

TYPES = ("gotcha", "architecture", "pattern", "decision", "discovery", "summary")
_TYPES_TOLD = "discovery, decision, gotcha, pattern, architecture, summary"
_CONTEXT_MEMORIES, _CONTEXT_SIZE, _CONTEXT_LINE = 200, 16_000, 200


# --- what is read ---------------------------------------------------------------------------


def _text(given: Any) -> Any:
    return given.strip() if isinstance(given, str) else None


def _texts(given: Any) -> Any:
    return tuple(each for each in given if isinstance(each, str)) if isinstance(given, list) else ()


Text = Annotated[str | None, BeforeValidator(_text)]
"""Trimmed; whatever is not a string counts as missing."""
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
"""Whatever is not a list counts as empty."""


class Note(Shape):
    type: Text = None
    title: Text = None
    content: Text = None
    project: Text = None
    tags: Texts = ()
    files: Texts = ()
    source: Text = None


class NotePatch(Shape):
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


class NewKeyBody(Shape):
    name: Text = None
    read_only: bool = Field(default=False, alias="readOnly")


class Team(Shape):
    team: Text = None


# --- what is written ------------------------------------------------------------------------


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
    error: str


def full(memory: Memory, team: str) -> Full:
    return {
        "id": memory.id,
        "teamId": team,
        "type": _type(memory),
        "title": _title(memory),
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
        "title": _title(memory),
        "type": _type(memory),
        "project": memory.metadata.get("project"),
        "tags": memory.tags,
        "files": memory.files,
        "createdAt": millis_z(memory.created_at),
    }


def _type(memory: Memory) -> str:
    """What was written through another door has a type of its own."""
    return memory.type if memory.type in TYPES else "discovery"


def _title(memory: Memory) -> str:
    """What was written through another door has mostly none: its first line then."""
    return memory.title or memory.text.splitlines()[0][:100]


# --- what is done ---------------------------------------------------------------------------


async def create(call: Call[Note, Nothing]) -> Reply:
    note = call.body
    if note.type not in TYPES:
        raise Wrong(400, "invalid", f"type must be one of: {_TYPES_TOLD}")
    if not note.title:
        raise Wrong(400, "invalid", "title is required")
    if not note.content:
        raise Wrong(400, "invalid", "content is required")
    stored = await call.services.remember.add(
        call.principal,
        memory=NewMemory(
            text=note.content,
            title=note.title,
            type=note.type,
            tags=note.tags,
            files=note.files,
            metadata=_labels({}, project=note.project, source=note.source),
            mode=Mode.VERBATIM,
            repeats=Repeats.KEEP,
        ),
    )
    return Reply(201, {"memory": full(stored.memories[0], team_of(call.principal.tenant))})


async def get(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, {"memory": full(await _found(call), team_of(call.principal.tenant))})


async def update(call: Call[NotePatch, Nothing]) -> Reply:
    memory, patch = await _found(call), call.body
    given = patch.model_fields_set
    labels = {name: getattr(patch, name) for name in ("project", "source") if name in given}
    changes: dict[str, Any] = {"metadata": _labels(memory.metadata, **labels)} if labels else {}
    changes |= {"title": patch.title} if patch.title else {}
    changes |= {"text": patch.content} if patch.content else {}
    changes |= {name: getattr(patch, name) for name in ("tags", "files") if name in given}
    changed = await call.services.remember.update(call.principal, memory=memory.id, patch=MemoryPatch(**changes))
    return Reply(200, {"memory": full(changed, team_of(call.principal.tenant))})


async def delete(call: Call[Nothing, Nothing]) -> Reply:
    memory = await _found(call)
    await call.services.forget.forget(call.principal, request=ForgetRequest(ids=(memory.id,)), erasure=Erasure.FORGET)
    return Reply(200, {"deleted": True, "success": True})


async def search(call: Call[Nothing, SearchQuery]) -> Reply:
    asked = call.query
    where = _where(asked.project, type_=asked.type, contains=asked.query, files=asked.files)
    found = await call.services.explore.counted(call.principal, where=where, offset=asked.offset, limit=asked.limit)
    results = [compact(memory) for memory in found.items]
    return Reply(200, {"results": results, "total": found.total, "limit": asked.limit, "offset": asked.offset})


async def listed(call: Call[Nothing, ListQuery]) -> Reply:
    asked = call.query
    type_ = asked.type if asked.type in TYPES else None
    where = _where(asked.project, type_=type_, contains=asked.search)
    found = await call.services.explore.counted(call.principal, where=where, offset=asked.offset, limit=asked.limit)
    team = team_of(call.principal.tenant)
    return Reply(200, {"memories": [full(memory, team) for memory in found.items], "total": found.total})


async def batch(call: Call[Nothing, BatchQuery]) -> Reply:
    ids = call.query.ids
    if ids is None:
        raise Wrong(400, "invalid", "ids parameter required")
    if not 1 <= len(ids) <= 20:
        raise Wrong(400, "invalid", "Provide 1-20 ids")
    found = await call.services.explore.by_ids(call.principal, ids=[MemoryId(id_) for id_ in ids])
    team = team_of(call.principal.tenant)
    return Reply(200, {"memories": [full(memory, team) for memory in found if memory]})


async def context(call: Call[Nothing, ContextQuery]) -> Reply:
    where = _where(call.query.project)
    found = await call.services.explore.counted(call.principal, where=where, limit=_CONTEXT_MEMORIES)
    return Reply(200, {"markdown": _markdown(found.items), "count": found.total})


async def keys(call: Call[Nothing, Nothing]) -> Reply:
    listed: list[ShownKey] = []
    after: str | None = None
    while True:
        page = await call.services.accounts.keys(call.principal, page=Slice(first=100, after=after))
        listed += [_shown(item.node) for item in page.items if item.node.revoked_at is None]
        if not page.has_next:
            return Reply(200, {"keys": listed})
        after = page.items[-1].cursor


async def create_key(call: Call[NewKeyBody, Nothing]) -> Reply:
    if not call.body.name:
        raise Wrong(400, "invalid", "name is required")
    scopes = ("read",) if call.body.read_only else tuple(Scope)
    key = NewKey(name=call.body.name, scopes=scopes, dialect=Dialect.BUILDD)
    issued = await call.services.accounts.create_key(call.principal, key=key)
    return Reply(
        201,
        {
            "key": issued.secret,
            "prefix": issued.key.beginning,
            "teamId": team_of(call.principal.tenant),
            "message": "Save this key, it cannot be shown again.",
        },
    )


async def quickstart(call: Call[Nothing, Nothing]) -> Reply:
    tenant, issued = await call.services.teams.start(address=call.address, dialect=Dialect.BUILDD)
    return Reply(201, {"key": issued.secret, "teamId": team_of(tenant), "mcpConfig": _mcp(issued.secret)})


async def join(call: Call[Team, Nothing]) -> Reply:
    if not call.body.team:
        raise Wrong(400, "invalid", "team is required")
    team = OrganizationId(id_of("organization", call.body.team.removeprefix("team_")))
    try:
        issued = await call.services.teams.join(team=team, address=call.address, dialect=Dialect.BUILDD)
    except NotFound:
        raise Wrong(404, "not_found", "Team not found") from None
    return Reply(201, {"key": issued.secret, "mcpConfig": _mcp(issued.secret)})


async def preflight(call: Call[Nothing, Nothing]) -> Reply:
    """Browsers ask before they open a team; whose pages may, the server's list of origins says."""
    if not call.services.teams.opened:
        raise NotFound
    allowed = {"methods": b"POST, OPTIONS", "headers": b"Content-Type"}
    told = [(f"access-control-allow-{name}".encode(), value) for name, value in allowed.items()]
    return Reply(204, None, [*told, (b"access-control-max-age", b"86400")])


async def health(_call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, {"status": "ok"})


async def _found(call: Call[Any, Any]) -> Memory:
    found = (await call.services.explore.by_ids(call.principal, ids=[MemoryId(call.path["id"])]))[0]
    if found is None:
        raise NotFound
    return found


def _where(project: str | None, *, type_: str | None = None, contains: str = "", files: Sequence[str] = ()) -> Where:
    return Where(
        project=EVERY_PROJECT,
        types=(type_,) if type_ else (),
        contains=contains or None,
        files=tuple(files),
        metadata={"project": project} if project else None,
    )


def _labels(metadata: dict[str, Any], **labels: str | None) -> dict[str, Any]:
    """An empty label is none."""
    merged = {**metadata, **labels}
    return {name: value for name, value in merged.items() if name not in labels or value}


def _shown(key: ApiKey) -> ShownKey:
    return {
        "id": key.id,
        "name": key.name,
        "keyPrefix": key.beginning,
        "readOnly": Scope.WRITE not in key.scopes,
        "createdAt": millis_z(key.created_at),
    }


def _mcp(key: str) -> dict[str, Any]:
    return {
        "mcpServers": {
            "memory": {"command": "npx", "args": ["-y", "@buildd/memory"], "env": {"BUILDD_MEMORY_API_KEY": key}}
        }
    }


def _markdown(memories: Sequence[Memory]) -> str:
    text = "# Team Memories\n\n"
    for type_ in TYPES:
        lines = [_line(memory) for memory in memories if _type(memory) == type_]
        if lines:
            text += f"## {type_.capitalize()}s\n" + "\n".join(lines) + "\n\n"
    return text if len(text) <= _CONTEXT_SIZE else text[:_CONTEXT_SIZE] + "\n\n...(truncated)"


def _line(memory: Memory) -> str:
    project = f" [{label}]" if (label := memory.metadata.get("project")) else ""
    content = memory.text if len(memory.text) <= _CONTEXT_LINE else memory.text[:_CONTEXT_LINE] + "..."
    files = f" (files: {', '.join(memory.files[:3])})" if memory.files else ""
    return f"- **{_title(memory)}**{project}: {content}{files}"


# --- the dialect ----------------------------------------------------------------------------


def _words(trouble: Trouble) -> ErrorBody:
    return {"error": trouble.message}


_WRITE = Permission.MEMORY_WRITE

ROUTES = (
    Route(
        method="GET",
        path="/api/memories/context",
        handler=context,
        says="The team's memories as Markdown for a prompt.",
        query=ContextQuery,
        answers={200: ContextBlock},
    ),
    Route(
        method="GET",
        path="/api/memories/search",
        handler=search,
        says="Memories with a text in title or content, of a type, a project, with all of some files; newest first.",
        query=SearchQuery,
        answers={200: Results},
    ),
    Route(
        method="GET",
        path="/api/memories/batch",
        handler=batch,
        says="Up to 20 memories by id, in the order asked; unknown ones are left out.",
        query=BatchQuery,
        answers={200: Many},
    ),
    Route(
        method="POST",
        path="/api/memories",
        handler=create,
        says="Stores a memory as it is.",
        body=Note,
        answers={201: One},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/api/memories",
        handler=listed,
        says="Memories, newest first.",
        query=ListQuery,
        answers={200: Many},
    ),
    Route(method="GET", path="/api/memories/{id}", handler=get, says="One memory.", answers={200: One}),
    Route(
        method="PATCH",
        path="/api/memories/{id}",
        handler=update,
        says="Changes the fields that are given; the type stays.",
        body=NotePatch,
        answers={200: One},
        needs=_WRITE,
    ),
    Route(
        method="DELETE",
        path="/api/memories/{id}",
        handler=delete,
        says="Removes a memory from every list.",
        answers={200: Deleted},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/api/keys",
        handler=keys,
        says="The team's keys.",
        answers={200: Keys},
        needs=Permission.KEY_READ,
    ),
    Route(
        method="POST",
        path="/api/keys",
        handler=create_key,
        says="A new key of the team.",
        body=NewKeyBody,
        answers={201: MadeKey},
        needs=Permission.KEY_WRITE,
    ),
    Route(
        method="POST",
        path="/api/quickstart",
        handler=quickstart,
        says="A new team with its first key, where the server lets anybody open one; three an hour and address.",
        answers={201: Started},
        open=True,
    ),
    Route(
        method="OPTIONS",
        path="/api/quickstart",
        handler=preflight,
        says="What browsers ask before.",
        answers={204: None},
        open=True,
    ),
    Route(
        method="POST",
        path="/api/quickstart/join",
        handler=join,
        says="One more key for whoever knows the team.",
        body=Team,
        answers={201: Joined},
        open=True,
    ),
    Route(
        method="OPTIONS",
        path="/api/quickstart/join",
        handler=preflight,
        says="What browsers ask before.",
        answers={204: None},
        open=True,
    ),
    Route(
        method="GET",
        path="/api/health",
        handler=health,
        says="Whether the server lives.",
        answers={200: Health},
        open=True,
    ),
)

ERRORS: dict[type[AppError], Row] = {
    MissingCredential: Row(status=401, code="unauthenticated", message="Missing API key"),
    Unauthenticated: Row(status=401, code="unauthenticated", message="Invalid API key"),
    Forbidden: Row(status=403, code="forbidden", message="Read-only key"),
    NotFound: Row(status=404, code="not_found", message="Not found"),
    Invalid: Row(status=400, code="invalid"),
    Conflict: Row(status=409, code="conflict"),
    Gone: Row(status=404, code="not_found", message="Not found"),
    QuotaExceeded: Row(status=429, code="quota_exceeded"),
    RateLimited: Row(status=429, code="rate_limited", message="Rate limit exceeded. Try again later."),
    Unavailable: Row(status=503, code="unavailable"),
}

BUILDD = Speech(
    dialect=Dialect.BUILDD,
    title="Buildd Memory",
    roots=("/api/memories", "/api/keys", "/api/quickstart", "/api/health", "/api/mcp"),
    routes=ROUTES,
    errors=ERRORS,
    refusals={404: Row(status=404, code="not_found", message="Not found")},
    words=_words,
    error_shape=ErrorBody,
)
