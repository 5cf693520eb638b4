"""A server for the stories of all dialects, on each store; every story has an organization of its own.

It ends with these tests: others empty the stores that it works on.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import models
from tests.dialects.house import House, opened_house, settings_of

__all__ = ["models"]


@pytest.fixture(scope="package")
def embedded_house(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[House]:
    """For what does not depend on the store: reading requests, wording errors."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    with settings_of("sqlite", folder, models) as settings, opened_house(settings) as house:
        yield house


@pytest.fixture(scope="package", params=["sqlite", pytest.param("neo4j", marks=pytest.mark.live)])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("dialects") / "data"
    with settings_of(request.param, folder, models) as settings, opened_house(settings) as house:
        yield house
