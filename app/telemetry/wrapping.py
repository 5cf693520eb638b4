"""Ports whose calls are spans. What is behind them knows nothing of it; while nobody listens they stay as they are."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from functools import partial, wraps
from types import TracebackType
from typing import Any, TypeVar, cast

from app.domain.principal import Principal
from app.domain.work import Job
from app.jobs.handlers import Handler
from app.ports.store import Reader, Store, UnitOfWork
from app.ports.telemetry import SILENCE, SpanName, Telemetry

P = TypeVar("P")
B = TypeVar("B")


def told(port: P, telemetry: Telemetry, *, name: SpanName, of: str = "") -> P:
    """The port, each call of which is a span named for the method, behind `of` where that is given."""
    if telemetry is SILENCE:
        return port
    return cast("P", _Port(port, telemetry, name, f"{of}." if of else ""))


def told_store(store: Store, telemetry: Telemetry) -> Store:
    """The store, each call of whose repositories is a span, and of a unit of work its beginning and its end."""
    return store if telemetry is SILENCE else _Store(store, telemetry)


def told_jobs(handlers: Mapping[str, Handler], telemetry: Telemetry) -> Mapping[str, Handler]:
    """The handlers, each run of which is a span."""
    if telemetry is SILENCE:
        return handlers

    async def run(name: str, principal: Principal, jobs: Sequence[Job]) -> Sequence[Job]:
        with telemetry.span("job", name, size=len(jobs), about=jobs[0].id):
            return await handlers[name].run(principal, jobs)

    return {name: Handler(run=partial(run, name), abandon=handler.abandon) for name, handler in handlers.items()}


class _Port:
    """Whatever the port has; coroutine methods are wrapped when they are first asked for."""

    def __init__(self, port: Any, telemetry: Telemetry, name: SpanName, prefix: str) -> None:
        self._port, self._telemetry, self._name, self._prefix = port, telemetry, name, prefix

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if not inspect.iscoroutinefunction(found):
            return found
        wrapped = self._wrapped(found, self._prefix + attribute)
        setattr(self, attribute, wrapped)
        return wrapped

    def _wrapped(self, method: Callable[..., Awaitable[Any]], what: str) -> Callable[..., Awaitable[Any]]:
        @wraps(method)
        async def call(*arguments: Any, **named: Any) -> Any:
            with self._telemetry.span(self._name, what, size=_size(arguments)):
                return await method(*arguments, **named)

        return call


class _Repositories:
    """A block of the store."""

    def __init__(self, block: Reader | UnitOfWork, telemetry: Telemetry) -> None:
        self._block, self._telemetry = block, telemetry

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._block, name)
        wrapped = found if callable(found) else told(found, self._telemetry, name="statement", of=name)
        setattr(self, name, wrapped)
        return wrapped


class _Store:
    def __init__(self, store: Store, telemetry: Telemetry) -> None:
        self._store, self._telemetry = store, telemetry

    def read(self, principal: Principal) -> AbstractAsyncContextManager[Reader]:
        return _Block(self._store.read(principal), self._telemetry)

    def write(self, principal: Principal) -> AbstractAsyncContextManager[UnitOfWork]:
        return _Unit(self._store.write(principal), self._telemetry)


class _Block(AbstractAsyncContextManager[B]):
    def __init__(self, block: AbstractAsyncContextManager[B], telemetry: Telemetry) -> None:
        self._block, self._telemetry = block, telemetry

    async def __aenter__(self) -> B:
        return cast("B", _Repositories(cast("Any", await self._block.__aenter__()), self._telemetry))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return await self._block.__aexit__(kind, error, traceback)


class _Unit(_Block[B]):
    """A unit of work waits for its turn at its beginning and for the disk at its end."""

    async def __aenter__(self) -> B:
        with self._telemetry.span("statement", "begin"):
            return await super().__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        with self._telemetry.span("statement", "commit" if error is None else "roll back"):
            return await super().__aexit__(kind, error, traceback)


def _size(arguments: Sequence[Any]) -> int:
    """How many things the first list among the arguments holds."""
    return next((len(each) for each in arguments if isinstance(each, list | tuple | Mapping | AbstractSet)), 0)
