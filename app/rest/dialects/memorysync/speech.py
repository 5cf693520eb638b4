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
from app.rest.dialects.memorysync.routes import ROUTES
from app.rest.speech import Row, Speech, Trouble

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
    message = _message(trouble)
    error: told.ErrorDetail = {"code": trouble.code, "message": message}
    if trouble.fields:
        error["details"] = {field.field or "body": field.message for field in trouble.fields}
    if trouble.retry_after is None:
        return {"detail": message, "error": error, "request_id": trouble.request_id}
    retry_after = max(1, math.ceil(trouble.retry_after))
    error["retry_after"] = retry_after
    return {"detail": message, "error": error, "retry_after": retry_after, "request_id": trouble.request_id}


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
