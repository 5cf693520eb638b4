"""How large a document may be, measured before anything of it runs.

Counts are those of the document with its fragments put in place. Each fragment is measured once and
its counts are added wherever it is spread, so that a document is measured in the time it takes to read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

CODE = "limit_exceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may hold. `cost` is in fields, counted for every object of the lists around them."""

    tokens: int = 10_000
    depth: int = 20
    nesting: int = 60
    root_fields: int = 30
    aliases: int = 100
    directives: int = 100
    cost: int = 100_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Size:
    """`depth` counts nested fields, `nesting` every pair of braces, a spread fragment's included."""

    depth: int = 0
    nesting: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0


def exceeded(document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """One error for each limit that an operation of the document passes, or for a fragment within itself."""
    measuring = _Measuring(document)
    errors: list[GraphQLError] = []
    try:
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                errors += _beyond(measuring.operation(definition), limits, definition)
    except _Endless as cycle:
        return [refusal("fragments", "A fragment must not contain itself", cycle.node)]
    except RecursionError:
        return [refusal("nesting", f"The document is nested more than {limits.nesting} levels deep", None)]
    return errors


def refusal(limit: str, message: str, node: Node | None) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": CODE, "limit": limit})


def _beyond(size: Size, limits: Limits, node: Node) -> Iterator[GraphQLError]:
    table = (
        ("depth", size.depth, limits.depth, "is nested {} fields deep"),
        ("nesting", size.nesting, limits.nesting, "is nested {} levels deep"),
        ("rootFields", size.root_fields, limits.root_fields, "asks for {} root fields"),
        ("aliases", size.aliases, limits.aliases, "uses {} aliases"),
        ("directives", size.directives, limits.directives, "uses {} directives"),
    )
    for name, measured, limit, words in table:
        if measured > limit:
            yield refusal(name, f"The operation {words.format(measured)}; at most {limit} are allowed", node)


class _Endless(Exception):
    """A fragment spreads itself."""

    def __init__(self, node: FragmentSpreadNode) -> None:
        self.node = node


class _Measuring:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._sizes: dict[str, Size | None] = {}

    def operation(self, operation: OperationDefinitionNode) -> Size:
        size = self._selections(operation.selection_set)
        declared = sum(len(variable.directives or ()) for variable in operation.variable_definitions or ())
        own = len(operation.directives or ()) + declared
        return Size(size.depth, size.nesting, size.root_fields, size.aliases, size.directives + own)

    def _selections(self, selections: SelectionSetNode) -> Size:
        depth = nesting = fields = aliases = directives = 0
        for selection in selections.selections:
            size = self._selection(selection)
            depth, nesting = max(depth, size.depth), max(nesting, size.nesting)
            fields += size.root_fields
            aliases += size.aliases
            directives += size.directives
        return Size(depth, nesting + 1, fields, aliases, directives)

    def _selection(self, selection: SelectionNode) -> Size:
        own = len(selection.directives or ())
        match selection:
            case FieldNode():
                inner = self._selections(selection.selection_set) if selection.selection_set else Size()
                aliases = inner.aliases + (selection.alias is not None)
                return Size(inner.depth + 1, inner.nesting, 1, aliases, inner.directives + own)
            case InlineFragmentNode():
                inner = self._selections(selection.selection_set)
            case FragmentSpreadNode():
                inner = self._fragment(selection)
            case _:  # the grammar knows three kinds
                inner = Size()
        return Size(inner.depth, inner.nesting, inner.root_fields, inner.aliases, inner.directives + own)

    def _fragment(self, spread: FragmentSpreadNode) -> Size:
        name = spread.name.value
        if name in self._sizes:
            known = self._sizes[name]
            if known is None:
                raise _Endless(spread)
            return known
        definition = self._fragments.get(name)
        if definition is None:
            return Size()  # validation names it
        self._sizes[name] = None
        inner = self._selections(definition.selection_set)
        own = len(definition.directives or ())
        size = Size(inner.depth, inner.nesting, inner.root_fields, inner.aliases, inner.directives + own)
        self._sizes[name] = size
        return size
