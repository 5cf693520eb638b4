"""Rules of the house that no linter knows."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("app", "resolvers", "loaders", "tests", "benchmarks")


def sources(*folders: str) -> Iterator[Path]:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return (ROOT / name for name in tracked if name.split("/")[0] in folders and (ROOT / name).exists())


@pytest.mark.parametrize("folder", CODE)
def test_a_file_stays_under_500_lines(folder: str) -> None:
    long = {str(path): n for path in sources(folder) if (n := len(path.read_text("utf-8").splitlines())) >= 500}
    assert long == {}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_is_patched() -> None:
    assert [str(path) for path in sources(*CODE) if any("unittest.mock" in name for name in imported(path))] == []


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def test_the_environment_is_read_in_settings_only() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources("app", "resolvers", "loaders")
        if any(call in {"os.environ", "os.getenv"} for call in calls(path))
    }
    assert readers == {"app/settings.py"}


def test_the_core_asks_ports_for_the_time_and_for_chance() -> None:
    core = {"app/domain", "app/services", "app/extraction", "app/retrieval", "app/identity", "app/jobs"}
    forbidden = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "uuid.uuid4"}
    found = {
        (str(path.relative_to(ROOT)), call)
        for path in sources("app")
        if any(str(path.relative_to(ROOT)).startswith(folder) for folder in core)
        for call in calls(path)
        if call in forbidden or call.startswith(("random.", "secrets."))
    }
    assert found == set()


def test_ci_calls_the_readmes_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in (ROOT / "README.md").read_text("utf-8")


def test_nothing_that_the_code_reads_is_kept_out_of_the_repository() -> None:
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "app", "resolvers", "loaders"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [name for name in ignored if "__pycache__" not in name] == []
