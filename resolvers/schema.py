"""The schema, and what every operation on it shares: its own loaders, and errors fit to be shown."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from resolvers.broadcast import Audience, Broadcast
from resolvers.columns import ColumnExecutor
from resolvers.context import Context
from resolvers.errors import shown
from resolvers.mutations import Mutation
from resolvers.queries import Query
from resolvers.scalars import SCALARS
from resolvers.subscriptions import Subscription

Extension = type[SchemaExtension] | Callable[[], SchemaExtension]


class OperationSchema(strawberry.Schema):
    """Each operation works on a fork of its context, whether it came by HTTP or over a lasting socket."""

    async def execute(  # noqa: PLR0917 - strawberry's signature
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Context | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        context = _forked(context_value)
        result = await super().execute(
            query, variable_values, context, root_value, operation_name, allowed_operation_types, operation_extensions
        )
        _present(result, context)
        return result

    async def stream(  # noqa: PLR0917 - strawberry's signature
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Context | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[Any, None]:
        context = _forked(context_value)
        audience = await self._audience(query, variable_values, context, operation_name)
        if audience is not None:
            return self._broadcast.results(audience, context)
        results = await super().stream(
            query, variable_values, context, root_value, operation_name, operation_extensions, allowed_operation_types
        )
        return _presented(results, context)

    @cached_property
    def _broadcast(self) -> Broadcast:
        return Broadcast(self._schema, ColumnExecutor)

    async def _audience(
        self, query: str | None, variables: dict[str, Any] | None, context: Context, operation_name: str | None
    ) -> Audience | None:
        """None for what is no subscription or will not run."""
        operation = self._create_execution_context(
            query, (OperationType.SUBSCRIPTION,), variables, context, None, operation_name
        )
        extensions = self.get_extensions()
        for extension in extensions:
            extension.execution_context = operation
        runner = self.create_extensions_runner(operation, extensions)
        try:
            failed = await self._prepare_operation_async(operation, runner)
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            return None
        if failed or query is None or operation.graphql_document is None:
            return None
        return self._broadcast.audience(
            context,
            text=query,
            document=operation.graphql_document,
            variables=variables or {},
            operation_name=operation_name,
        )

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here: `shown` logs what was not meant to be shown, without quoting it."""


def _forked(context: Context | None) -> Context:
    if context is None:
        raise TypeError("an operation needs a context")
    return context.fork()


def _present(result: Any, context: Context) -> None:
    if result.errors:
        result.errors = [shown(error, request_id=context.request_id) for error in result.errors]


async def _presented(results: AsyncGenerator[Any, None], context: Context) -> AsyncGenerator[Any, None]:
    async with aclosing(results):
        async for result in results:
            _present(result, context)
            yield result


def make_schema(*, extensions: Sequence[Extension] = (), suggestions: bool = True) -> OperationSchema:
    """`extensions` limit and cache documents; `suggestions` are the "did you mean" of validation errors."""
    return OperationSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=extensions,
        execution_context_class=ColumnExecutor,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not suggestions),
    )


def printed() -> str:
    """The schema as `schema.graphql` holds it."""
    return make_schema().as_str() + "\n"
