"""What a route is given, and what it gives back."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from starlette.datastructures import FormData

from app.domain.errors import Unauthenticated
from app.domain.principal import Principal
from app.services.bundle import Services

B = TypeVar("B")
Q = TypeVar("Q")

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[B, Q]):
    """A request, read and checked. `path` holds the percent-decoded segments that the route names.

    `headers` have small names, the last value of each. `address` is the other end of the connection. `form` is there for multipart bodies only. `at` is when it came.
    `ready` raises Unavailable while the store does not answer.
    `undecided` says that other dialects have this route as well, and that nothing told which is meant.
    """

    services: Services
    admitted: Principal | None
    body: B
    query: Q
    path: Mapping[str, str]
    headers: Mapping[str, str]
    request_id: str
    address: str
    at: datetime
    ready: Callable[[], Awaitable[None]]
    undecided: bool = False
    form: FormData = field(default_factory=FormData)

    @property
    def principal(self) -> Principal:
        """Who asks. Routes that are open to all have nobody to ask for."""
        if self.admitted is None:
            raise Unauthenticated
        return self.admitted


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is JSON as Python has it, bytes as they are (with their type among the headers), or None for no body."""

    status: int
    body: Any = None
    headers: Headers = ()
