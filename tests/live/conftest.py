"""What live suites share."""

from collections.abc import Iterator

import pytest

from tests.live.neo4j_server import TestsOwn, tests_own


@pytest.fixture(scope="session")
def neo4j_data() -> Iterator[TestsOwn]:
    with tests_own() as own:
        yield own
