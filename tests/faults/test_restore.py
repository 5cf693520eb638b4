"""Backup, both stores destroyed, restored, the index rebuilt: fault 12."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.acceptance.server import until
from tests.faults.programs import ROOT
from tests.faults.stage import Stage
from tests.faults.trial import Trial
from tests.faults.workload import SEARCH, Client

QUESTIONS = ("the bridge", "kilometre", "opened in May", "which bridge opened on 3 May 2024?", "2024")
MODES = ("KEYWORD", "SEMANTIC", "HYBRID")


def test_both_stores_destroyed_and_restored(stage: Stage) -> None:
    with Trial(stage, "12 backup, both stores destroyed, restore, reindex") as trial:
        with trial.load(2):
            pass
        trial.quiet()
        before = [_answers(writer.client) for writer in trial.loaders]
        archive = stage.folder / "archive"
        _command(stage, "backup", str(archive))
        for program in [*stage.programs, stage.servers.neo4j, stage.servers.weaviate]:
            program.kill()
        for name in ("neo4j", "weaviate"):
            _destroyed(stage.folder / name)
        stage.servers.neo4j.start()
        stage.servers.weaviate.start()
        _command(stage, "restore", str(archive))
        stage.whole()
        _command(stage, "reindex")
        until(lambda: not any(_degraded(writer.client) for writer in trial.loaders))
        assert [_answers(writer.client) for writer in trial.loaders] == before
        trial.healed()
        trial.settle()


def _answers(client: Client) -> list[list[str]]:
    return [
        [hit["id"] for hit in client.learn(SEARCH, query=question, mode=mode)["search"]["nodes"]]
        for question in QUESTIONS
        for mode in MODES
    ]


def _degraded(client: Client) -> bool:
    answers = [client.learn(SEARCH, query="the bridge", mode=mode)["search"] for mode in MODES]
    return any(answer["degraded"] for answer in answers)


def _command(stage: Stage, *arguments: str) -> None:
    command = [sys.executable, "-m", "app", *arguments]
    subprocess.run(command, cwd=ROOT, env=stage.surroundings, check=True, timeout=120, capture_output=True)


def _destroyed(folder: Path) -> None:
    """The folder stays: it may be a mount."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
