"""What can go wrong with Weaviate, in our terms."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import grpc  # type: ignore[import-untyped]  # it has no types
import httpx

from app.adapters.weaviate.driver import theirs
from app.domain import errors

FAILURES: Final = (
    theirs.WeaviateBaseError,
    theirs.WeaviateProtobufIncompatibility,
    theirs._BatchStreamShutdownError,  # noqa: SLF001 - it is an exception of its own, below no other
    grpc.RpcError,
    grpc.aio.UsageError,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
)
"""Everything that the client raises. TimeoutError is an OSError."""

_SILENT: Final = (
    theirs.WeaviateStartUpError,
    theirs.WeaviateGRPCUnavailableError,
    theirs.WeaviateClosedClientError,
    theirs.WeaviateConnectionError,
    theirs.WeaviateTimeoutError,
    theirs.WeaviateRetryError,
    grpc.aio.UsageError,
    httpx.HTTPError,
    OSError,
)
_SILENT_CODES: Final = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
)
_REFUSED: Final = (theirs.AuthenticationFailedError, theirs.InsufficientPermissionsError, theirs.MissingScopeError)


class Silent(errors.Unavailable):
    """The search index does not answer."""


class NoTenant(errors.Unavailable):
    """The search index holds nothing of this organization yet."""


class NoCollection(errors.Unavailable):
    """A collection of the search index is gone."""


@contextmanager
def as_our_errors() -> Iterator[None]:
    """Only Unavailable leaves; its kind says whether the index was silent, or what it missed.

    A call whose channel is closed by another one ends in gRPC as if the caller had been cancelled, which nobody was;
    one that tries again on such a channel ends as wrongly used.
    """
    try:
        yield
    except FAILURES as exc:
        raise _ours(exc) from exc
    except asyncio.CancelledError as exc:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        raise Silent from exc


def _ours(exc: BaseException) -> errors.Unavailable:
    if isinstance(exc, _REFUSED) or _code(exc) is grpc.StatusCode.UNAUTHENTICATED:
        return errors.Unavailable("The search index refuses our key")
    if isinstance(exc, _SILENT) or _code(exc) in _SILENT_CODES:
        return Silent()
    said = str(exc).lower()
    if "tenant not found" in said or "tenant could not be found" in said:
        return NoTenant()
    if "could not find class" in said or "class not found" in said or "collection not found" in said:
        return NoCollection()
    return errors.Unavailable(f"The search index failed ({type(exc).__name__})")


def _code(exc: BaseException) -> grpc.StatusCode | None:
    """The client wraps what gRPC said; the code is still in the chain."""
    link: BaseException | None = exc
    while link is not None:
        if isinstance(link, grpc.aio.AioRpcError):
            return link.code()
        link = link.__cause__ or link.__context__
    return None
