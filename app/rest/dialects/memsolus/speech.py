"""Memsolus as a whole: its routes and its errors."""

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
from app.rest.dialects.memsolus.bodies import ErrorBody
from app.rest.dialects.memsolus.routes import ROUTES
from app.rest.speech import Row, Speech, Trouble


def _words(trouble: Trouble) -> ErrorBody:
    body: ErrorBody = {"error": trouble.code.upper(), "message": trouble.message}
    if trouble.retry_after is not None and trouble.allowance:
        limit = trouble.allowance.limit
        body |= {"resource": "requests", "limit": limit, "used": limit - trouble.allowance.taken.left}
    return body


ERRORS: dict[type[AppError], Row] = {
    MissingCredential: Row(status=401, code="UNAUTHORIZED", message="An API key is needed in X-Api-Key"),
    Unauthenticated: Row(status=401, code="UNAUTHORIZED", message="The API key is not valid"),
    Forbidden: Row(status=403, code="FORBIDDEN"),
    NotFound: Row(status=404, code="NOT_FOUND"),
    Invalid: Row(status=422, code="VALIDATION_ERROR"),
    Conflict: Row(status=409, code="CONFLICT"),
    Gone: Row(status=410, code="GONE"),
    QuotaExceeded: Row(status=429, code="QUOTA_EXCEEDED"),
    RateLimited: Row(status=429, code="RATE_LIMITED"),
    Unavailable: Row(status=503, code="SERVICE_UNAVAILABLE"),
}

MEMSOLUS = Speech(
    dialect=Dialect.MEMSOLUS,
    title="Memsolus",
    roots=(
        "/v1/memories",
        "/v1/knowledge",
        "/v1/graph",
        "/v1/webhooks",
        "/v1/ingest-jobs",
        "/v1/exports",
        "/v1/dashboard",
        "/v1/memory-pools",
        "/v1/api-keys/permissions",
    ),
    routes=ROUTES,
    errors=ERRORS,
    refusals={
        404: Row(status=404, code="NOT_FOUND", message="There is no such route"),
        413: Row(status=413, code="FILE_TOO_LARGE"),
    },
    words=_words,
    error_shape=ErrorBody,
)
