"""Clocks an hour off, one way and the other, in an API process and a worker each: fault 9."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import httpx

from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds

OFF = str(Path(__file__).with_name("an_hour_off.py"))
HOUR = "3600"
ATTEMPTS = "query { jobs(first: 100) { nodes { attempts } } }"
KEY = """mutation($until: DateTime!) {
  createApiKey(input: {name: "short", scopes: [READ], expiresAt: $until}) { secret userErrors { code } }
}"""


def test_clocks_that_are_an_hour_off(stage: Stage) -> None:
    for program in stage.programs:
        program.kill()
    clocks = {"ahead": (OFF, HOUR), "behind": (OFF, f"-{HOUR}")}
    apis = [stage.api(f"api-{name}", program=clock) for name, clock in clocks.items()]
    workers = [stage.worker(name, program=clock, job_lease="60", index_lease="60") for name, clock in clocks.items()]
    programs = [*apis, *workers]
    for program in programs:
        program.begin()
    try:
        for program in programs:
            program.wait()
        assert all("clock.differs" in program.said for program in programs)
        with Trial(stage, "9 clocks an hour off", apis=apis) as trial:
            with trial.load(rounds(10, 3)):
                until = datetime.now(UTC) + timedelta(seconds=8)
                key = trial.prober.client.learn(KEY, until=until.isoformat())["createApiKey"]["secret"]
                assert [_status(api.address, key) for api in apis] == [200, 200], "neither takes it for expired"
            trial.healed()
            trial.settle()
            jobs = [job for w in trial.loaders for job in w.client.learn(ATTEMPTS)["jobs"]["nodes"]]
            assert {job["attempts"] for job in jobs} == {1}, "no lease was lost, none taken over early"
            sleep(max(0.0, (until - datetime.now(UTC)).total_seconds() + 1))
            assert [_status(api.address, key) for api in apis] == [401, 401], "both see that it has expired"
    finally:
        for program in programs:
            program.kill()


def _status(address: str, key: str) -> int:
    asked = {"query": "{ viewer { organization { id } } }"}
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.post(f"{address}/graphql", json=asked, headers=headers, timeout=20, trust_env=False).status_code
