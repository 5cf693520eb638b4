"""The fault tests run by `make faults` and `make faults-quick` only: they break servers, which takes minutes."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.report import table
from tests.faults.stage import Stage, staged
from tests.faults.trial import ROWS, RUN
from tests.faults.workload import Client, Writer

_STEPS = 30
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if _HERE in item.path.parents]
    for item in here if not RUN else ():
        item.add_marker(pytest.mark.skip(reason="breaks servers of its own: run `make faults-quick` or `make faults`"))


@pytest.fixture(scope="session")
def running_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("stage")) as stage:
        warm = Writer("warm", Client(stage.found("warm"), stage.apis), seed=0)
        warm.warm(_STEPS)
        warm.client.close()
        yield stage


@pytest.fixture
def stage(running_stage: Stage) -> Iterator[Stage]:
    """Everything runs, before and after."""
    yield running_stage
    running_stage.whole()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ROWS:
        return
    terminalreporter.section("faults")
    for line in table(ROWS):
        terminalreporter.write_line(line)
    if path := os.environ.get("FAULTS_REPORT"):
        _write(Path(path))


def _write(path: Path) -> None:
    today = time.strftime("%Y-%m-%d")
    head = f"# Faults, as tried on {today}\n\nWritten by `make faults`, {os.cpu_count()} cores.\n\n"
    path.write_text(head + "\n".join(table(ROWS)) + "\n", encoding="utf-8")
