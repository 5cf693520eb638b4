"""What the page for people offers to run can be run."""

import json
import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "resolvers" / "page.html").read_text("utf-8")
EXAMPLES = [json.loads(text) for text in re.findall(r'": \[\s*("(?:[^"\\]|\\.)*")', PAGE)]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == PAGE.split("const EXAMPLES = {")[1].split("\n};")[0].count('\n  "')


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_fits_the_schema(schema: GraphQLSchema, example: str) -> None:
    assert validate(schema, parse(example)) == []
