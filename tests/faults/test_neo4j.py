"""Neo4j killed, cut off, silent and full: faults 4, 5, 7 and 8."""

import time

from tests.faults.programs import ballast
from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds
from tests.faults.workload import ADD

KNOWN_AWAY = 2.5
"""Seconds within which a request has its answer while the record is away."""


def test_neo4j_killed_in_the_middle_of_transactions(stage: Stage) -> None:
    with Trial(stage, "4 Neo4j killed amid transactions", writers=2) as trial:
        for _ in trial.repeated(rounds(3, 1)):
            with trial.load():
                with trial.outage():
                    stage.servers.neo4j.kill()
                    time.sleep(5)
                stage.servers.neo4j.start()
                trial.healed()
        assert trial.slowest_away <= KNOWN_AWAY
        trial.settle()


def test_the_answer_to_a_commit_is_lost(stage: Stage) -> None:
    with Trial(stage, "5 answer to COMMIT lost") as trial:
        writer = trial.prober
        for _ in trial.repeated(rounds(10, 4)):
            stage.links.bolt.lose_answer_to_commit()
            (note,) = writer.add()
            assert stage.links.bolt.lost
            assert note.certain, "tried again with its key, it was answered"
            again = writer.client.learn(ADD, key=note.label, memories=[{"text": note.text, "mode": "VERBATIM"}])
            assert [memory["id"] for memory in again["addMemories"]["memories"]] == [note.id]
        trial.healed()
        trial.settle()


def test_neo4j_takes_everything_and_says_nothing(stage: Stage) -> None:
    with Trial(stage, "7 Bolt in a black hole") as trial:
        with trial.load():
            with trial.outage():
                stage.links.bolt.black_hole()
                stage.links.bolt_of_workers.black_hole()
                time.sleep(rounds(60, 20))
            stage.links.bolt.pass_on()
            stage.links.bolt_of_workers.pass_on()
            trial.healed()
            healed = time.monotonic()
            time.sleep(3)
        after = [each for each in trial.asked if each.at > healed]
        assert {each.ended for each in after} == {"ok"}, "the pool holds no connection that leads nowhere"
        assert trial.slowest_away <= KNOWN_AWAY
        trial.settle()


def test_the_disk_under_neo4j_is_full(stage: Stage) -> None:
    stage.demand_disks()
    with Trial(stage, "8 disk full under Neo4j") as trial:
        for _ in trial.repeated(rounds(2, 1)):
            with ballast(stage.folder / "neo4j"), trial.load():
                time.sleep(5)
            stage.servers.neo4j.kill()
            stage.servers.neo4j.start()
            trial.healed()
        trial.settle()
