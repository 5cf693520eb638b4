"""Our own processes killed and frozen: faults 1 and 6."""

import random
import time
from pathlib import Path

import pytest

from tests.faults.stage import LEASE, Stage
from tests.faults.trial import Trial, rounds

DYING = str(Path(__file__).with_name("worker_that_dies.py"))


@pytest.mark.parametrize("point", ["claimed", "writing", "written"])
def test_a_worker_killed_while_it_indexes(stage: Stage, point: str) -> None:
    for worker in stage.workers:
        worker.kill()
    with Trial(stage, f"1 worker killed when it has {point}") as trial:
        for _ in trial.repeated(rounds(4, 1)):
            dying = stage.worker("dying", program=(DYING, "SIGKILL", point))
            with trial.load():
                dying.begin()
                dying.dies()
        stage.whole()
        trial.healed()
        trial.settle()


def test_a_worker_killed_at_any_moment(stage: Stage) -> None:
    chance = random.Random(1)
    with Trial(stage, "1 worker killed at any moment") as trial:
        for _ in trial.repeated(rounds(6, 2)):
            worker = chance.choice(stage.workers)
            with trial.load(chance.random()):
                worker.kill()
            worker.start()
        trial.healed()
        trial.settle()


@pytest.mark.parametrize("point", ["claimed", "writing", "written"])
def test_a_worker_frozen_past_its_lease_while_another_writes_what_is_newer(stage: Stage, point: str) -> None:
    for worker in stage.workers:
        worker.kill()
    with Trial(stage, f"6 worker frozen past its lease, {point}") as trial:
        frozen = stage.worker("frozen", program=(DYING, "SIGSTOP", point))
        writer = trial.prober
        (note,) = writer.add()
        frozen.begin()
        frozen.halts()
        try:
            writer.update(note)
            stage.workers[0].start()
            time.sleep(LEASE + 1)
            trial.quiet()
            writer.update(note)
            trial.quiet()
        finally:
            frozen.thaw()
        trial.healed()
        time.sleep(1)
        trial.settle()
        assert stage.indexed(trial.tenants[0]) == stage.recorded(trial.tenants[0])
        frozen.kill()
