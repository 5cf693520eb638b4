"""MemSync as a whole: its routes, its two families of errors, and what is left of a key's requests."""

import math
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NotRequired

from typing_extensions import TypedDict

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
from app.rest.call import Headers
from app.rest.dialects.memsync.routes import ROUTES
from app.rest.moments import seconds_z
from app.rest.speech import Count, Row, Speech, Trouble

_HUNDRED = "Must be between 1 and 100"
_REASONS = {"messages": "At least one message is required", "limit": _HUNDRED, "page_size": _HUNDRED}
_NO_FIELD = "request"
_NESTED_ROUTES = {("POST", "memories"), ("POST", "memories/search"), ("GET", "memories")}
_NESTED_CODES = {
    "UNAUTHORIZED": "AUTHENTICATION_ERROR",
    "MEMORY_NOT_FOUND": "RESOURCE_NOT_FOUND",
    "NOT_FOUND": "RESOURCE_NOT_FOUND",
}
_MINUTE = 60
STANDARD, SEARCHES = 100, 50
"""Requests a minute of the hosted service: what is said where nothing is counted."""


class ErrorBody(TypedDict):
    """`error` is an object on store, search and list, a text elsewhere; errors have further fields of their own."""

    error: Any
    detail: str
    status_code: int
    code: NotRequired[str]
    status: NotRequired[str]
    timestamp: NotRequired[str]
    retry_after: NotRequired[int]


def _segments(path: str) -> str:
    """The path without mount and version."""
    parts = [part for part in path.split("/") if part]
    parts = parts[2:] if parts[:2] == ["compat", "memsync"] else parts
    return "/".join(parts[1:] if parts[:1] == ["v1"] else parts)


def _words(trouble: Trouble) -> Mapping[str, Any]:
    told = {"detail": trouble.message, "status_code": trouble.status}
    if trouble.retry_after is not None:
        told["retry_after"] = max(1, math.ceil(trouble.retry_after))
    if (trouble.method, _segments(trouble.path)) in _NESTED_ROUTES:
        code = _NESTED_CODES.get(trouble.code, trouble.code)
        error = {"code": code, "message": trouble.message, "details": _details(trouble)}
        return {"error": error, "status": "error", "timestamp": seconds_z(trouble.at), **told}
    return {"error": trouble.message, **_flat(trouble), **told}


def _flat(trouble: Trouble) -> dict[str, Any]:
    if trouble.status >= 500 and trouble.method == "DELETE":
        return {"code": "DELETION_FAILED", "retry_after": 1}
    return {"code": trouble.code, **trouble.extras}


def _details(trouble: Trouble) -> dict[str, Any]:
    if trouble.extras:
        return dict(trouble.extras)
    if trouble.fields:
        first = trouble.fields[0]
        return {"field": first.field or _NO_FIELD, "reason": _REASONS.get(first.field, first.message)}
    if trouble.status == HTTPStatus.BAD_REQUEST:
        return {"field": _NO_FIELD, "reason": trouble.message}
    if trouble.retry_after is not None:
        limit = trouble.allowance.limit if trouble.allowance else _limit(trouble.path)
        reset = trouble.at + timedelta(seconds=math.ceil(trouble.retry_after))
        return {"limit": limit, "reset_time": seconds_z(reset)}
    return {"reason": trouble.message}


def _limit(path: str) -> int:
    return SEARCHES if _segments(path) == "memories/search" else STANDARD


def _counts(count: Count) -> Headers:
    now = count.at.timestamp()
    if count.allowance is None:
        limit = left = _limit(count.path)
        reset = now + _MINUTE
    else:
        limit, left = count.allowance.limit, count.allowance.taken.left
        reset = now + count.allowance.taken.full_in
    told = {"limit": limit, "remaining": left, "reset": math.ceil(reset)}
    return [(f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in told.items()]


ERRORS: dict[type[AppError], Row] = {
    MissingCredential: Row(status=401, code="UNAUTHORIZED", message="API key is missing"),
    Unauthenticated: Row(status=401, code="UNAUTHORIZED", message="API key is not valid"),
    Forbidden: Row(status=403, code="FORBIDDEN"),
    NotFound: Row(status=404, code="NOT_FOUND", message="Not found"),
    Invalid: Row(status=400, code="VALIDATION_ERROR"),
    Conflict: Row(status=409, code="CONFLICT"),
    Gone: Row(status=404, code="NOT_FOUND", message="Not found"),
    QuotaExceeded: Row(status=429, code="RATE_LIMIT_EXCEEDED"),
    RateLimited: Row(status=429, code="RATE_LIMIT_EXCEEDED"),
    Unavailable: Row(status=503, code="PROCESSING_ERROR"),
}

MEMSYNC = Speech(
    dialect=Dialect.MEMSYNC,
    title="MemSync",
    roots=tuple(
        before + root
        for root in ("/memories", "/users", "/profile", "/integrations", "/api-keys", "/healthcheck")
        for before in ("/v1", "")
    ),
    routes=ROUTES,
    errors=ERRORS,
    refusals={
        400: Row(status=400, code="VALIDATION_ERROR"),
        404: Row(status=404, code="NOT_FOUND", message="Not found"),
        405: Row(status=405, code="METHOD_NOT_ALLOWED"),
        413: Row(status=413, code="PAYLOAD_TOO_LARGE"),
        500: Row(status=500, code="PROCESSING_ERROR"),
    },
    words=_words,
    error_shape=ErrorBody,
    counts=_counts,
)
