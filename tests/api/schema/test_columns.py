"""Lists by columns: the same answers as graphql-core's own way, to the letter, with less work."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import pytest
from graphql import build_client_schema, get_introspection_query
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import Kind, LinkType, Memory, Status
from app.domain.principal import Principal
from app.services.bundle import Services
from app.services.explore import Explore
from app.services.inputs import Selection, Slice, Sort
from app.services.results import Item, Listing
from resolvers.columns import ColumnExecutor
from resolvers.context import Context
from resolvers.mutations import Mutation
from resolvers.queries import Query
from resolvers.scalars import SCALARS
from resolvers.schema import OperationSchema
from tests.api.schema.graph import small_graph
from tests.api.schema.world import World

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLAIN = ["id", "label", "text", "title", "kind", "type", "importance", "tags", "metadata", "createdAt", "occurredAt"]
PLAIN += ["status", "version", "position", "__typename"]


class CountingExecutor(ColumnExecutor):
    """Counts the fields that go the ordinary way."""

    fields = 0

    def execute_field(self, *args: Any, **kwargs: Any) -> Any:
        type(self).fields += 1
        return super().execute_field(*args, **kwargs)


def schema(executor: type[Any]) -> OperationSchema:
    return OperationSchema(
        query=Query,
        mutation=Mutation,
        execution_context_class=executor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


BY_COLUMNS, BY_FIELDS = schema(CountingExecutor), schema(StrawberryGraphQLCoreExecutionContext)


class Given(Explore):
    """Lists what it was made with."""

    def __init__(self, memories: Sequence[Memory | None]) -> None:
        self._items = [
            Item(cast("Memory", memory), partial("c{}".format, place)) for place, memory in enumerate(memories)
        ]

    async def memories(self, principal: Principal, *, where: Selection, sort: Sort, page: Slice) -> Listing[Memory]:
        return Listing(items=self._items, has_next=False, has_previous=False)


def memory(number: int, **fields: Any) -> Memory:
    stored: dict[str, Any] = {"id": MemoryId(f"mem_{number}"), "project": ProjectId("prj_1"), "text": f"text {number}"}
    return Memory(**{**stored, "created_at": NOW, "updated_at": NOW, **fields})


memories = st.lists(
    st.builds(
        memory,
        number=st.integers(0, 9),
        title=st.none() | st.text(max_size=3),
        kind=st.none() | st.sampled_from(Kind),
        type=st.none() | st.sampled_from(["fact", LinkType.SIMILAR]),
        status=st.sampled_from(Status),
        tags=st.lists(st.text(max_size=2), max_size=3).map(tuple),
        importance=st.floats(0, 1),
        position=st.none() | st.integers(0, 2**31 - 1),
        metadata=st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
        occurred_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=5,
)
selections = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6).map(" ".join)


def context(stored: Sequence[Memory | None]) -> Context:
    """One that lists these memories and can do nothing else."""
    nothing: Any = None
    able: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(Services)) | {
        "explore": Given(stored)
    }
    return Context(services=Services(**able), principal=nothing, request_id="req_test")


async def answer(stored: Sequence[Memory | None], document: str, **variables: Any) -> Any:
    """The answer, data and errors, which must be the same both ways."""
    answers = []
    for each in (BY_FIELDS, BY_COLUMNS):
        CountingExecutor.fields = 0
        result = await each.execute(document, variables, context(stored))
        answers.append({"data": result.data, "errors": [error.formatted for error in result.errors or []]})
    assert repr(answers[1]) == repr(answers[0])
    return answers[1]


@given(stored=memories, plain=selections)
async def test_any_plain_selection_is_answered_alike(stored: list[Memory], plain: str) -> None:
    document = f"{{ memories {{ nodes {{ {plain} }} edges {{ cursor node {{ {plain} }} }} }} }}"
    assert (await answer(stored, document))["errors"] == []
    assert CountingExecutor.fields == 3  # memories, nodes, edges; or nothing at all below them


async def test_a_plain_list_takes_no_step_a_field() -> None:
    stored = [memory(number) for number in range(100)]
    found = await answer(stored, f"{{ memories {{ nodes {{ {' '.join(PLAIN)} }} }} }}")
    assert len(found["data"]["memories"]["nodes"]) == 100
    assert CountingExecutor.fields == 2


async def test_a_field_with_a_resolver_of_its_own_goes_the_ordinary_way() -> None:
    found = await answer([memory(1)], "{ memories { nodes { id user { id } } } }")
    assert found["data"]["memories"]["nodes"] == [{"id": "mem_1", "user": None}]
    assert CountingExecutor.fields == 4


async def test_aliases_fragments_and_directives() -> None:
    document = (
        "query($yes: Boolean!, $no: Boolean!) { memories { nodes { a: id b: id ...Named ... on Memory { version }"
        " ... on Node @include(if: $no) { id } text @skip(if: $yes) kind @include(if: $yes) } } }"
        " fragment Named on GraphNode { label c: __typename }"
    )
    found = await answer([memory(1, kind=Kind.EPISODIC)], document, yes=True, no=False)
    assert found["data"]["memories"]["nodes"] == [
        {"a": "mem_1", "b": "mem_1", "label": "text 1", "c": "Memory", "version": 1, "kind": "EPISODIC"}
    ]
    assert CountingExecutor.fields == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": None},
        {"importance": float("nan")},
        {"position": 2**31},
        {"kind": "NEITHER"},
        {"tags": ("a", None)},
        {"tags": 5},
        {"text": ValueError("quoted text")},
        {"created_at": None},
        {"metadata": None},
    ],
    ids=str,
)
async def test_what_does_not_fit_is_told_as_ever(wrong: dict[str, Any]) -> None:
    stored = [memory(1), memory(2, **wrong)]
    found = await answer(stored, "{ memories { nodes { id text importance position kind tags createdAt metadata } } }")
    (error,) = found["errors"]
    assert error["path"][:3] == ["memories", "nodes", 1]
    assert (error["message"], error["extensions"]["code"]) == ("Something went wrong", "internal")


async def test_an_object_that_is_missing_is_told_as_ever() -> None:
    (error,) = (await answer([memory(1), None], "{ memories { edges { node { id } } } }"))["errors"]
    assert error["path"] == ["memories", "edges", 1, "node"]


async def test_objects_inside_objects(world: World) -> None:
    """Factors inside edges inside a search: read by columns all the way down."""
    await world.add("Ada lives in Paris")
    document = (
        '{ search(query: "Ada Paris") { edges { score node { text } factors { signal value contribution } }'
        " explain { steps { name } } } }"
    )
    CountingExecutor.fields = 0
    by_columns = await BY_COLUMNS.execute(document, None, world.context())
    assert by_columns.errors is None
    assert by_columns.data is not None
    (edge,) = by_columns.data["search"]["edges"]
    assert edge["node"] == {"text": "Ada lives in Paris"}
    assert [each["signal"] for each in edge["factors"]] == ["words", "meaning"]
    assert CountingExecutor.fields == 4  # search, edges, explain, steps


async def test_nodes_of_several_types(world: World) -> None:
    """Each with the fields of its own type, in the order asked, unknown ones where they were asked for."""
    graph = await small_graph(world)
    memory, ada = graph.memories[0], graph.entities["Ada"]
    user = (await world.ask("query($id: ID!) { memory(id: $id) { user { id } } }", {"id": memory}))["memory"]["user"]
    document = (
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on GraphNode { label }"
        " ... on Memory { text tags } ... on Entity { name } ... on User { externalId } } }"
    )
    answers = []
    for each in (BY_FIELDS, BY_COLUMNS):
        CountingExecutor.fields = 0
        asked = {"ids": [ada, memory, "mem_unknown", user["id"], memory]}
        answers.append(await each.execute(document, asked, world.context()))
    told, by_columns = answers
    assert by_columns.data is not None
    assert repr(by_columns.data) == repr(told.data)
    found = [node and node["__typename"] for node in by_columns.data["nodes"]]
    assert found == ["Entity", "Memory", None, "User", "Memory"]
    assert CountingExecutor.fields == 1


async def test_a_node_with_a_resolver_of_its_own_goes_the_ordinary_way(world: World) -> None:
    memory = (await world.add("Ada lives in Paris", user="ada"))["id"]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Memory { user { externalId } } } }"
    CountingExecutor.fields = 0
    by_columns = await BY_COLUMNS.execute(document, {"ids": [memory]}, world.context())
    assert by_columns.data == {"nodes": [{"id": memory, "user": {"externalId": "ada"}}]}
    assert CountingExecutor.fields == 4


async def test_the_whole_of_introspection_is_answered(world: World) -> None:
    asked = get_introspection_query(directive_is_repeatable=True, schema_description=True, input_value_deprecation=True)
    told = await world.ask(asked)
    assert build_client_schema(cast("Any", told)).query_type is not None
    assert "FIELD" in {place for directive in told["__schema"]["directives"] for place in directive["locations"]}
