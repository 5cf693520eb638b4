"""The command line in both its forms."""

import asyncio
from pathlib import Path

import pytest

from app.adapters.embedding.minilm import open_minilm
from tests.acceptance.command_line import Child, CommandLine, Inside, furnished


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedding model, built once for all data folders."""
    folder = tmp_path_factory.mktemp("models")

    async def build() -> None:
        async with open_minilm(cache=folder) as model:
            await model.warm()

    asyncio.run(build())
    return folder


@pytest.fixture
def data(tmp_path: Path, models: Path) -> Path:
    return furnished(tmp_path / "data", models)


@pytest.fixture
def cli(data: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return Inside(data, monkeypatch)


@pytest.fixture
def child(data: Path) -> Child:
    return Child(data)
