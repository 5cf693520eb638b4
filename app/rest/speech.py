"""A dialect as a whole: its routes, and how it says that something is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.types import Scope

from app.domain.errors import AppError, FieldError, Invalid, RateLimited
from app.domain.keys import Dialect
from app.edge.admission import Allowance
from app.edge.answers import Refusal
from app.edge.credentials import key_in
from app.rest.call import Headers
from app.rest.routes import Route, Table

_SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error before a dialect words it. `extras` are fields of the body that this dialect alone has.

    `path` and `method` are of the request, `at` is when it came.
    """

    status: int
    code: str
    message: str
    fields: Sequence[FieldError] = ()
    retry_after: float | None = None
    path: str = ""
    method: str = ""
    request_id: str = ""
    at: datetime = _SOME_TIME
    allowance: Allowance | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


class Wrong(Refusal):
    """An error in a dialect's own words, raised by its routes."""

    def __init__(self, status: int, code: str, message: str, **extras: Any) -> None:  # the body's own fields
        super().__init__(status, code, message)
        self.extras = extras


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one class of errors is in a dialect; without a message, our own is shown."""

    status: int
    code: str
    message: str | None = None


def no_marks(_request_id: str) -> Headers:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What is known of a key's requests when an answer is written; no allowance where nothing was counted."""

    path: str
    at: datetime
    allowance: Allowance | None = None


def no_counts(_count: Count) -> Headers:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """`roots` are the beginnings of paths that nobody else owns: what is unknown below them is told in this dialect.

    `errors` has a row for each class of the domain's errors, `refusals` for each status that HTTP itself gives reason for.
    `words` makes the body of an error. Headers of each answer, errors too, are `marks`, from the request's id, and
    `counts`: how much of a limit is left. `credential` finds the key of a request.
    """

    dialect: Dialect
    title: str
    roots: Sequence[str]
    routes: Sequence[Route]
    errors: Mapping[type[AppError], Row]
    refusals: Mapping[int, Row]
    words: Callable[[Trouble], Mapping[str, Any]]
    error_shape: Any
    marks: Callable[[str], Headers] = no_marks
    counts: Callable[[Count], Headers] = no_counts
    credential: Callable[[Scope], str | None] = key_in
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", Table(self.routes))

    def trouble(
        self, refusal: Refusal, *, path: str, request_id: str, method: str = "", at: datetime = _SOME_TIME
    ) -> Trouble:
        """The error as this dialect has it; the status and code of a row, ours where the dialect has none."""
        cause = refusal.cause
        row = self.errors.get(type(cause)) if cause else self.refusals.get(refusal.status)
        if row is None or isinstance(refusal, Wrong):
            row = Row(status=refusal.status, code=refusal.code)
        return Trouble(
            status=row.status,
            code=row.code,
            message=refusal.message if row.message is None else row.message,
            fields=cause.fields if isinstance(cause, Invalid) else (),
            retry_after=cause.retry_after if isinstance(cause, RateLimited) else None,
            path=path,
            method=method,
            request_id=request_id,
            at=at,
            extras=refusal.extras if isinstance(refusal, Wrong) else {},
        )
