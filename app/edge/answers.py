"""Refusals and their one shape: GraphQL's `errors`, each with a code and the request's id, always JSON."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Scope, Send

from app.domain import errors

JSON = b"application/json; charset=utf-8"

Headers = Iterable[tuple[bytes, bytes]]

STATUS: dict[type[errors.AppError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.QuotaExceeded: 402,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
}


class Refusal(Exception):
    """A request that is not taken, for a reason of HTTP; `cause` is the error of ours that it stands for, if any."""

    def __init__(
        self, status: int, code: str, message: str, headers: Headers = (), cause: errors.AppError | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, tuple(headers)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Headers = ()


Voice = Callable[[Refusal], Answer]
"""Says a refusal in another form than GraphQL's; it stands in the request's state under "voice"."""


def refusal_of(error: errors.AppError) -> Refusal:
    """The status of an error of ours."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return Refusal(status, error.code, error.message, _headers(error), cause=error)


def _headers(error: errors.AppError) -> Headers:
    match error:
        case errors.Unauthenticated():
            return ((b"www-authenticate", b'Bearer realm="mnemograph"'),)
        case errors.RateLimited():
            return (retry_after(error.retry_after),)
        case errors.Unavailable():
            return (retry_after(1),)
        case _:
            return ()


def retry_after(seconds: float) -> tuple[bytes, bytes]:
    return (b"retry-after", str(max(1, math.ceil(seconds))).encode())


def errors_body(*, code: str, message: str, request_id: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}


def request_id(scope: Scope) -> str:
    """The id that the outermost layer gave this request."""
    id_: str = scope["state"]["request_id"]
    return id_


def traced(scope: Scope) -> tuple[bytes, bytes]:
    """The header that tells a socket's client the id of its request."""
    return (b"x-request-id", request_id(scope).encode())


async def refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    voice: Voice | None = scope["state"].get("voice")
    if voice is not None:
        said = voice(refusal)
        await answer(send, said.status, said.body, headers=said.headers)
        return
    body = errors_body(code=refusal.code, message=refusal.message, request_id=request_id(scope))
    await answer(send, refusal.status, orjson.dumps(body), headers=refusal.headers)


async def answer(send: Send, status: int, body: bytes, *, content_type: bytes = JSON, headers: Headers = ()) -> None:
    size = str(len(body)).encode()
    start = [(b"content-type", content_type), (b"content-length", size), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
