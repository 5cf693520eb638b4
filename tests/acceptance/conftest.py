"""The command line in both its forms."""

from pathlib import Path

import pytest

from tests.acceptance.command_line import Child, CommandLine, Inside


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return Inside(tmp_path / "data", monkeypatch)


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child(tmp_path / "data")
