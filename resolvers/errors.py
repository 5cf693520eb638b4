"""Errors as clients see them: as data where a mutation can say so, else at the top level with a code."""

import re
import traceback
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry
import structlog
from graphql import GraphQLError

from app.domain.errors import AppError, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

TOP_LEVEL = (Unauthenticated, RateLimited, Unavailable)
"""What no mutation answers as data: the caller has to sign in, or to wait and send it again."""

# The schema's words where they are not the use cases' own.
_INPUTS = {"where": "filter"}
_ARGUMENTS = {"where": "filter", "start": "from", "end": "to", "limit": "first", "count": "first", "external_id": "id"}


@strawberry.type(description="One thing that is wrong with what was asked. Nothing was changed.")
class UserError:
    code: str = strawberry.field(
        description="What kind of error, for programs: forbidden, not_found, invalid, conflict, gone, quota_exceeded, "
        "or for a field what is wrong with it, such as blank or too_long."
    )
    message: str = strawberry.field(description="The same for people, in English.")
    field: list[str] | None = strawberry.field(
        description="Path of the wrong field from the argument on, list places as numbers: "
        '`["input", "memories", "3", "text"]`. Null when it is not about one field.'
    )


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a payload is read from: what was done, or why it was not."""

    done: T | None
    user_errors: list[UserError]


async def outcome(work: Awaitable[T]) -> Outcome[T]:
    """The answer of a use case as a payload; what belongs at the top level is raised."""
    try:
        return Outcome(await work, [])
    except TOP_LEVEL:
        raise
    except AppError as error:
        return Outcome(None, user_errors(error))


async def present(work: Awaitable[T]) -> T | None:
    """The answer of a use case, None when there is no such thing."""
    try:
        return await work
    except NotFound:
        return None


def user_errors(error: AppError) -> list[UserError]:
    if isinstance(error, Invalid) and error.fields:
        return [
            UserError(code=e.code, message=e.message, field=["input", *_path(e.field, _INPUTS)]) for e in error.fields
        ]
    return [UserError(code=error.code, message=error.message, field=None)]


def _path(field: str, words: Mapping[str, str]) -> list[str]:
    """A dotted path of the use cases in the schema's words."""
    first, *rest = field.split(".")
    return [_camel(part) for part in (words.get(first, first), *rest)]


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def shown(error: GraphQLError, *, request_id: str) -> GraphQLError:
    """The error with a code; whatever we did not mean to show is logged and masked."""
    cause = _cause(error)
    match cause:
        case None:
            extensions = {"code": "bad_request", **(error.extensions or {})}
            return _like(error, error.message, extensions)
        case AppError():
            return _like(error, _message(cause), _extensions(cause))
        case _:
            _log(cause, request_id)
            return _like(error, "Something went wrong", {"code": "internal", "id": request_id})


def _cause(error: GraphQLError) -> Exception | None:
    """What went wrong in our code; None when the request itself is wrong.

    A value of ours that does not fit its type is complained of like a wrong argument, but at no place in the document.
    """
    cause: Exception | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, GraphQLError):
        return cause if error.path is not None and cause.nodes is None else None
    return cause


def _message(error: AppError) -> str:
    """The message, with fields by their names in the schema."""
    if isinstance(error, Invalid) and error.fields:
        return "; ".join(f"{'.'.join(_path(each.field, _ARGUMENTS))}: {each.message}" for each in error.fields)
    return error.message


def _extensions(error: AppError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": error.code}
    if isinstance(error, RateLimited):
        extensions["retryAfter"] = error.retry_after
    if isinstance(error, Invalid):
        extensions["fields"] = [
            {"field": _path(each.field, _ARGUMENTS), "code": each.code, "message": each.message}
            for each in error.fields
        ]
    return extensions


def _log(error: Exception, request_id: str) -> None:
    """Logs where it happened, without the message: that may quote a memory."""
    log.error(
        "graphql.internal_error",
        request_id=request_id,
        error=[type(each).__name__ for each in _chain(error)],
        traceback=["".join(traceback.format_tb(each.__traceback__)) for each in _chain(error)],
    )


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    return chain


def _like(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)
