"""Our own processes killed and frozen: faults 1 and 6."""

import random
from pathlib import Path

import pytest

from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds

DYING = str(Path(__file__).with_name("worker_that_dies.py"))


@pytest.mark.parametrize("point", ["claimed", "written"])
def test_a_worker_killed_while_it_indexes(stage: Stage, point: str) -> None:
    for worker in stage.workers:
        worker.kill()
    with Trial(stage, f"1 worker killed once it has {point} marks") as trial:
        trial.row.times = rounds(5, 2)
        for _ in range(trial.row.times):
            dying = stage.worker("dying", program=(DYING, point))
            with trial.load():
                dying.begin()
                dying.dies(60)
        stage.whole()
        trial.healed()
        trial.settle()


def test_a_worker_killed_at_any_moment(stage: Stage) -> None:
    chance = random.Random(1)
    with Trial(stage, "1 worker killed at any moment") as trial:
        trial.row.times = rounds(6, 2)
        for _ in range(trial.row.times):
            worker = chance.choice(stage.workers)
            with trial.load(chance.random()):
                worker.kill()
            worker.start()
        trial.healed()
        trial.settle()
