"""Documents, read once: parsed, measured and validated, then kept by their text, the bad ones too."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.cost import Costing, extents
from resolvers.limits import LIMITS, Limits, exceeded, refusal

_BYTES_PER_CHARACTER = 200
"""What a parsed document takes, measured."""

_MAX_ERRORS = 10
_COSTS_KEPT = 64


@dataclass(slots=True)
class Document:
    """A document that was read. With errors there is nothing to run."""

    errors: tuple[GraphQLError, ...]
    ast: DocumentNode | None = None
    operations: tuple[OperationDefinitionNode, ...] = ()
    costing: Costing | None = None
    _costs: dict[object, int] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | GraphQLError:
        """The operation of this name; without a name the only one."""
        if name is None:
            if len(self.operations) == 1:
                return self.operations[0]
            return _unclear("Must provide operation name if query contains multiple operations.")
        for operation in self.operations:
            if operation.name is not None and operation.name.value == name:
                return operation
        return _unclear(f"Unknown operation named {name!r}.")

    def cost(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        if self.costing is None:
            return 0
        key = (id(operation), extents(operation, variables))
        known = self._costs.get(key)
        if known is None:
            if len(self._costs) >= _COSTS_KEPT:
                self._costs.clear()
            known = self._costs[key] = self.costing.of(operation, variables)
        return known


def _unclear(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "operation_not_found"})


class Documents:
    """A cache bounded by bytes; what was read last stays longest."""

    def __init__(
        self, *, limits: Limits = LIMITS, introspection: bool = True, capacity: int = 32 * 1024 * 1024
    ) -> None:
        self.limits, self.introspection = limits, introspection
        self._capacity = capacity
        self._rules: tuple[type[ASTValidationRule], ...] = (
            *specified_rules,
            MaybeNullValidationRule,
            OneOfInputValidationRule,
            *(() if introspection else (NoSchemaIntrospectionCustomRule,)),
        )
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._held = 0

    def extension(self) -> SchemaExtension:
        """What makes a schema take its documents from here."""
        return ReadDocuments(self)

    def read(self, schema: GraphQLSchema, text: str) -> Document:
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._read(schema, text)
        self._keep(text, document)
        return document

    def too_costly(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> GraphQLError | None:
        cost = document.cost(operation, variables)
        if cost <= self.limits.cost:
            return None
        words = f"The operation costs {cost}; at most {self.limits.cost} is allowed. Ask for fewer items or fields"
        return refusal("cost", words, operation)

    def _keep(self, text: str, document: Document) -> None:
        weight = len(text) * _BYTES_PER_CHARACTER
        if weight > self._capacity // 4:
            return
        self._kept[text] = document
        self._held += weight
        while self._held > self._capacity:
            dropped, _ = self._kept.popitem(last=False)
            self._held -= len(dropped) * _BYTES_PER_CHARACTER

    def _read(self, schema: GraphQLSchema, text: str) -> Document:
        try:
            ast = parse(text, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            return Document((_coded(error, "syntax_error"),))
        if errors := exceeded(ast, self.limits):
            return Document(tuple(errors))
        found = validate(schema, ast, self._rules, max_errors=_MAX_ERRORS, hide_suggestions=not self.introspection)
        if found:
            return Document(tuple(_coded(error, "validation_failed") for error in found))
        operations = tuple(each for each in ast.definitions if isinstance(each, OperationDefinitionNode))
        return Document((), ast, operations, Costing(schema, ast))


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    if "more than" in error.message and "tokens" in error.message:
        code = "limit_exceeded"
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


class ReadDocuments(SchemaExtension):
    """Hands a schema what `Documents` has read, in place of parsing and validating again."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        # Not `on_operation`, which would keep a stack of contexts as long as a subscription lives.
        context = self.execution_context
        if context.query:
            document = self._documents.read(context.schema._schema, context.query)  # noqa: SLF001 - it has no other name
            context.graphql_document = document.ast or _NOTHING
            context.pre_execution_errors = list(document.errors)
        yield


_NOTHING = parse("{ __typename }")
"""Stands where a document could not be read; its errors keep it from running."""
