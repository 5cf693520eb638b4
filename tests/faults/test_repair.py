"""Two repairs and writers at once, and what cannot be indexed: faults 13 and 14."""

import json
import struct
import subprocess
import sys
import time
from typing import Any

import httpx
from neo4j import GraphDatabase

from app.indexing.repair import Findings
from tests.acceptance.server import until
from tests.embedding_endpoint import vectors
from tests.faults.programs import ROOT
from tests.faults.stage import Stage
from tests.faults.trial import Trial, rounds
from tests.faults.workload import ADD, SEARCH, Note

SHORT_VECTOR = struct.pack("<3f", 1, 0, 0)


def test_two_repairs_beside_writers(stage: Stage) -> None:
    with Trial(stage, "13 two repairs beside writers", writers=2) as trial:
        found = Findings()
        with trial.load():
            ended = time.monotonic() + rounds(20, 5)
            while time.monotonic() < ended:
                found = sum(stage.repaired(trial.tenants, at_once=2), found)
                trial.row.times += 1
        trial.row.seen.append(f"marked meanwhile: {found}")
        trial.healed()
        trial.settle()


def test_what_cannot_be_indexed_keeps_nothing_else(stage: Stage) -> None:
    with Trial(stage, "14 poison in the record") as trial:
        wrong, long, torn = trial.prober.add(3)
        trial.quiet()
        _spoil(stage, wrong, "SET m.vector = $vector, m.vector_dimension = 3", vector=SHORT_VECTOR)
        _spoil(stage, long, "SET m.text = m.text + ' ' + $more", more="many words " * 100_000)
        _spoil(stage, torn, r"SET m.text = m.text + ' \uD800'")
        with trial.load():
            until(lambda: stage.backlog().dead == 1)
        trial.quiet()
        trial.row.seen.append(
            "a vector of the wrong size was given up, 1 MB of text and half a surrogate pair were not"
        )
        doctor = _doctor(stage)
        assert ("fail", "1 were refused for good") in [
            (finding["level"], finding["detail"].split("; ")[-1]) for finding in doctor if finding["name"] == "index"
        ]
        _spoil(stage, wrong, "SET m.vector = null, m.vector_dimension = null, m.vector_model = null")
        _spoil(stage, long, "SET m.text = $text", text=long.text)
        _spoil(stage, torn, "SET m.text = $text", text=torn.text)
        stage.revived()
        trial.healed()
        trial.settle()


def test_poison_is_refused_at_the_door(stage: Stage) -> None:
    with Trial(stage, "14 poison at the door") as trial:
        client, key = trial.prober.client, "poison"
        asked = {"query": ADD, "variables": {"key": key, "memories": [{"text": "x" * 1_000_000}]}}
        headers = {"Authorization": f"Bearer {trial.tenants[0].key}", "Content-Type": "application/json"}
        with httpx.Client(headers=headers, timeout=20, trust_env=False) as http:
            url = f"{stage.apis[0].address}/graphql"
            refused = http.post(url, json=asked).json()["data"]["addMemories"]["userErrors"]
            torn = http.post(url, content=json.dumps(asked).replace("x" * 1_000_000, r"\ud800"))
        assert [problem["code"] for problem in refused] == ["too_long"]
        assert torn.status_code == 400
        stage.embedder.answers.append(lambda texts: vectors([[1.0, 0.0, 0.0]] * len(texts)))
        (note,) = trial.prober.add()
        assert note.certain, "a model that answers nonsense keeps no write"
        trial.healed()
        trial.settle()
        assert client.learn(SEARCH, query=note.text, mode="SEMANTIC")["search"]["nodes"][0]["id"] == note.id


def _spoil(stage: Stage, note: Note, change: str, **values: Any) -> None:
    """What no request can do to a memory, and its mark."""
    address = f"bolt://127.0.0.1:{stage.servers.ports['bolt']}"
    statement: Any = f"MATCH (m:Memory {{id: $id}}) {change} RETURN m.tenant AS tenant, m.id AS id"
    with GraphDatabase.driver(address, auth=("neo4j", stage.servers.password)) as driver:
        (row,) = driver.execute_query(statement, id=note.id, **values, database_="neo4j").records
    stage.mark(row["tenant"], row["id"])


def _doctor(stage: Stage) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "app", "doctor", "--json"]
    said = subprocess.run(command, cwd=ROOT, env=stage.surroundings, timeout=120, capture_output=True, check=False)
    findings: list[dict[str, Any]] = json.loads(said.stdout)["findings"]
    return findings
