"""The dialect's routes and the words of its errors."""

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
from app.rest.dialects.memstate import answers as told
from app.rest.dialects.memstate import changes, memories, projects, shapes, trees
from app.rest.routes import Route
from app.rest.speech import Row, Speech, Trouble

_WRITE = Permission.MEMORY_WRITE

ROUTES = (
    Route(
        method="POST",
        path="/api/v1/memories/remember",
        handler=memories.remember,
        says="Stores a text: word for word at a keypath, else taken apart by a job into one memory a statement.",
        body=shapes.Remember,
        answers={202: told.Enqueued},
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/api/v1/memories/store",
        handler=memories.store,
        says="Stores a value at a keypath; over one that is there, as its next version.",
        body=shapes.Store,
        answers={200: told.Stored},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/api/v1/memories/keypath/{keypath}",
        deep="keypath",
        handler=memories.get_at,
        says="What lives at a keypath; dots and slashes both separate.",
        query=shapes.InProject,
        answers={200: told.Full},
    ),
    Route(
        method="POST",
        path="/api/v1/memories/browse",
        handler=memories.browse,
        says="What lives at a keypath and below it, by keypath.",
        body=shapes.Browse,
        answers={200: told.Browsed},
    ),
    Route(
        method="POST",
        path="/api/v1/memories/history",
        handler=memories.history,
        says="All versions, oldest first, of a memory or of what stood at a keypath.",
        body=shapes.History,
        answers={200: told.Versions},
    ),
    Route(
        method="POST",
        path="/api/v1/memories/delete",
        handler=memories.delete,
        says="Forgets what lives at a keypath, and below it where that is asked; its history stays.",
        body=shapes.Delete,
        answers={200: told.Deleted},
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/api/v1/memories/search",
        handler=memories.search,
        says="Memories that answer a question, best first; without one all of them by keypath.",
        body=shapes.Search,
        answers={200: told.Results},
    ),
    Route(
        method="POST",
        path="/api/v1/memories/supersede",
        handler=changes.removed,
        says="Removed.",
        answers={},
        wrong=(410,),
    ),
    Route(
        method="GET",
        path="/api/v1/memories/{id}",
        handler=memories.get,
        says="One version of a memory, tombstones included.",
        answers={200: told.Full},
    ),
    Route(
        method="GET",
        path="/api/v1/keypaths",
        handler=trees.keypaths,
        says="Live keypaths, sorted.",
        query=shapes.KeypathList,
        answers={200: told.Keypaths},
    ),
    Route(
        method="POST",
        path="/api/v1/keypaths",
        handler=trees.subtree,
        says="Keypaths and what lives there, now or right after a revision of the project.",
        body=shapes.Subtree,
        answers={200: told.Branch},
    ),
    Route(
        method="GET",
        path="/api/v1/tree",
        handler=trees.tree,
        says="A project's first names.",
        query=shapes.InProject,
        answers={200: told.Tree},
    ),
    Route(
        method="GET",
        path="/api/v1/jobs/{id}",
        handler=changes.job,
        says="How far a job is.",
        answers={200: told.JobBody},
    ),
    Route(
        method="GET",
        path="/api/v1/projects",
        handler=projects.listed,
        says="Projects that are not deleted, last updated first.",
        answers={200: told.ProjectList},
    ),
    Route(
        method="POST",
        path="/api/v1/projects",
        handler=projects.put,
        says="Makes a project, or changes what is given.",
        body=shapes.PutProject,
        answers={200: told.ProjectBody},
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/api/v1/projects/delete",
        handler=projects.delete,
        says="Deletes a project softly, with all that lives in it.",
        body=shapes.InProject,
        answers={200: told.DeletedProject},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/api/v1/projects/{id}",
        handler=projects.get,
        says="One project, deleted ones included.",
        answers={200: told.ProjectBody},
    ),
    Route(
        method="GET",
        path="/api/v1/projects/{id}/revisions",
        handler=projects.revisions,
        says="The writes to a project's keypaths, newest first.",
        query=shapes.Revisions,
        answers={200: told.RevisionList},
    ),
    Route(
        method="GET",
        path="/api/v1/changelog",
        handler=changes.changelog,
        says="What changed, newest first.",
        query=shapes.Changelog,
        answers={200: told.ChangeList},
    ),
    Route(
        method="GET",
        path="/api/v1/status",
        handler=changes.status,
        says="How much there is, and what the server can do.",
        answers={200: told.Status},
    ),
    Route(
        method="GET",
        path="/api/v1/review",
        handler=changes.removed,
        says="Removed.",
        answers={},
        wrong=(410,),
    ),
    Route(
        method="POST",
        path="/api/v1/review/{id}/resolve",
        handler=changes.resolve,
        says="Nothing is ever up for review.",
        answers={},
    ),
)

ERRORS: dict[type[AppError], Row] = {
    MissingCredential: Row(status=401, code="unauthenticated", message="missing API key"),
    Unauthenticated: Row(status=401, code="unauthenticated", message="invalid API key"),
    Forbidden: Row(status=403, code="forbidden"),
    NotFound: Row(status=404, code="not_found", message="memory not found"),
    Invalid: Row(status=400, code="invalid"),
    Conflict: Row(status=409, code="conflict"),
    Gone: Row(status=410, code="gone"),
    QuotaExceeded: Row(status=429, code="quota_exceeded"),
    RateLimited: Row(status=429, code="rate_limited"),
    Unavailable: Row(status=503, code="unavailable"),
}


def _words(trouble: Trouble) -> told.ErrorBody:
    return {"error": trouble.message}


MEMSTATE = Speech(
    dialect=Dialect.MEMSTATE,
    title="Memstate",
    roots=("/api/v1",),
    routes=ROUTES,
    errors=ERRORS,
    refusals={404: Row(status=404, code="not_found", message="not found")},
    words=_words,
    error_shape=told.ErrorBody,
)
