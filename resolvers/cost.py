"""What an operation may cost: its fields, counted once for every object that they can be asked of.

A field with `first` (or `last`, `limit`) multiplies what is below it by that number, be it written,
a variable or a default; a list without such an argument counts as long as the longest list handed
in, at least ten. Each fragment is reckoned once. @skip and @include are not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

PAGE = 20
"""What `first` is when neither the request nor the schema says."""

LIST = 10
"""How long a list without an argument is taken to be."""

INTROSPECTION = 1_000
"""What `__schema` and `__type` cost; their depth is bounded by validation."""

_SIZING = ("first", "last", "limit", "count")


@dataclass(frozen=True, slots=True)
class _Cost:
    """`once`, and `each` for every item of the lists directly below, whose length the field above decides."""

    once: int = 0
    each: int = 0


class Costing:
    """The operations of one valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """The cost with these variables. Linear in the size of the document."""
        reckoning = _Reckoning(self._schema, self._fragments, {**_defaults(operation), **variables})
        root = self._schema.get_root_type(operation.operation)
        cost = reckoning.selections(operation.selection_set, root)
        return cost.once + LIST * cost.each


def extents(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> tuple[int | None, ...]:
    """All that the cost reads of the variables: with equal extents an operation costs the same."""
    declared = operation.variable_definitions
    if not declared:
        return ()
    return tuple(_extent(variables.get(each.variable.name.value)) for each in declared)


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
        if each.default_value is not None
    }


def _extent(value: Any) -> int | None:
    """What a variable says of sizes: itself when it is a number, else the length of its longest list."""
    number = _number(value)
    return _length(value) if number is None else number


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return max(int(value), 0)  # GraphQL takes 100.0 for 100


def _length(value: Any) -> int | None:
    match value:
        case list():
            return len(value)
        case dict():
            return max((len(each) for each in value.values() if isinstance(each, list)), default=None)
        case _:
            return None


class _Reckoning:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._known: dict[str, _Cost] = {}

    def selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> _Cost:
        once = each = 0
        for selection in selections.selections:
            cost = self._selection(selection, parent)
            once += cost.once
            each += cost.each
        return _Cost(once, each)

    def _selection(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> _Cost:
        match selection:
            case FieldNode():
                return self._field(selection, parent)
            case InlineFragmentNode(type_condition=condition):
                narrowed = self._schema.get_type(condition.name.value) if condition else parent
                return self.selections(selection.selection_set, narrowed)
            case FragmentSpreadNode():
                return self._fragment(selection.name.value)
            case _:  # the grammar knows three kinds
                return _Cost()

    def _fragment(self, name: str) -> _Cost:
        if name not in self._known:
            definition = self._fragments[name]
            condition = self._schema.get_type(definition.type_condition.name.value)
            self._known[name] = self.selections(definition.selection_set, condition)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> _Cost:
        definition = _definition(parent, node.name.value)
        if definition is None:
            return _Cost(INTROSPECTION if node.selection_set else 1)
        if node.selection_set is None:
            return _Cost(1)
        below = self.selections(node.selection_set, get_named_type(definition.type))
        size = self._size(node, definition)
        if not _is_list(definition.type):
            return _Cost(1 + below.once + (LIST if size is None else size) * below.each)
        item = 1 + below.once + LIST * below.each
        return _Cost(0, item) if size is None else _Cost(size * item)

    def _size(self, node: FieldNode, definition: GraphQLField) -> int | None:
        """How many items the field's arguments ask for; None when they do not say."""
        given = {argument.name.value: argument for argument in node.arguments or ()}
        sizing = [name for name in _SIZING if name in definition.args]
        asked = [self._value(given[name]) for name in sizing if name in given]
        sizes = [size for value in asked if (size := _number(value)) is not None]
        if sizes:
            return max(sizes)
        if sizing:
            defaults = (_number(_default(definition.args[name])) for name in sizing)
            return max((size for size in defaults if size is not None), default=PAGE)
        handed = (_length(self._value(argument)) for argument in given.values())
        longest = max((size for size in handed if size is not None), default=0)
        return longest if longest > LIST else None

    def _value(self, argument: Any) -> Any:
        return value_from_ast_untyped(argument.value, dict(self._variables))


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        field: GraphQLField | None = parent.fields.get(name)
        return field
    return None


def _default(argument: GraphQLArgument) -> Any:
    """Schemas made in Python hold the value itself, those read from text hold its literal."""
    if argument.default is None or argument.default.literal is None:
        return argument.default_value
    return value_from_ast_untyped(argument.default.literal)


def _is_list(type_: GraphQLOutputType) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
