"""The schema, and what every operation on it shares: its own loaders, and errors fit to be shown."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

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
        results = await super().stream(
            query, variable_values, context, root_value, operation_name, operation_extensions, allowed_operation_types
        )
        return _renewed(results, context)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here: `shown` logs what was not meant to be shown, without quoting it."""


def _forked(context: Context | None) -> Context:
    if context is None:
        raise TypeError("an operation needs a context")
    return context.fork()


def _present(result: Any, context: Context) -> None:
    if result.errors:
        result.errors = [shown(error, request_id=context.request_id) for error in result.errors]


async def _renewed(results: AsyncGenerator[Any, None], context: Context) -> AsyncGenerator[Any, None]:
    async with aclosing(results):
        async for result in results:
            context.renew()
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
