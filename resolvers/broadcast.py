"""Subscriptions, with what is the same for many subscribers worked out and written once.

Subscribers who ask the same with the same sight are an audience. A change that reaches one of them
is executed once for all, by whoever comes first, in a task that outlives them. A result with errors
is nobody's but the one's who met it, since its errors carry the id of a request: each executes anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import isawaitable
from typing import Any, cast
from weakref import WeakValueDictionary

from graphql import DocumentNode, GraphQLError, GraphQLSchema
from graphql import ExecutionResult as Executed
from graphql.execution import Executor, create_source_event_stream, execute_subscription_event
from strawberry.types.execution import ExecutionResult, PreExecutionError

from app.domain.principal import Credential
from app.edge.strict_json import write_json
from app.services.results import Change
from resolvers.context import Context
from resolvers.errors import shown

_KEPT = 256
_NO_KEY = Credential(key=None)


@dataclass
class Told(ExecutionResult):
    """A result without errors, the same object for all who are told it."""

    @cached_property
    def body(self) -> bytes:
        """The payload as it is sent."""
        return write_json({"data": self.data})


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Audience:
    """What some subscribers ask, as long as there is one of them."""

    document: DocumentNode
    variables: dict[str, Any]
    operation_name: str | None


class Broadcast:
    """`executor` executes on the schema; the last results are kept for those who come to them late."""

    def __init__(self, schema: GraphQLSchema, executor: type[Executor[Any]]) -> None:
        self._schema, self._executor = schema, executor
        self._audiences: WeakValueDictionary[object, Audience] = WeakValueDictionary()
        self._shared: OrderedDict[tuple[Audience, int], asyncio.Task[ExecutionResult]] = OrderedDict()

    def audience(
        self,
        context: Context,
        *,
        text: str,
        document: DocumentNode,
        variables: dict[str, Any],
        operation_name: str | None,
    ) -> Audience:
        """The audience of all who ask this of the same services and see what the caller sees."""
        sight = replace(context.principal, actor="", credential=_NO_KEY)
        key = (context.services, sight, text, operation_name, write_json(variables))
        audience = self._audiences.get(key)
        if audience is None:
            audience = self._audiences[key] = Audience(document, variables, operation_name)
        return audience

    async def results(self, audience: Audience, context: Context) -> AsyncGenerator[ExecutionResult, None]:
        """What one subscriber is told."""
        source = await self._source(audience, context)
        if isinstance(source, Executed):
            yield PreExecutionError(data=None, errors=_shown(source.errors, context))
            return
        try:
            async with aclosing(cast("AsyncGenerator[Any, None]", source)):
                async for told in source:
                    yield await self._result(audience, told, context)
        except Exception as error:  # noqa: BLE001 - the end of the stream, told to the client
            wrapped = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            yield ExecutionResult(data=None, errors=_shown([wrapped], context))

    async def _source(self, audience: Audience, context: Context) -> AsyncIterable[Any] | Executed:
        executor = self._build(audience, context.fork(), None)
        if isinstance(executor, list):
            return Executed(None, errors=executor)
        source = create_source_event_stream(executor)
        return await source if isawaitable(source) else source

    async def _result(self, audience: Audience, told: Any, context: Context) -> ExecutionResult:
        """The present state and word of a gap are each subscriber's own, and so are jobs."""
        if isinstance(told, Change) and told.event is not None:
            task = self._task(audience, told, context)
            result = task.result() if task.done() else await asyncio.shield(task)
            if isinstance(result, Told):
                return result
        return await self._execute(audience, told, context)

    def _task(self, audience: Audience, change: Change, context: Context) -> asyncio.Task[ExecutionResult]:
        key = (audience, change.revision)
        task = self._shared.get(key)
        if task is None:
            task = self._shared[key] = asyncio.create_task(self._execute(audience, change, context))
            if len(self._shared) > _KEPT:
                self._shared.popitem(last=False)
        return task

    async def _execute(self, audience: Audience, told: Any, context: Context) -> ExecutionResult:
        """Anew each time: an executor kept for a stream remembers what it collected for each event."""
        executor = self._build(audience, context.fork(), told)
        if isinstance(executor, list):
            return ExecutionResult(data=None, errors=_shown(executor, context))
        executing = execute_subscription_event(executor)
        result = await executing if isawaitable(executing) else executing
        if result.errors:
            return ExecutionResult(data=result.data, errors=_shown(result.errors, context))
        return Told(data=result.data, errors=None)

    def _build(self, audience: Audience, context: Context, root: Any) -> Executor[Any] | list[GraphQLError]:
        return self._executor.build(
            self._schema, audience.document, root, context, audience.variables, audience.operation_name
        )


def _shown(errors: list[GraphQLError] | None, context: Context) -> list[GraphQLError]:
    return [shown(error, request_id=context.request_id) for error in errors or ()]
