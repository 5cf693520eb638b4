"""kill -9 at any moment loses nothing that was acknowledged, and no job hangs (promises 1 and 6)."""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.server import Server, running, until

KILLS = 25
ADD = """mutation($text: String!, $key: String!) {
  addMemory(input: {text: $text, user: "ada", idempotencyKey: $key}) {
    memory { id } created job { id } userErrors { code message }
  }
}"""
BY_ID = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Memory { id text status } } }"
SEARCH = "query($query: String!) { search(query: $query, mode: KEYWORD, first: 1) { nodes { id } } }"
OPEN_JOBS = "{ jobs(states: [PENDING, PROCESSING], first: 1) { nodes { id state } } }"


class Writer(threading.Thread):
    """Adds numbered memories until the server is gone; keeps what was acknowledged."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self._server, self._label = server, name
        self.acknowledged: dict[str, str] = {}
        self.unsure: list[tuple[str, str]] = []

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            for number in range(10_000):
                key = f"note{self._label}x{number}"
                text = f"{key}: the bridge at Kilometre {number} opened on 3 May 2024."
                try:
                    data = self._server.ask(client, ADD, text=text, key=key)
                except httpx.TransportError:
                    self.unsure.append((text, key))
                    return
                assert data["addMemory"]["userErrors"] == []
                self.acknowledged[data["addMemory"]["memory"]["id"]] = text


@pytest.mark.process
def test_25_kills_lose_nothing_acknowledged_and_leave_no_job_hanging(tmp_path: Path) -> None:
    data = tmp_path / "data"
    chance = random.Random(7)
    key: str | None = None
    acknowledged: dict[str, str] = {}
    unsure: list[tuple[str, str]] = []
    for kill in range(KILLS):
        with running(data, key, job_lease="2", embedder="numpy") as server:
            key = server.key
            writers = [Writer(server, f"{kill}x{index}") for index in range(3)]
            for writer in writers:
                writer.start()
            until(lambda: any(writer.acknowledged for writer in writers))  # noqa: B023  (called at once)
            time.sleep(chance.uniform(0.0, 0.5))
            server.kill()
            for writer in writers:
                writer.join()
                acknowledged |= writer.acknowledged
                unsure += writer.unsure
    assert len(acknowledged) >= KILLS
    with running(data, key, job_lease="2", embedder="numpy") as server, httpx.Client(timeout=10) as client:
        found: dict[str, str] = {}
        ids = list(acknowledged)
        for start in range(0, len(ids), 100):
            nodes = server.ask(client, BY_ID, ids=ids[start : start + 100])["nodes"]
            found |= {node["id"]: node["text"] for node in nodes if node}
        assert found == acknowledged
        for text, retry_key in unsure:
            first = server.ask(client, ADD, text=text, key=retry_key)["addMemory"]
            second = server.ask(client, ADD, text=text, key=retry_key)["addMemory"]
            assert first["memory"] == second["memory"], "a retry under the same key has one effect"
            acknowledged[first["memory"]["id"]] = text
        for id_ in chance.sample(ids, 20):
            hits = server.ask(client, SEARCH, query=acknowledged[id_].split(":")[0])["search"]["nodes"]
            assert [hit["id"] for hit in hits] == [id_]
        until(lambda: server.ask(client, OPEN_JOBS)["jobs"]["nodes"] == [], seconds=120)
        statuses = []
        for start in range(0, len(ids), 100):
            nodes = server.ask(client, BY_ID, ids=ids[start : start + 100])["nodes"]
            statuses += [node["status"] for node in nodes]
        assert set(statuses) == {"COMPLETED"}
        assert server.stop() == 0
