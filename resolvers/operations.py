"""One operation, from what was asked to what is answered; every transport passes here."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.edge.answers import retry_after
from app.edge.strict_json import write_json
from app.metrics import Metrics
from resolvers.asked import Asked
from resolvers.broadcast import Told
from resolvers.documents import Documents

Payload: TypeAlias = dict[str, Any]

_SUGGESTION = re.compile(r" Did you mean .*\?$")
_STATUS = {"unauthenticated": 401, "rate_limited": 429, "unavailable": 503, "timeout": 503}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run."""

    asked: Asked
    type: OperationType


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused`: nothing was run, and the payload has no data. `status` is 200 unless a part of ours failed."""

    payload: Payload
    refused: bool
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One payload of many as it is sent. `failed`: the errors of an operation that ended without data."""

    body: bytes
    failed: list[Payload] | None = None


class Operations:
    """`timeout` bounds queries and mutations, in seconds."""

    def __init__(self, *, schema: strawberry.Schema, documents: Documents, metrics: Metrics, timeout: float) -> None:
        self._schema, self._documents, self._metrics = schema, documents, metrics
        self._timeout = timeout

    def prepare(self, asked: Asked) -> Prepared | Answer:
        """The operation, or why it will not run."""
        document = self._documents.read(self._schema._schema, asked.query)  # noqa: SLF001 - it has no other name
        if document.errors:
            return self._refused(list(document.errors))
        operation = document.operation(asked.operation_name)
        if isinstance(operation, GraphQLError):
            return self._refused([operation])
        if (too_costly := self._documents.too_costly(document, operation, asked.variables)) is not None:
            return self._refused([too_costly])
        return Prepared(_named(asked, operation), OperationType(operation.operation.value))

    async def answer(self, prepared: Prepared, context: Any) -> Answer:
        """Runs a query or a mutation."""
        started = time.perf_counter()
        with self._metrics.telemetry.span("operation", prepared.type.value) as span:
            answer = await self._run(prepared, context)
            outcome = _outcome(answer)
            span.end_as(outcome)
        self._metrics.operation(type=prepared.type.value, outcome=outcome, seconds=time.perf_counter() - started)
        return answer

    async def results(self, prepared: Prepared, context: Any) -> AsyncGenerator[Piece, None]:
        """What an operation answers, one payload after the other; a query or mutation has one."""
        if prepared.type is not OperationType.SUBSCRIPTION:
            yield _piece((await self.answer(prepared, context)).payload)
            return
        self._metrics.operation(type=prepared.type.value, outcome="ok")
        stream = await self._schema.stream(
            prepared.asked.query,
            variable_values=prepared.asked.variables,
            context_value=context,
            operation_name=prepared.asked.operation_name,
        )
        self._metrics.open_subscriptions.inc()
        try:
            async with aclosing(stream):
                async for result in stream:
                    yield Piece(result.body) if isinstance(result, Told) else _piece(self._answered(result).payload)
        finally:
            self._metrics.open_subscriptions.dec()

    async def _run(self, prepared: Prepared, context: Any) -> Answer:
        try:
            async with asyncio.timeout(self._timeout):
                result = await self._schema.execute(
                    prepared.asked.query,
                    variable_values=prepared.asked.variables,
                    context_value=context,
                    operation_name=prepared.asked.operation_name,
                )
        except TimeoutError:
            return self._too_slow()
        return self._answered(result)

    def _answered(self, result: Any) -> Answer:
        errors: list[GraphQLError] = result.errors or []
        if not errors:
            return Answer(_payload(result, []), refused=False)
        formatted = [self._shown(error) for error in errors]
        if isinstance(result, PreExecutionError) or (result.data is None and all(e.path is None for e in errors)):
            return Answer({"errors": formatted}, refused=True)
        payload = _payload(result, formatted)
        if result.data is None:
            return Answer(payload, refused=False, **_transport(formatted))
        return Answer(payload, refused=False)

    def _refused(self, errors: list[GraphQLError]) -> Answer:
        self._metrics.operation(type="unknown", outcome="refused")
        return Answer({"errors": [self._shown(error) for error in errors]}, refused=True)

    def _shown(self, error: GraphQLError) -> Payload:
        shown: Payload = dict(error.formatted)
        shown["extensions"] = {"code": "bad_request", **shown.get("extensions", {})}
        if not self._documents.introspection:
            shown["message"] = _SUGGESTION.sub("", shown["message"])
        return shown

    def _too_slow(self) -> Answer:
        message = f"The operation took longer than {self._timeout:g} s and was stopped"
        error = {"message": message, "extensions": {"code": "timeout"}}
        return Answer({"errors": [error]}, refused=False, status=503)


def _piece(payload: Payload) -> Piece:
    return Piece(write_json(payload), None if "data" in payload else payload["errors"])


def _named(asked: Asked, operation: OperationDefinitionNode) -> Asked:
    name = operation.name.value if operation.name else None
    return asked if name == asked.operation_name else Asked(asked.query, asked.variables, name)


def _payload(result: Any, errors: list[Payload]) -> Payload:
    payload: Payload = {"data": result.data}
    if errors:
        payload["errors"] = errors
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload


def _transport(errors: list[Payload]) -> Mapping[str, Any]:
    """Status and headers when an operation failed as a whole, for proxies and for clients that retry."""
    for error in errors:
        extensions = error["extensions"]
        if extensions["code"] in _STATUS:
            wait = extensions.get("retryAfter")
            headers = () if wait is None else (retry_after(wait),)
            return {"status": _STATUS[extensions["code"]], "headers": headers}
    return {}


def _outcome(answer: Answer) -> str:
    if answer.status == 503 and "data" not in answer.payload:
        return "timeout"
    if answer.refused:
        return "refused"
    if "errors" not in answer.payload:
        return "ok"
    return "failed" if answer.payload["data"] is None else "partial"
