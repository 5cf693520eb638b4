"""Its routes and its errors."""

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
from app.domain.keys import Dialect
from app.domain.principal import Permission
from app.edge.credentials import bearer_first
from app.rest.dialects.buildd.memories import batch, bulk_delete, context, create, delete, get, listed, search, update
from app.rest.dialects.buildd.shapes import (
    BatchQuery,
    BulkDeleted,
    BulkIds,
    ContextBlock,
    ContextQuery,
    Deleted,
    ErrorBody,
    Health,
    Joined,
    Keys,
    ListQuery,
    MadeKey,
    Many,
    NewKeyBody,
    Note,
    NotePatch,
    One,
    Results,
    SearchQuery,
    Started,
    Team,
)
from app.rest.dialects.buildd.teams import create_key, health, join, keys, preflight, quickstart
from app.rest.routes import Route
from app.rest.speech import Row, Speech, Trouble


def _words(trouble: Trouble) -> ErrorBody:
    if trouble.status == _UNREACHABLE:
        return {"error": trouble.message, "status": "error", "message": trouble.message}
    if trouble.status == _BROKEN:
        return {"error": _BROKEN_WORDS.get(trouble.path.removeprefix("/compat/buildd"), trouble.message)}
    return {"error": trouble.message}


_WRITE = Permission.MEMORY_WRITE
_BROKEN, _UNREACHABLE = 500, 503
_BROKEN_WORDS = {"/api/quickstart": "Failed to generate key", "/api/quickstart/join": "Failed to join team"}

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
        method="POST",
        path="/api/memories/bulk-delete",
        handler=bulk_delete,
        says="Removes up to 50 memories; unknown ones are left out.",
        body=BulkIds,
        answers={200: BulkDeleted},
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
    Unavailable: Row(status=_UNREACHABLE, code="unavailable", message="Database unreachable"),
}

BUILDD = Speech(
    dialect=Dialect.BUILDD,
    title="Buildd Memory",
    roots=("/api",),
    routes=ROUTES,
    errors=ERRORS,
    refusals={404: Row(status=404, code="not_found", message="Not found")},
    words=_words,
    error_shape=ErrorBody,
    credential=bearer_first,
)
