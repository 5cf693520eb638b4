from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.schema.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A fresh organization with its default project."""
    async with open_world(tmp_path) as opened:
        await opened.ask('mutation { createProject(input: {slug: "default"}) { userErrors { message } } }')
        opened.store.reads = 0
        yield opened
