"""Weaviate killed, silent and full: faults 2, 3, 7 and 8."""

import random
import time

from tests.acceptance.server import until
from tests.faults.programs import ballast
from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds
from tests.faults.workload import SEARCH

REPLAY = 15.0
"""Seconds after which a worker has looked whether the index's server was started anew, and has replayed deletes."""


def test_weaviate_killed_during_a_batch(stage: Stage) -> None:
    chance = random.Random(2)
    with Trial(stage, "2 Weaviate killed during a batch") as trial:
        for _ in trial.repeated(rounds(4, 1)):
            with trial.load():
                trial.prober.add(100)
                time.sleep(chance.uniform(0, 0.3))
                stage.servers.weaviate.kill()
                time.sleep(2)
            stage.servers.weaviate.start()
            trial.healed()
        trial.settle()


def test_weaviate_killed_right_after_deletes(stage: Stage) -> None:
    with Trial(stage, "3 Weaviate killed right after deletes") as trial:
        came_back = 0
        writer = trial.prober
        for _ in trial.repeated(rounds(3, 1)):
            notes = [note for _ in range(4) for note in writer.add(5)]
            trial.quiet()
            for note in notes[:10]:
                writer.forget(note, "ERASE")
            trial.quiet()
            stage.servers.weaviate.kill()
            stage.servers.weaviate.start()
            came_back += len(stage.indexed(trial.tenants[0])) - len(stage.recorded(trial.tenants[0]))
            for note in notes:
                writer.look(note)
            trial.healed()
            time.sleep(REPLAY)
        trial.row.seen.append(f"{came_back} came back in the index")
        trial.settle()


def test_weaviate_takes_everything_and_says_nothing(stage: Stage) -> None:
    with Trial(stage, "7 gRPC in a black hole") as trial:
        writer = trial.prober
        with trial.load():
            stage.links.grpc.black_hole()
            stage.links.rest.black_hole()
            time.sleep(rounds(60, 20))
            (note,) = writer.add()
            assert note.certain, "writes go on"
            began = time.monotonic()
            found = [writer.client.ask(SEARCH, query=note.label, mode="HYBRID")["search"] for _ in range(5)]
            trial.row.seen.append(f"a degraded search {(time.monotonic() - began) / 5:.2f} s")
            assert {answer["degraded"] for answer in found} == {True}
            assert {note.id} == {hit["id"] for answer in found for hit in answer["nodes"] if hit["text"] == note.text}
            stage.links.grpc.pass_on()
            stage.links.rest.pass_on()
            trial.healed()
        trial.settle()


def test_weaviate_takes_no_writes_because_its_disk_is_full(stage: Stage) -> None:
    stage.demand_disks()
    with Trial(stage, "8 disk full under Weaviate: READONLY") as trial:
        trial.other.add()
        trial.quiet()
        with ballast(stage.folder / "weaviate"):
            until(lambda: "READONLY" in stage.servers.weaviate.said)
            trial.other.add()
            with trial.load():
                time.sleep(rounds(60, 15))
            waiting = stage.backlog()
            assert waiting.waiting > 0
            trial.row.seen.append(f"{waiting.waiting} memories waited, {waiting.dead} were given up")
        stage.servers.weaviate.kill()
        stage.servers.weaviate.start()
        trial.healed()
        trial.settle()
