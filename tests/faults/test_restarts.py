"""Everything restarted in any order under load, and Redis emptied: faults 10 and 11."""

import random
import time

from redis import Redis

from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds

FLAT = 1.25
"""By so much a process that lives through all of it may grow, from the second round to the last."""


def test_everything_restarted_in_any_order_under_load(stage: Stage) -> None:
    chance = random.Random(10)
    witness = stage.apis[1]
    with Trial(stage, "10 everything restarted in any order") as trial:
        memory: list[int] = []
        for _ in trial.repeated(rounds(20, 3)):
            order = [program for program in [*stage.servers.all, *stage.programs] if program is not witness]
            chance.shuffle(order)
            with trial.load(0.2):
                for program in order:
                    chance.choice((program.kill, program.stop))()
                    program.begin()
                    time.sleep(chance.uniform(0, 0.5))
                for program in order:
                    program.wait()
            trial.healed()
            memory.append(witness.memory)
        trial.settle()
        first, last = memory[1], memory[-1]
        trial.row.seen.append(f"an API process that lived through it: {first >> 20} MB, at the end {last >> 20} MB")
        assert last <= first * FLAT


def test_redis_emptied_and_restarted(stage: Stage) -> None:
    with Trial(stage, "11 Redis emptied, killed, started") as trial:
        for number in trial.repeated(rounds(6, 2)):
            with trial.load():
                if number % 2 == 0:
                    with Redis(port=stage.servers.ports["redis"], password=stage.servers.password) as redis:
                        redis.flushall()
                else:
                    stage.servers.redis.kill()
                    time.sleep(2)
                    stage.servers.redis.start()
            trial.healed()
        trial.settle()
        assert {each.ended for each in trial.asked} == {"ok"}, "nobody noticed"
