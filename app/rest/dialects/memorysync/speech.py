"""MemorySync as a whole: its routes and its errors."""

import math
import re

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
from app.rest.call import Headers
from app.rest.dialects.memorysync import answers as told
from app.rest.dialects.memorysync import files, graph, kept, memories, organization, plane, search, views
from app.rest.dialects.memorysync import shapes as asked
from app.rest.routes import Route
from app.rest.speech import Row, Speech, Trouble

_WRITE = Permission.MEMORY_WRITE
_SCOPES = {
    Permission.MEMORY_READ: "memory:read",
    Permission.MEMORY_WRITE: "memory:add",
    Permission.MEMORY_ERASE: "memory:delete",
    Permission.PROJECT_WRITE: "projects:write",
    Permission.KEY_READ: "keys:read",
    Permission.KEY_WRITE: "keys:write",
    Permission.MEMBER_READ: "members:read",
    Permission.JOB_CONTROL: "jobs:write",
}
_LACKS = re.compile(r"this credential lacks the permission (\S+)")

ROUTES = (
    Route(
        method="POST",
        path="/memory/add",
        handler=memories.add,
        says="Stores a text; talk that holds nothing is skipped.",
        body=asked.Add,
        answers={201: told.MemoryBody, 200: told.Skipped},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/memory/query",
        handler=search.query,
        says="Memories that answer a question, best first.",
        body=asked.Query,
        answers={200: told.QueryAnswer},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/memory/retrieve",
        handler=search.query,
        says="The same under another name.",
        body=asked.Query,
        answers={200: told.QueryAnswer},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/memory/summarize",
        handler=views.summarize,
        says="Stores what some memories say in a few of their sentences.",
        body=asked.Summarize,
        answers={200: told.MemoryBody | told.Skipped},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memory/clusters",
        handler=views.clusters,
        says="Memories that are about the same.",
        query=asked.ClusterQuery,
        answers={200: told.ClusterList},
    ),
    Route(
        method="GET",
        path="/memory/intelligence",
        handler=views.intelligence,
        says="What stands out among the memories of an end user, a project or all.",
        query=asked.IntelligenceQuery,
        answers={200: told.Intelligence},
        wrong=(422,),
    ),
    Route(
        method="DELETE",
        path="/memory/forget",
        handler=memories.forget,
        says="Forgets the end user's memories by id or by filter; their ids.",
        body=asked.Forget,
        answers={200: list[int]},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/memory/compose",
        handler=search.compose,
        says="A prompt with the best memories in it, within a number of tokens.",
        body=asked.Compose,
        answers={200: told.Composed},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/memory/search/routed",
        handler=search.routed,
        says="A search with the kind of answer that the question wants.",
        body=asked.Routed,
        answers={200: told.RoutedAnswer},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/memory/graph",
        handler=graph.graph,
        says="Memories and entities with what joins them, around one memory or the newest.",
        query=asked.GraphQuery,
        answers={200: told.Graph},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/memory/bulk-add",
        handler=memories.bulk_add,
        says="Stores up to 50 texts; what became of each.",
        body=asked.BulkAdd,
        answers={207: told.BulkAdded},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/memory/batch-update",
        handler=memories.batch_update,
        says="Changes the labels of up to 100 memories at once; what became of each.",
        body=asked.BatchUpdate,
        answers={207: told.BatchUpdated},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memory/export",
        handler=memories.export,
        says="All memories of the end user, oldest first.",
        answers={200: told.Export},
    ),
    Route(
        method="GET",
        path="/memory/knowledge/stats",
        handler=search.stats,
        says="How many memories there are, by type, age and source.",
        answers={200: told.Stats},
    ),
    Route(
        method="POST",
        path="/memory/synthesize",
        handler=search.synthesize,
        says="An answer in the words of the memories, with its sources.",
        body=asked.Synthesize,
        answers={200: told.Synthesis},
        wrong=(422,),
    ),
    Route(
        method="DELETE",
        path="/memory/user/purge",
        handler=organization.purge,
        says="Closed to keys.",
        answers={},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memory/{id}",
        handler=memories.get,
        says="One memory.",
        answers={200: told.MemoryBody},
    ),
    Route(
        method="PATCH",
        path="/memory/{id}",
        handler=memories.update,
        says="Changes labels; the text stays.",
        body=asked.Edit,
        answers={200: told.MemoryBody},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memory/{id}/history",
        handler=memories.history,
        says="What was changed and when, oldest first.",
        query=asked.HistoryQuery,
        answers={200: told.MemoryHistory},
    ),
    Route(
        method="POST",
        path="/memory/{id}/relations",
        handler=memories.relate,
        says="Joins two memories.",
        body=asked.NewRelation,
        answers={201: told.RelationBody},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/memory/upload",
        handler=files.upload,
        says="Stores the paragraphs of a document.",
        body=files.Upload,
        form=True,
        answers={201: told.MemoryBody, 200: told.Skipped},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/imports",
        handler=files.create_import,
        says="Stores the records of a file; the job tells what became of them.",
        body=files.NewImport,
        form=True,
        answers={202: files.ImportJob},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/imports",
        handler=files.list_imports,
        says="Imports of the end user, newest first.",
        query=files.ImportsQuery,
        answers={200: files.ImportList},
    ),
    Route(
        method="GET",
        path="/imports/{id}",
        handler=files.get_import,
        says="One import.",
        answers={200: files.ImportJob},
    ),
    Route(
        method="POST",
        path="/imports/{id}/cancel",
        handler=files.get_import,
        says="The import as it is: it was over when it was answered.",
        answers={200: files.ImportJob},
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/memory/refresh",
        handler=organization.refresh,
        says="Says how many memories there are to embed anew; they are in step already.",
        answers={202: told.Refreshed},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memory/ontology",
        handler=organization.ontology,
        says="The kinds of memories and of relations.",
        answers={200: told.OntologyBody},
    ),
    Route(
        method="GET",
        path="/org/projects",
        handler=organization.projects,
        says="The projects that the key opens.",
        answers={200: list[told.ProjectBody]},
    ),
    Route(
        method="POST",
        path="/v1/memory/add_turn",
        handler=plane.add_turn,
        says="Stores the facts of a user's turn; the turn itself is not kept.",
        body=plane.NewTurnBody,
        answers={201: plane.TurnAnswer},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/memory/recall",
        handler=plane.recall,
        says="What a prompt should know, as text and as memories.",
        body=plane.Recall,
        answers={200: plane.RecallAnswer},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/memory/query",
        handler=plane.query,
        says="The memories nearest to a prompt.",
        body=plane.Recall,
        answers={200: plane.NearAnswer},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/memory/{tenant}/{user}/list",
        deep="user",
        handler=plane.listed,
        says="An owner's memories, newest first.",
        query=plane.ListQuery,
        answers={200: plane.ListAnswer},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/memory/status/{id}",
        handler=plane.status,
        says="How far the reading of a memory has come.",
        answers={200: plane.StatusAnswer},
    ),
    Route(
        method="POST",
        path="/v1/history/append",
        handler=kept.append,
        says="Keeps turns of a session word for word.",
        body=kept.Append,
        answers={200: kept.Appended},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/history/list",
        handler=kept.list_turns,
        says="A session's turns, oldest first.",
        body=kept.ListTurns,
        answers={200: kept.TurnList},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/history/delete",
        handler=kept.delete_turns,
        says="Removes turns, with their facts if wanted.",
        body=kept.DeleteTurns,
        answers={200: kept.Deleted},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/state/put",
        handler=kept.put,
        says="Keeps a value under a key of a namespace.",
        body=kept.Put,
        answers={200: kept.PutAnswer},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/state/get",
        handler=kept.get,
        says="The value of a key.",
        body=kept.Keyed,
        answers={200: kept.GetAnswer},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/state/list",
        handler=kept.list_state,
        says="Values under a namespace, newest change first.",
        body=kept.ListState,
        answers={200: kept.StateList},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/state/search",
        handler=kept.search_state,
        says="Values that share words with a query.",
        body=kept.SearchState,
        answers={200: kept.StateList},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/state/delete",
        handler=kept.delete_state,
        says="Removes keys of a namespace.",
        body=kept.DeleteState,
        answers={200: kept.Deleted},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/state/namespaces",
        handler=kept.namespaces,
        says="The namespaces that hold values.",
        body=kept.Namespaces,
        answers={200: kept.NamespaceList},
        wrong=(422,),
    ),
)

ERRORS: dict[type[AppError], Row] = {
    MissingCredential: Row(status=401, code="UNAUTHORIZED", message="API key is missing"),
    Unauthenticated: Row(status=401, code="UNAUTHORIZED", message="Invalid API key"),
    Forbidden: Row(status=403, code="FORBIDDEN"),
    NotFound: Row(status=404, code="NOT_FOUND", message="Memory not found"),
    Invalid: Row(status=422, code="VALIDATION_ERROR"),
    Conflict: Row(status=409, code="CONFLICT"),
    Gone: Row(status=404, code="NOT_FOUND", message="Memory not found"),
    QuotaExceeded: Row(status=429, code="limit_exceeded"),
    RateLimited: Row(status=429, code="RATE_LIMIT_EXCEEDED"),
    Unavailable: Row(status=503, code="SERVICE_UNAVAILABLE"),
}


def words(trouble: Trouble) -> told.ErrorBody:
    message, retry_after = _message(trouble), None
    error: told.ErrorDetail = {"code": trouble.code, "message": message}
    if trouble.fields:
        error["details"] = {field.field or "body": field.message for field in trouble.fields}
    body: told.ErrorBody = {"detail": message, "error": error, "request_id": trouble.request_id}
    if trouble.retry_after is not None:
        retry_after = max(1, math.ceil(trouble.retry_after))
        error["retry_after"] = retry_after
        body["retry_after"] = retry_after
    return body


def _message(trouble: Trouble) -> str:
    if trouble.retry_after is not None:
        seconds = max(1, math.ceil(trouble.retry_after))
        return f"Rate limit exceeded (per-minute). Try again in {seconds} seconds."
    lacking = _LACKS.fullmatch(trouble.message)
    if lacking:
        return f"Insufficient scope. Missing: {_SCOPES[Permission(lacking[1])]}"
    return trouble.message


def marks(request_id: str) -> Headers:
    return ((b"x-trace-id", request_id.encode()),)


MEMORYSYNC = Speech(
    dialect=Dialect.MEMORYSYNC,
    title="MemorySync",
    roots=(
        "/memory",
        "/v1/memory",
        "/v1/history",
        "/v1/state",
        "/imports",
        "/exports",
        "/auth",
        "/org",
        "/organizations",
        "/admin",
        "/api/v1/integrations",
        "/api/v2/integrations",
        "/evaluation",
        "/oauth",
        "/sso",
        "/scim",
    ),
    routes=ROUTES,
    errors=ERRORS,
    refusals={
        400: Row(status=400, code="BAD_REQUEST"),
        404: Row(status=404, code="NOT_FOUND", message="Not found"),
        405: Row(status=405, code="METHOD_NOT_ALLOWED", message="Method not allowed"),
        413: Row(status=413, code="PAYLOAD_TOO_LARGE"),
        500: Row(status=500, code="INTERNAL_ERROR", message="Internal error"),
    },
    words=words,
    error_shape=told.ErrorBody,
    marks=marks,
)
