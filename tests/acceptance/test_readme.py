"""The README's first five minutes work as they are printed."""

import json
import re
from pathlib import Path

import httpx
import pytest

from tests.acceptance.server import running, until

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BODY = re.compile(r"^ask '(\{.*\})'$", re.MULTILINE)


@pytest.mark.process
def test_every_request_of_the_first_five_minutes_is_answered_without_an_error(tmp_path: Path) -> None:
    bodies = [json.loads(body) for body in BODY.findall(README)]
    assert len(bodies) >= 5
    answers = []
    with running(tmp_path / "data", embedder="numpy") as server, httpx.Client(timeout=30) as client:
        for body in bodies:
            answers.append(server.ask(client, body["query"]))
            until(
                lambda: (
                    server.ask(client, "{ jobs(states: [PENDING, PROCESSING]) { nodes { id } } }")["jobs"]["nodes"]
                    == []
                )
            )
    told = json.dumps(answers)
    assert '"facts": 3' in told
    assert '"reason": "interjection"' in told
    assert "Maya moved from Lyon to Porto" in told
    assert "- (" in told
    assert '"forgetMemories": {"count": 6}' in told
