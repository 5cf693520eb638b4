"""A memory that was added arrives at a webhook, signed, whoever dies on the way; and the command line's way to all of it."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.command_line import CommandLine, furnished
from tests.acceptance.server import Server, running
from tests.hook_endpoint import Hook, Reply, Taken, open_hook

CREATE = """mutation($url: String!) {
  createWebhook(input: {url: $url, events: ["memory.created", "memory.processed"], headers: [{name: "X-Ours", value: "1"}]}) {
    secret webhook { id } userErrors { code message }
  }
}"""
ADD = 'mutation($text: String!) { addMemory(input: {text: $text, user: "ada"}) { memory { id } userErrors { code } } }'
OPEN = {"webhooks_private": "true", "job_lease": "4"}


@pytest.fixture
def hook() -> Iterator[Hook]:
    with open_hook() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Path:
    return furnished(tmp_path / "data", models)


def genuine(taken: Taken, secret: str) -> dict[str, Any]:
    """What it says, once its signature holds."""
    expected = hmac.new(secret.encode(), taken.body, hashlib.sha256).hexdigest()
    assert taken.headers["x-webhook-signature"] == f"sha256={expected}"
    assert taken.headers["x-webhook-timestamp"].isdigit()
    assert taken.headers["x-ours"] == "1"
    told: dict[str, Any] = json.loads(taken.body)
    return told


def made(server: Server, http: httpx.Client, hook: Hook) -> tuple[str, str]:
    given = server.ask(http, CREATE, url=hook.url)["createWebhook"]
    assert given["userErrors"] == []
    return given["webhook"]["id"], given["secret"]


@pytest.mark.process
def test_a_memory_arrives_signed_after_all_if_the_server_is_killed(folder: Path, hook: Hook) -> None:
    with running(folder, **OPEN, job_workers="0") as silent, httpx.Client(timeout=60) as http:
        _, secret = made(silent, http, hook)
        memory = silent.ask(http, ADD, text="Ada drinks tea at four.")["addMemory"]["memory"]["id"]
        silent.kill()
    assert hook.taken == []
    hook.replies.append(Reply(delay=5))
    with running(folder, silent.key, **OPEN) as server:
        first = hook.wait_for(1)[0]
        server.kill()
    with running(folder, silent.key, **OPEN):
        taken = hook.wait_for(3)
    told = [genuine(each, secret) for each in taken]
    assert genuine(first, secret)["data"]["id"] == memory
    assert {each["event"] for each in told} == {"memory.created", "memory.processed"}
    assert {each["data"]["id"] for each in told} == {memory}
    assert {each["data"]["text"] for each in told} == {"Ada drinks tea at four."}
    assert len({each["id"] for each in told}) == 2, "what is sent again keeps its id"


def test_the_command_line_makes_tries_shows_and_removes(cli: CommandLine, hook: Hook) -> None:
    cli("add", "Something.")
    given = ("--event", "memory.created", "--header", "X-Ours: 1")
    created = cli("webhooks", "create", hook.url, *given, MNEMOGRAPH_WEBHOOKS_PRIVATE="true")
    assert (created.code, created.out.strip()[:9]) == (0, "whs_live_")
    (listed,) = cli("webhooks", "list", "--json").document
    assert (listed["url"], listed["events"], listed["headers"]) == (hook.url, ["memory.created"], {"X-Ours": "1"})
    assert created.out.strip() not in cli("webhooks", "list").out
    hook.replies.append(Reply(500))
    test = ("webhooks", "test", listed["id"])
    assert cli(*test, MNEMOGRAPH_WEBHOOKS_PRIVATE="true").out.strip() == "FAILED: answered 500"
    assert cli(*test, "--json", MNEMOGRAPH_WEBHOOKS_PRIVATE="true").document["state"] == "SUCCESS"
    assert genuine(hook.taken[1], created.out.strip())["event"] == "webhook.test"
    sent = cli("webhooks", "deliveries", listed["id"], "--json").document
    assert [(each["state"], each["attempts"]) for each in sent] == [("SUCCESS", 1), ("FAILED", 1)]
    assert sent[0]["event"] == "webhook.test"
    assert "SUCCESS" in cli("webhooks", "deliveries", listed["id"]).out
    assert "Deleted whk_" in cli("webhooks", "delete", listed["id"]).out
    assert cli("webhooks", "list", "--json").document == []
    assert "there is no such webhook" in cli(*test).err


def test_the_command_line_changes_what_is_given_of_a_webhook(cli: CommandLine) -> None:
    cli("add", "Something.")
    id_ = cli("webhooks", "create", "https://a.example/", "--header", "X-Ours: 1", "--json").document["id"]
    changed = cli("webhooks", "update", id_, "--event", "memory.created", "--off", "--description", "ours", "--json")
    assert (changed.code, changed.document["url"], changed.document["headers"]) == (
        0,
        "https://a.example/",
        {"X-Ours": "1"},
    )
    assert (changed.document["events"], changed.document["active"], changed.document["description"]) == (
        ["memory.created"],
        False,
        "ours",
    )
    assert cli("webhooks", "update", id_, "--url", "https://b.example/", "--active").out == f"Changed {id_}.\n"
    emptied = cli("webhooks", "update", id_, "--header", "", "--description", "", "--json").document
    assert (emptied["url"], emptied["active"]) == ("https://b.example/", True)
    assert {"headers", "description"} & set(emptied) == set()
    assert cli("webhooks", "update", id_).code == 2
    assert cli("webhooks", "update", "whk_00000000000000000000000000", "--off").code == 4


def test_what_the_command_line_cannot_make_it_says(cli: CommandLine) -> None:
    cli("add", "Something.")
    refused = cli("webhooks", "create", "http://127.0.0.1/")
    assert refused.code != 0
    assert "must begin with https://" in refused.err
    assert "must be like Name: value" in cli("webhooks", "create", "https://a.example/", "--header", "X").err
