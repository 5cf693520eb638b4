"""One taxonomy of errors. A class has a code, a message and data; edges choose the status."""

import math
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of an input: `field` is a dotted path as the caller wrote it ("items.3.text")."""

    field: str
    message: str
    code: str = "invalid"


class AppError(Exception):
    """Base of every error that an edge may show."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])

    @property
    def message(self) -> str:
        return str(self)


class Unauthenticated(AppError):
    """A valid credential is needed."""

    code = "unauthenticated"


class MissingCredential(Unauthenticated):
    """A valid credential is needed."""


class Forbidden(AppError):
    """The credential does not allow this."""

    code = "forbidden"


class NotFound(AppError):
    """No such thing, or not yours to see."""

    code = "not_found"


class Invalid(AppError):
    """The input is not valid."""

    code = "invalid"

    def __init__(self, *fields: FieldError, message: str | None = None) -> None:
        self.fields = fields
        super().__init__(
            message or "; ".join(f"{e.field}: {e.message}" if e.field else e.message for e in fields) or None
        )


def invalid(field: str, message: str, code: str = "invalid") -> Invalid:
    """One wrong field."""
    return Invalid(FieldError(field, message, code))


class Conflict(AppError):
    """The thing changed, or exists already."""

    code = "conflict"


class Gone(AppError):
    """It was here and was removed for good."""

    code = "gone"


class QuotaExceeded(AppError):
    """The plan's quota is used up."""

    code = "quota_exceeded"


class RateLimited(AppError):
    """Too many requests."""

    code = "rate_limited"

    def __init__(self, retry_after: float, message: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message or f"Too many requests; try again in {max(1, math.ceil(retry_after))} s")


class Unavailable(AppError):
    """A part that this needs does not answer; try again."""

    code = "unavailable"
