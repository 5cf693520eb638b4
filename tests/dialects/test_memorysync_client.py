"""MemorySync's own Python client, unchanged but for base URL and key: each method that has a route here."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.domain.keys import Dialect
from app.services.inputs import NewMemory
from tests.dialects.house import House
from tests.papers import a_pdf

memorysync = pytest.importorskip("memorysync")


@pytest.fixture
def client(house: House) -> Iterator[Any]:
    key = house.key(house.organization(), Dialect.MEMORYSYNC, "read", "write")
    with memorysync.MemorySyncClient(key, house.url, end_user_id="ada") as client:
        yield client


@pytest.fixture
async def twin(house: House) -> AsyncIterator[Any]:
    key = house.key(house.organization(), Dialect.MEMORYSYNC, "read", "write")
    async with memorysync.AsyncMemorySyncClient(key, house.url, end_user_id="ada") as client:
        yield client


def test_add_and_what_is_recognised(client: Any) -> None:
    added = client.add("Maya moved the launch to Friday.", source="chat", tags=["plan"], client_ref="r1")
    assert isinstance(added, memorysync.Memory)
    assert (added.text, added.tags, added.source) == ("Maya moved the launch to Friday.", ["plan"], "chat")
    again = client.add("Maya moved the launch to Friday.", client_ref="r1")
    assert (again.status, again.reason, again.memory_ids) == ("skipped", "already_ingested", [added.id])
    assert client.add("Thanks a lot!!").reason == "no_high_value_content"
    assert client.add("Eve lives in Lisbon now.", end_user_id="eve").id not in {m.id for m in memories_of(client)}


def memories_of(client: Any) -> list[Any]:
    return [memorysync.Memory.from_dict(one) for one in client.export_all().memories]


def same(found: Any, added: Any) -> bool:
    """What was added, but for the moment at which the extraction behind it ended."""
    return bool(replace(found, updated_at=added.updated_at) == added and found.updated_at >= added.updated_at)


def test_get_update_history_and_export(house: House, client: Any) -> None:
    added = client.add("The red bicycle is in the cellar.", metadata={"n": 1}, importance=0.4, session_id="s1")
    house.at_rest()
    assert same(client.get(added.id), added)
    changed = client.update(added.id, tags=["a"], importance=0.9, metadata={"n": 2}, source="mail", event_type="note")
    assert (changed.tags, changed.importance, changed.metadata) == (["a"], 0.9, {"n": 2})
    assert (changed.source, changed.event_type) == ("mail", "note")
    told = client.history(added.id)
    assert [entry.event for entry in told.revisions] == ["created", "updated"]
    assert told.revisions[1].diff["importance"] == {"old": 0.4, "new": 0.9}
    exported = client.export_all()
    assert exported.user_id > 0
    assert [one["id"] for one in exported.memories] == [added.id]
    with pytest.raises(memorysync.NotFoundError, match="Memory not found"):
        client.get(999_999)


def test_query_retrieve_routed_and_synthesize(client: Any) -> None:
    added = client.add("Maya moved the launch to Friday.", tags=["plan"])
    for ask in (client.query, client.retrieve):
        answer = ask("when is the launch", k=3, filters={"tags": ["plan"]}, session_id="s1", traversal_depth=2)
        assert [memory.id for memory in answer.memories] == [added.id]
        assert answer.memories[0].score > 0
        assert (answer.query_intent, answer.session_id) == ("factual", "s1")
    routed = client.search_routed("when is the launch", k=2, include_reasoning=True)
    assert routed["sources"][0]["memory_id"] == added.id
    assert client.synthesize(query="launch")["citations"][0]["memory_id"] == added.id
    with pytest.raises(memorysync.ValidationError, match="query must not be empty"):
        client.query(" ")


def test_bulk_add_and_batch_update(client: Any) -> None:
    items = [
        memorysync.BulkAddItem(text="The red bicycle is in the cellar.", client_ref="r1", importance=0.2),
        memorysync.BulkAddItem(text="The red bicycle is in the cellar.", client_ref="r1"),
        memorysync.BulkAddItem(text="short"),
    ]
    done = client.bulk_add(items)
    assert (done.total, done.created, done.skipped, done.rejected, done.unreported) == (3, 1, 1, 1, 0)
    (number,) = done.results[0].memory_ids
    edits = [memorysync.BatchUpdateItem(memory_id=number, tags=["x"]), {"memory_id": 999_999, "importance": 1.0}]
    edited = client.batch_update(edits)
    assert (edited.updated, edited.not_found) == (1, 1)
    assert edited.results[0].changed_fields == ["tags"]


def test_forget(client: Any) -> None:
    one, two = client.add("The red bicycle is in the cellar.", source="x"), client.add("The cat sleeps on the sofa.")
    assert client.forget(filters=memorysync.ForgetFilters(source="x"), dry_run=True) == [one.id]
    assert client.forget(filters={"source": "x"}, reason="tidy") == [one.id]
    assert client.forget([one.id, two.id]) == [two.id]
    assert client.export_all().memories == []
    with pytest.raises(memorysync.ValidationError):
        client.purge_user()


def test_compose_summarize_relations_and_views(client: Any) -> None:
    one = client.add("Maya moved the launch of the shop to Friday.")
    two = client.add("The shop needs two more testers before the launch.")
    prompt = client.compose("Plan the launch with {memories}", recall_k=2, max_tokens=200)
    assert prompt.memories_used == 2
    assert 0 < prompt.token_count <= 200
    relation = client.create_relation(two.id, to_memory_id=one.id, relationship_type="caused_by", confidence=0.9)
    assert (relation.from_memory_id, relation.to_memory_id, relation.confidence) == (two.id, one.id, 0.9)
    graph = client.graph(memory_id=one.id, depth=2)
    assert {"source": f"m_{two.id}", "target": f"m_{one.id}"}.items() <= graph["edges"][0].items()
    summary = client.summarize([one.id, two.id], lossless=True)
    assert summary.is_summary
    assert client.clusters(limit=3).keys() == {"clusters", "total", "unclustered"}
    assert client.intelligence(scope="user")["total_memories"] == 3
    assert client.knowledge_stats()["total_memories"] == 3


def test_the_v1_plane(client: Any, house: House) -> None:
    client.add("Maya moved the launch to Friday.")
    owner = {"tenant_id": "default", "user_id": "ada"}
    turn = client.add_turn(**owner, text="I always fly with the window seat.", role="user", session_id="s1")
    assert (turn["memory_id"], turn["status"], turn["processing_status"]) == (None, "processing", "completed")
    listed = client.list_memories(**owner, limit=1)
    assert listed["total"] == 2
    assert listed["memories"][0]["metadata"]["session_id"] == "s1"
    recalled = client.recall(**owner, prompt="when is the launch", k=1, types=["fact", "nonsense"])
    assert recalled.keys() == {"context", "memories", "used_fallback", "latency_ms"}
    house.at_rest()
    assert client.status(int(listed["memories"][0]["memory_id"].removeprefix("m_")))["status"] == "completed"


def test_transcripts(client: Any) -> None:
    owner = {"tenant_id": "default", "user_id": "ada"}
    turns = [{"role": "human", "content": "Hi", "seq": 0, "payload": {"k": [1, None]}}, {"role": "ai", "content": ""}]
    kept = client.append_history(**owner, session_id="s1", turns=turns, source="app", extract=False)
    assert [item["role"] for item in kept["items"]] == ["user", "assistant"]
    again = client.append_history(**owner, session_id="s1", turns=turns[:1], source="app")
    assert (again["items"][0]["created"], again["items"][0]["payload"]) == (False, {"k": [1, None]})
    assert client.list_history(**owner, session_id="s1")["total"] == 2
    gone = client.delete_history(**owner, ids=[kept["items"][0]["id"]])
    assert gone == {"deleted_ids": [kept["items"][0]["id"]], "deleted_fact_ids": []}
    assert len(client.delete_history(**owner, session_id="s1")["deleted_ids"]) == 1


def test_state(client: Any) -> None:
    owner: dict[str, Any] = {"tenant_id": "default", "user_id": "ada", "source": "app"}
    put = client.put_state(**owner, namespace=["a", "b"], key="k", value={"city": "Rome"})
    assert (put["created"], put["status"]) == (True, "ok")
    assert not client.put_state(**owner, namespace=["a", "b"], key="k", value={"city": "Rome"})["created"]
    assert client.get_state(**owner, namespace=["a", "b"], key="k")["item"]["value"] == {"city": "Rome"}
    assert client.list_state(**owner, namespace_prefix=["a"], limit=5000)["total"] == 1
    assert client.search_state(**owner, query="rome")["items"][0]["key"] == "k"
    assert client.list_state_namespaces(**owner, max_depth=1)["namespaces"] == [["a"]]
    assert client.delete_state(**owner, namespace=["a", "b"])["deleted_ids"] == [put["item"]["id"]]


async def test_the_twin_for_asyncio(house: House, twin: Any) -> None:
    added = await twin.add("Maya moved the launch to Friday.")
    house.at_rest()
    assert same(await twin.get(added.id), added)
    assert (await twin.query("launch")).memories[0].id == added.id
    assert (await twin.compose("About the launch {context}")).memories_used == 1
    owner: dict[str, Any] = {"tenant_id": "default", "user_id": "ada"}
    assert (await twin.list_memories(**owner))["total"] == 1
    assert (await twin.put_state(**owner, namespace=["a"], key="k", value={}))["created"]
    assert await twin.forget([added.id]) == [added.id]


def test_what_is_wrong_is_told(house: House, client: Any) -> None:
    with memorysync.MemorySyncClient("ms_live_wrong", house.url, end_user_id="ada") as stranger:
        with pytest.raises(memorysync.AuthError, match="Invalid API key") as told:
            stranger.query("x")
        assert told.value.request_id
    key = house.key(house.organization(), Dialect.MEMORYSYNC, "read")
    with memorysync.MemorySyncClient(key, house.url) as reader:
        with pytest.raises(memorysync.ValidationError, match="end user"):
            reader.query("x")
        with pytest.raises(memorysync.AuthError, match=r"Insufficient scope\. Missing: memory:add"):
            reader.add("The red bicycle is in the cellar.", end_user_id="ada")
    with pytest.raises(memorysync.NotFoundError):
        client.update(999_999, importance=0.2)


def test_files_and_imports(client: Any) -> None:
    stored = client.upload(b"The launch moved to Friday.", filename="a.txt", source="docs", metadata={"n": 1})
    assert (stored.text, stored.source) == ("The launch moved to Friday.", "docs")
    assert client.upload(a_pdf("The ferry leaves at nine."), filename="a.pdf").text == "The ferry leaves at nine."
    assert client.upload(b"%PDF", filename="b.pdf").reason == "no_extractable_text"
    payload = b'{"text": "The red bicycle is in the cellar.", "client_ref": "r1"}\n'
    job = client.create_import(payload, filename="a.jsonl", resume=True)
    assert (job["status"], job["created"], job["progress_percentage"]) == ("completed", 1, 100.0)
    assert client.create_import(payload, filename="a.jsonl", resume=True)["already_imported"] == 1
    assert client.get_import(job["id"]) == job == client.cancel_import(job["id"])
    assert client.list_imports(status="completed", limit=1)["total"] == 2


def test_what_is_asked_of_the_whole(client: Any, house: House) -> None:
    client.add("The red bicycle is in the cellar.")
    begun = client.refresh()
    assert (begun["status"], begun["memories"]) == ("accepted", 1)
    house.at_rest()
    changed = client.update_ontology(content_types=["recipe"])
    assert (changed.custom_content_types, changed.custom_relation_types) == (["recipe"], [])
    assert client.get_ontology() == changed
    assert changed.max_custom_types == 32


def test_feedback(client: Any) -> None:
    added = client.add("The red bicycle is in the cellar.")
    told = client.feedback(added.id, "positive", comment="That helped")
    assert (told.memory_id, told.importance_before, told.importance_after) == (added.id, 0.5, 0.55)
    assert client.feedback(added.id, "negative").summary.total_signals == 2
    assert client.get(added.id).importance == 0.5


def test_decisions(house: House) -> None:
    tenant = house.organization()
    operator = house.application.authenticator.operator(tenant)
    for text in ("Ana lives in Lyon.", "Ana lives in Braga."):
        house.do(house.application.services.remember.add(operator, memory=NewMemory(text=text, user="ada")))
        house.at_rest()
    key = house.key(tenant, Dialect.MEMORYSYNC, "read", "write")
    with memorysync.MemorySyncClient(key, house.url, end_user_id="ada") as client:
        told = client.decisions(limit=5)
        assert (told["total"], told["open"]) == (1, 1)
        (one,) = told["decisions"]
        winner = one["memory_ids"][1]
        settled = client.resolve_decision(decision_id=one["decision_id"], winning_memory_id=winner, note="She moved")
        assert (settled["status"], settled["winning_memory_id"], settled["note"]) == ("resolved", winner, "She moved")
        assert client.decisions()["open"] == 0
        with pytest.raises(memorysync.NotFoundError):
            client.resolve_decision(decision_id="dec_1", resolution="keep_both")
