"""The printed schema is the reviewed one, and it keeps to its own rules."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_specified_scalar_type,
)

from app.domain import errors
from app.domain.ids import PREFIXES
from app.domain.query import TimeRange
from app.services import inputs
from resolvers.inputs.accounts import CreateApiKeyInput
from resolvers.inputs.filters import EntityFilter, MemoryEventFilter, MemoryFilter, TimeRangeInput
from resolvers.inputs.forgetting import ForgetMemoriesInput
from resolvers.inputs.keypaths import StoreAtKeypathInput
from resolvers.inputs.memories import (
    AddConversationInput,
    LinkInput,
    MemoryInput,
    MessageInput,
    SourceInput,
    UpdateMemoryInput,
)
from resolvers.inputs.merging import MergeEntitiesInput
from resolvers.inputs.prompts import ComposePromptInput
from resolvers.inputs.understanding import SummarizeMemoriesInput
from resolvers.schema import make_schema, printed

ROOT = Path(__file__).parents[2]
SCHEMA = make_schema()._schema
TYPES: dict[str, GraphQLNamedType] = {
    name: type_
    for name, type_ in SCHEMA.type_map.items()
    if not name.startswith("__") and not is_specified_scalar_type(type_)
}


def objects() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    return (each for each in TYPES.values() if isinstance(each, GraphQLObjectType | GraphQLInterfaceType))


def fields() -> Iterator[tuple[str, GraphQLField]]:
    return ((f"{each.name}.{name}", field) for each in objects() for name, field in each.fields.items())


def described() -> Iterator[tuple[str, str | None]]:
    for type_ in TYPES.values():
        yield type_.name, type_.description
        match type_:
            case GraphQLEnumType():
                yield from ((f"{type_.name}.{name}", value.description) for name, value in type_.values.items())
            case GraphQLInputObjectType():
                yield from ((f"{type_.name}.{name}", field.description) for name, field in type_.fields.items())
    for place, field in fields():
        yield place, field.description
        yield from ((f"{place}({name}:)", argument.description) for name, argument in field.args.items())


def test_the_committed_schema_is_the_printed_one() -> None:
    assert printed() == (ROOT / "schema.graphql").read_text(), "run `python -m app print-schema > schema.graphql`"


def test_everything_is_described() -> None:
    assert [place for place, description in described() if not description] == []


def test_a_mutation_takes_one_input_and_answers_with_one_payload() -> None:
    mutation = SCHEMA.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        assert str(field.args["input"].type) == f"{name[0].upper()}{name[1:]}Input!"
        payload = TYPES[str(field.type).removesuffix("!")]
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", name


def test_a_connection_is_one_that_relay_reads() -> None:
    connections = {each.name: each for each in objects() if each.name.endswith("Connection")}
    assert len(connections) == 22
    for connection in connections.values():
        noun = connection.name.removesuffix("Connection")
        node = "Memory" if noun == "Search" else noun
        assert str(connection.fields["edges"].type) == f"[{noun}Edge!]!"
        assert str(connection.fields["nodes"].type) == f"[{node}!]!"
        assert str(connection.fields["pageInfo"].type) == "PageInfo!"
    for place, field in fields():
        if str(field.type).removesuffix("!") in connections:
            assert {"first", "after", "last", "before"} <= set(field.args), place


def test_every_id_of_ours_stands_for_a_node() -> None:
    nodes = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type] # an interface
    assert nodes == {"ApiKey" if noun == "key" else noun.capitalize() for noun in PREFIXES}


def test_no_enumeration_is_shown_twice() -> None:
    shown = [each.wrapped_cls for each in TYPES.values() if isinstance(each, GraphQLEnumType)]  # type: ignore[attr-defined] # strawberry's
    assert len(shown) == len(set(shown))


# What an input has beyond the use case's own fields, and what it leaves to it.
INPUTS: list[tuple[type[Any], type[Any], set[str], set[str]]] = [
    (MemoryInput, inputs.NewMemory, set(), set()),
    (MessageInput, inputs.NewMessage, set(), set()),
    (AddConversationInput, inputs.NewConversation, {"idempotency_key"}, set()),
    (SourceInput, inputs.NewSource, set(), set()),
    (UpdateMemoryInput, inputs.MemoryPatch, {"id", "expected_version"}, set()),
    (LinkInput, inputs.NewLink, set(), set()),
    (MemoryFilter, inputs.Where, set(), set()),
    (TimeRangeInput, TimeRange, set(), set()),
    (EntityFilter, inputs.EntityWhere, set(), set()),
    (StoreAtKeypathInput, inputs.NewValue, set(), set()),
    (ForgetMemoriesInput, inputs.ForgetRequest, {"erasure", "dry_run"}, set()),
    (SummarizeMemoriesInput, inputs.SummaryRequest, {"dry_run"}, set()),
    (MergeEntitiesInput, inputs.MergeRequest, set(), set()),
    (ComposePromptInput, inputs.PromptRequest, set(), set()),
    (CreateApiKeyInput, inputs.NewKey, set(), set()),
    (
        MemoryEventFilter,
        inputs.Where,
        {"events"},
        {"ids", "project", "entities", "clusters", "layers", "statuses", "keypath", "importance_min", "importance_max"}
        | {"importances"}
        | {"files", "contains", "metadata"}
        | {"occurred", "valid", "recorded", "life"},
    ),
]


@pytest.mark.parametrize(
    ("given", "target", "extra", "missing"), INPUTS, ids=lambda each: getattr(each, "__name__", "")
)
def test_an_input_has_the_fields_of_its_use_case(
    given: type[Any], target: type[Any], extra: set[str], missing: set[str]
) -> None:
    """They are read across by name: one that is spelled otherwise would be lost in silence."""
    ours = {field.name for field in dataclasses.fields(given)}
    theirs = {field.name for field in dataclasses.fields(target)}
    assert ours - theirs == extra
    assert theirs - ours == missing


def test_every_error_class_is_known_to_the_table() -> None:
    from tests.api.schema.test_errors import TABLE

    classes = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.AppError)}
    assert {type(error) for error, *_ in TABLE} == classes - {errors.AppError}
