"""Reading documents: measured once, kept by their text, refused before they run."""

import sys
from collections.abc import Callable

import pytest
from graphql import GraphQLError, build_schema, parse
from hypothesis import given
from hypothesis import strategies as st

from resolvers.documents import Documents
from resolvers.limits import Limits, exceeded

SCHEMA = build_schema("""
    type Query { thing: Thing, things(first: Int = 20): ThingConnection, nodes(ids: [ID!]!): [Thing], list: [Thing] }
    type Thing { id: ID, name: String, tags: [String], friend: Thing, list: [Thing],
                 things(first: Int, last: Int): ThingConnection, near(limit: Int = 100, depth: Int): Near }
    type ThingConnection { edges: [ThingEdge!]!, nodes: [Thing!]!, pageInfo: PageInfo! }
    type ThingEdge { cursor: String, node: Thing }
    type PageInfo { hasNextPage: Boolean, endCursor: String }
    type Near { nodes: [Thing!]!, truncated: Boolean }
    type Mutation { add(input: AddInput!): Added }
    input AddInput { texts: [String!]! }
    type Added { memories: [Thing!]! }
    type Subscription { things: Thing }
""")


def documents(**limits: int) -> Documents:
    return Documents(limits=Limits(**limits))


def cost(text: str, variables: dict[str, object] | None = None) -> int:
    document = documents().read(SCHEMA, text)
    assert document.errors == ()
    return document.cost(document.operations[0], variables or {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ thing { name } }", 2),
        ("{ thing { name __typename friend { name } } }", 5),
        ("{ thing { tags } }", 2),
        ("{ things(first: 5) { nodes { name } } }", 1 + 5 * 2),
        ("{ things(first: 5) { edges { cursor node { name } } pageInfo { hasNextPage } } }", 1 + 5 * 4 + 2),
        ("{ things { nodes { name } } }", 1 + 20 * 2),
        ("{ things(first: null) { nodes { name } } }", 1 + 20 * 2),
        ("{ thing { things { nodes { name } } } }", 2 + 20 * 2),
        ("{ thing { things(first: 3, last: 7) { nodes { name } } } }", 2 + 7 * 2),
        ("{ thing { near(depth: 4) { nodes { name } truncated } } }", 2 + 100 * 2 + 1),
        ("{ thing { near(limit: 500) { nodes { name } } } }", 2 + 500 * 2),
        ("{ list { name } }", 10 * 2),
        ("{ thing { list { list { name } } } }", 1 + 10 * (1 + 10 * 2)),
        ('{ nodes(ids: ["a", "b"]) { name } }', 10 * 2),
        ("{ nodes(ids: [" + '"a",' * 50 + "]) { name } }", 50 * 2),
        ("{ things(first: 5) { ...C } } fragment C on ThingConnection { nodes { name } }", 1 + 5 * 2),
        ("{ things(first: 5) { ... { nodes { ... on Thing { name } } } } }", 1 + 5 * 2),
        ("{ __schema { queryType { name } } }", 1000),
        ("mutation { add(input: {texts: [" + '"a",' * 50 + "]}) { memories { name } } }", 1 + 50 * 2),
    ],
)
def test_r4_59_the_cost_multiplies_first_along_the_path(text: str, expected: int) -> None:
    assert cost(text) == expected


NESTED = "query($a: Int, $b: Int = 3) { things(first: $a) { nodes { things(first: $b) { nodes { name } } } } }"


@pytest.mark.parametrize(
    ("variables", "a", "b"),
    [
        ({"a": 2}, 2, 3),
        ({"a": 2, "b": 5}, 2, 5),
        ({"a": 2.0, "b": 5}, 2, 5),
        ({"b": 5}, 20, 5),
        ({"a": None}, 20, 3),
        ({"a": "x"}, 20, 3),
        ({"a": True}, 20, 3),
        ({"a": -5}, 0, 3),
        ({"a": 10**30}, 10**30, 3),
    ],
)
def test_r4_59_variables_and_defaults_count(variables: dict[str, object], a: int, b: int) -> None:
    assert cost(NESTED, variables) == 1 + a * (1 + 1 + b * 2)


def test_r4_59_a_list_in_a_variable_counts_by_its_length() -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { name } }"
    assert cost(text, {"ids": ["x"] * 70}) == 70 * 2
    text = "mutation($input: AddInput!) { add(input: $input) { memories { name } } }"
    assert cost(text, {"input": {"texts": ["x"] * 70}}) == 1 + 70 * 2


def test_r4_59_four_levels_of_a_hundred_are_refused() -> None:
    text = "{ name }"
    for _ in range(4):
        text = f"{{ things(first: 100) {{ nodes {text} }} }}"
    reader = documents()
    document = reader.read(SCHEMA, text)
    error = reader.too_costly(document, document.operations[0], {})
    assert error is not None
    assert error.extensions == {"code": "limit_exceeded", "limit": "cost"}


def test_the_cost_is_reckoned_once_for_equal_variables() -> None:
    reader = documents()
    document = reader.read(SCHEMA, NESTED)
    (operation,) = document.operations
    for first in range(1_000):
        assert document.cost(operation, {"a": first}) == 1 + first * 8
    assert len(document._costs) <= 64


def size_errors(text: str, **limits: int) -> list[str]:
    found = exceeded(parse(text), Limits(**limits))
    return [error.extensions["limit"] for error in found if error.extensions]


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("{ a { b { c } } }", {"depth": 2}),
        ("{ ...A } fragment A on Q { b { ...B } } fragment B on Q { c { d } }", {"depth": 2}),
        ("{ a { ... { ... { b } } } }", {"nesting": 3}),
        ("{ a b c }", {"root_fields": 2}),
        ("{ ...A ...A } fragment A on Q { a b }", {"root_fields": 3}),
        ("{ a { x: b ...A ...A } } fragment A on Q { y: c { z: d } }", {"aliases": 4}),
        ("query @a { b @c ... @d { e } ...F @g } fragment F on Q @h { i @j }", {"directives": 5}),
        ("query($v: Int @a @b) { c }", {"directives": 1}),
    ],
)
def test_r4_58_each_limit_counts_what_it_says(text: str, limits: dict[str, int]) -> None:
    ((name, limit),) = limits.items()
    camel = {"root_fields": "rootFields"}.get(name, name)
    assert size_errors(text, **limits) == [camel]
    assert size_errors(text, **{name: limit + 1}) == []


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { a { ...B } } fragment B on Q { b { ...A } }",
        "{ a ...A } fragment A on Q { b { c { ...A } } }",
    ],
)
def test_r4_58_a_fragment_within_itself_is_refused(text: str) -> None:
    assert size_errors(text) == ["fragments"]


def bomb(count: int, leaf: str = "name") -> str:
    links = (f"fragment F{n} on Thing {{friend{{...F{n + 1}}} friend{{...F{n + 1}}}}}" for n in range(count))
    return f"{{thing{{...F0}}}}{''.join(links)}fragment F{count} on Thing{{{leaf}}}"


def test_r4_58_a_bomb_of_fragments_is_read_in_the_time_it_takes_to_read() -> None:
    text = bomb(16)
    assert 850 < len(text) < 1_100
    steps = _steps(lambda: documents(depth=1_000, nesting=1_000).read(SCHEMA, text))
    assert steps < 20 * _steps(lambda: documents(depth=1_000, nesting=1_000).read(SCHEMA, bomb(4)))


def _steps(work: Callable[[], object]) -> int:
    """How many Python calls a piece of work makes: a measure that no busy machine disturbs."""
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_chain_of_thousands_of_fragments_is_refused() -> None:
    links = "".join(f"fragment F{n} on Q{{...F{n + 1}}}" for n in range(3_000))
    assert size_errors(f"{{...F0}}{links}fragment F3000 on Q{{a}}") == ["nesting"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "syntax_error"),
        ("{ nonsense }", "validation_failed"),
        ("query A { thing { name } } query A { thing { name } }", "validation_failed"),
        ("{ thing { name } } { thing { name } }", "validation_failed"),
        ("{ thing { x: name x: id } }", "validation_failed"),
        ("{ thing { name } } fragment F on Thing { name }", "validation_failed"),
        ("{ thing " * 5_000, "syntax_error"),
        ("{ thing { " + "name " * 10_000 + "} }", "limit_exceeded"),
    ],
)
def test_a_bad_document_says_how(text: str, code: str) -> None:
    errors = documents().read(SCHEMA, text).errors
    assert {error.extensions["code"] for error in errors if error.extensions} == {code}


def test_errors_do_not_flood() -> None:
    assert len(documents().read(SCHEMA, "{ " + "nonsense " * 500 + "}").errors) <= 11


def test_r4_61_suggestions_follow_introspection() -> None:
    (error,) = Documents(introspection=True).read(SCHEMA, "{ thin { name } }").errors
    assert "Did you mean" in error.message
    (error,) = Documents(introspection=False).read(SCHEMA, "{ thin { name } }").errors
    assert "Did you mean" not in error.message
    assert Documents(introspection=False).read(SCHEMA, "{ __schema { types { name } } }").errors


@pytest.mark.parametrize("text", ["{ thing { name } }", "{ nonsense }", "{"])
def test_what_was_read_is_kept_the_bad_ones_too(text: str) -> None:
    reader = documents()
    assert reader.read(SCHEMA, text) is reader.read(SCHEMA, text)


def test_the_cache_is_bounded_by_bytes_and_keeps_what_was_used_last() -> None:
    reader = Documents(capacity=200 * 200)
    first = reader.read(SCHEMA, "{ thing { name } }")
    for number in range(100):
        reader.read(SCHEMA, f"{{ a{number}: thing {{ name }} }}")
        assert reader.read(SCHEMA, "{ thing { name } }") is first
    assert reader._held == sum(map(len, reader._kept)) * 200 <= 200 * 200


def test_what_would_fill_the_cache_is_not_kept() -> None:
    reader = Documents(capacity=200 * 100)
    text = "{ thing { name } } " + " " * 100
    assert reader.read(SCHEMA, text) is not reader.read(SCHEMA, text)


def test_an_operation_is_found_by_name_or_because_it_is_the_only_one() -> None:
    document = documents().read(
        SCHEMA, "query A { thing { id } } mutation B { add(input: {texts: []}) { __typename } }"
    )
    a, b = document.operations
    assert document.operation("A") is a
    assert document.operation("B") is b
    for name in (None, "C"):
        error = document.operation(name)
        assert isinstance(error, GraphQLError)
        assert error.extensions == {"code": "operation_not_found"}


@given(st.text('{}()[]:!$@."#, \nabFragmentonqueryTthing0', max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    document = documents().read(SCHEMA, text)
    assert bool(document.errors) is (document.ast is None)
