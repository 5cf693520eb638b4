"""Long lists, completed column by column.

graphql-core completes a list object by object and field by field, at some microseconds a field.
Where all that is asked of the objects are plain values, each field is read from all of them at once
and the columns are zipped into rows; of an interface's objects, those of each type by themselves. Whatever is out of the ordinary (a null where none may be, a
value that does not fit its type, a field with a resolver of its own) goes the ordinary way, and its
errors come from there.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from math import isfinite
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLTypeResolver,
)
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.fields import READ

Column: TypeAlias = list[Any]
Complete: TypeAlias = Callable[[Column], Column]


class Unfit(Exception):
    """A column that has to go the ordinary way."""


class ColumnExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes lists of plain objects by columns, and everything else as graphql-core does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[tuple[Any, int], Complete | None] = {}

    def complete_iterable_value(  # noqa: PLR0917 - graphql-core's signature
        self, item_type: Any, field_details_list: Any, info: Any, path: Any, items: Iterable[Any], position_context: Any
    ) -> Any:
        complete = self._of_list(item_type, field_details_list)
        if complete is not None and isinstance(items, list | tuple):
            try:
                return complete(list(items))
            except Exception:  # noqa: BLE001 - the ordinary way meets it again and tells where it was
                return super().complete_iterable_value(
                    item_type, field_details_list, info, path, items, position_context
                )
        return super().complete_iterable_value(item_type, field_details_list, info, path, items, position_context)

    def _of_list(self, item_type: Any, asked: FieldDetailsList) -> Complete | None:
        """`asked` lives as long as the operation, so that its identity stands for it."""
        key = (item_type, id(asked))
        if key not in self._kept:
            watched = self.middleware_manager is not None and self.middleware_manager.middlewares
            self._kept[key] = None if watched else self._of(item_type, asked)
        return self._kept[key]

    def _of(self, type_: Any, asked: FieldDetailsList) -> Complete | None:
        match type_:
            case GraphQLNonNull():
                inner = self._of(type_.of_type, asked)
                return None if inner is None else _without_nulls(inner)
            case GraphQLList():
                inner = self._of(type_.of_type, asked)
                return None if inner is None else _of_lists(inner)
            case GraphQLObjectType():
                return self._rows(type_, asked)
            case GraphQLInterfaceType() if type_.resolve_type is not None:
                return self._mixed(type_, type_.resolve_type, asked)
            case _ if isinstance(type_, GraphQLLeafType):
                return _leaf(type_)
            case _:
                return None

    def _rows(self, type_: GraphQLObjectType, asked: FieldDetailsList) -> Complete | None:
        fields, deferred, _ = self.collect_subfields(type_, asked)
        if deferred:
            return None
        columns = []
        for details in fields.values():
            column = self._column(type_, details)
            if column is None:
                return None
            columns.append(column)
        names = tuple(fields)

        def rows(objects: Column) -> Column:
            present = [each for each in objects if each is not None]
            zipped = [dict(zip(names, row, strict=True)) for row in zip(*(c(present) for c in columns), strict=True)]
            return zipped if len(present) == len(objects) else _spread(zipped, objects)

        return rows

    def _mixed(self, type_: GraphQLInterfaceType, name_of: GraphQLTypeResolver, asked: FieldDetailsList) -> Complete:
        """Objects of several types, those of each together. What type a node has, it alone tells: no `info` is given."""
        nothing: Any = None
        rows_of = cache(lambda name: self._rows(self._possible(type_, name), asked))

        def complete(objects: Column) -> Column:
            names: list[Any] = [None if each is None else name_of(each, nothing, type_) for each in objects]
            rows: dict[Any, Iterator[Any]] = {}
            for name in {*names} - {None}:
                by_columns = rows_of(name)
                if by_columns is None:
                    raise Unfit
                rows[name] = iter(by_columns([each for each, own in zip(objects, names, strict=True) if own == name]))
            return [None if name is None else next(rows[name]) for name in names]

        return complete

    def _possible(self, type_: GraphQLInterfaceType, name: str) -> GraphQLObjectType:
        found = self.schema.get_type(name)
        if not isinstance(found, GraphQLObjectType) or not self.schema.is_sub_type(type_, found):
            raise Unfit
        return found

    def _column(self, type_: GraphQLObjectType, asked: FieldDetailsList) -> Complete | None:
        name = asked[0].node.name.value
        if name == "__typename":
            return lambda objects: [type_.name] * len(objects)
        field = type_.fields[name]
        read = _reader(field)
        complete = None if read is None else self._of(field.type, asked)
        if read is None or complete is None:
            return None
        return lambda objects: complete(list(map(read, objects)))


def _reader(field: GraphQLField) -> Callable[[Any], Any] | None:
    """How a field is read where it needs nothing but its object."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or field.args:
        return None
    if definition.is_basic_field:
        return attrgetter(definition.python_name)
    read: Callable[[Any], Any] | None = definition.metadata.get(READ)
    return read


def _without_nulls(inner: Complete) -> Complete:
    def complete(values: Column) -> Column:
        done = inner(values)
        if None in done:
            raise Unfit
        return done

    return complete


def _of_lists(inner: Complete) -> Complete:
    """All lists of a column as one, cut apart again."""

    def complete(lists: Column) -> Column:
        done = iter(inner([value for each in lists if each for value in each]))
        return [None if each is None else list(islice(done, len(each))) for each in lists]

    return complete


def _spread(rows: Column, objects: Column) -> Column:
    """The rows in the places of the objects that are there."""
    following = iter(rows)
    return [None if each is None else next(following) for each in objects]


@cache
def _leaf(type_: GraphQLLeafType) -> Complete:
    as_it_is = _AS_IT_IS.get(type_.name)
    written = _written(type_)

    def complete(values: Column) -> Column:
        if as_it_is is not None and as_it_is(values):
            return values
        return [None if value is None else written(value) for value in values]

    return complete


def _written(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    enum = getattr(type_, "wrapped_cls", None)  # strawberry's enums have one, those of introspection have none
    if isinstance(type_, GraphQLEnumType) and enum is not None:
        return {enum(value.value): name for name, value in type_.values.items()}.__getitem__
    return type_.coerce_output_value


def _all(*kinds: type) -> Callable[[Column], bool]:
    wanted = {*kinds, type(None)}
    return lambda values: wanted.issuperset(map(type, values))


def _small(values: Column) -> bool:
    return all(value is None or (type(value) is int and -(2**31) <= value < 2**31) for value in values)


def _finite(values: Column) -> bool:
    return all(value is None or (type(value) is float and isfinite(value)) for value in values)


_AS_IT_IS: dict[str, Callable[[Column], bool]] = {
    GraphQLString.name: _all(str),
    GraphQLID.name: _all(str),
    GraphQLBoolean.name: _all(bool),
    GraphQLInt.name: _small,
    GraphQLFloat.name: _finite,
}
"""Whether a column of a built-in scalar is already what is sent."""
