"""The README's first five minutes, done as a reader does them: its requests in order, on a fresh server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.command_line import ROOT, furnished
from tests.acceptance.server import Server, running, until

pytestmark = pytest.mark.process

README = (ROOT / "README.md").read_text("utf-8")
TOLD = re.compile(r"```sh\nask '(.*?)'\n```\n```json\n(.*?)\n```", re.DOTALL)
WATCHED = re.compile(r"curl -sN .*? -d '(.*?)'\n```", re.DOTALL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Server]:
    with running(furnished(tmp_path_factory.mktemp("readme") / "data", models)) as server:
        yield server


def shape(value: Any) -> Any:
    """The names in an answer, lists by their first element."""
    match value:
        case dict():
            return {name: shape(inner) for name, inner in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case _:
            return None


def test_its_requests_get_answers_of_the_form_that_it_shows(server: Server) -> None:
    examples = TOLD.findall(README)
    assert len(examples) == 5
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    answers = ""
    with httpx.Client(headers=headers, timeout=30) as http:
        for request, told in examples:
            answer = http.post(server.url, content=request)
            assert answer.status_code == 200
            answers += answer.text
            assert shape(answer.json()) == shape(json.loads(told.replace(", …", "")))
            if "addConversation" in request:
                until(lambda: not pending(server, http))
    assert '"facts":3' in answers
    assert '"reason":"interjection"' in answers
    assert '"text":"I moved from Lyon to Porto last week.' in answers
    assert '"forgetMemories":{"count":6}' in answers


def pending(server: Server, http: httpx.Client) -> list[Any]:
    jobs: list[Any] = server.ask(http, "{ jobs(states: [PENDING, PROCESSING]) { nodes { id } } }")["jobs"]["nodes"]
    return jobs


def test_its_stream_begins_with_the_present(server: Server) -> None:
    (request,) = WATCHED.findall(README)
    headers = {"X-API-Key": server.key, "Content-Type": "application/json", "Accept": "text/event-stream"}
    with httpx.stream("POST", server.url, content=request, headers=headers, timeout=30) as stream:
        told = next(line for line in stream.iter_lines() if line.startswith("data:"))
    assert json.loads(told.removeprefix("data:")) == {"data": {"memoryEvents": {"kind": None, "memory": None}}}


def test_its_python_example_runs(server: Server) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    named: dict[str, Any] = {"key": server.key}
    exec(example.replace("http://127.0.0.1:8000", server.address), named)  # noqa: S102 - the README's own words
    answer = named["answer"]
    named["api"].close()
    assert "errors" not in answer.json()
    assert shape(answer.json())["data"]["search"]["edges"] == [
        {"score": None, "node": {"text": None, "occurredAt": None}}
    ]


def test_every_command_that_it_names_exists() -> None:
    from app.commands.line import app

    table = README.split("| command | what it does |")[1].split("## Settings")[0]
    named = {
        row.split()[0]
        for rows in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
        for row in re.findall(r"`(.*?)`", rows)
    }
    known = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    assert named == known
