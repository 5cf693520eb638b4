"""langchain-memstate as it is, with another base URL and key."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from app.domain.keys import Dialect
from tests.dialects.house import House

memstate = pytest.importorskip("langchain_memstate")
messages = pytest.importorskip("langchain_core.messages")


@pytest.fixture
def opened(house: House) -> dict[str, str]:
    key = house.key(house.organization(), Dialect.MEMSTATE, "read", "write")
    return {"api_key": key, "base_url": house.url}


@pytest.fixture
def store(opened: dict[str, str]) -> Any:
    with memstate.MemstateStore(**opened, project_id="my-agent") as client:
        yield client


def test_a_value_is_put_replaced_and_seen_as_it_was(store: Any) -> None:
    place = ("users", "Alice-1")
    store.put(place, "theme", {"value": "dark"})
    store.put(place, "theme", {"value": "light"})
    item = store.get(place, "theme")
    assert item.value == {"value": "light"}
    assert item.updated_at.tzinfo is not None
    history = store.get_history(place, "theme")
    assert [version["version"] for version in history] == [1, 2]
    assert [version["superseded_by"] for version in history] == [history[1]["id"], None]
    assert store.get_at_revision(("users",), 1) == {"users.alice_1.theme": '{"value": "dark"}'}
    assert store.browse(("users",)) == {"users.alice_1.theme": '{"value": "light"}'}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"deep": {"a": [1, 2.5, None, True, {"b": []}]}},
        {"words": 'naïve 漢字 🚀 " \\ \n'},
        {"large": "x y " * 12_500},
    ],
    ids=["empty", "nested", "odd", "large"],
)
def test_values_come_back_as_they_were(store: Any, value: dict[str, Any]) -> None:
    store.put(("ns",), "key", value)
    assert store.get(("ns",), "key").value == value
    (found,) = store.search(("ns",))
    assert (found.namespace, found.key, found.value) == (("ns",), "key", value)


def test_a_search_finds_the_value_and_pages(store: Any) -> None:
    for number, language in enumerate(("Python", "Rust", "Go")):
        store.put(("users", "alice"), f"k{number}", {"language": f"Alice likes {language}"})
    store.put(("users", "bob"), "k", {"language": "Bob likes Perl"})
    best = store.search(("users", "alice"), query="Which language: Rust?", limit=3)
    assert best[0].value == {"language": "Alice likes Rust"}
    assert 0 < best[0].score <= 1
    assert {item.namespace for item in best} == {("users", "alice")}
    assert [item.key for item in store.search(("users", "alice"), limit=3, offset=1)] == ["k1", "k2"]
    assert store.list_namespaces() == [("users", "alice"), ("users", "bob")]
    assert store.list_namespaces(prefix=("users", "bob")) == [("users", "bob")]


def test_what_is_deleted_is_gone_and_comes_back_as_a_new_version(store: Any) -> None:
    place = ("a", "b")
    store.put(place, "c", {"value": 1})
    store.delete(place, "c")
    store.delete(place, "c")
    assert store.get(place, "c") is None
    assert store.search(place, query="value") == []
    assert store.list_namespaces() == []
    assert [version["is_deleted"] for version in store.get_history(place, "c")] == [False, True]
    store.put(place, "c", {"value": 2})
    assert store.get(place, "c").value == {"value": 2}
    assert store.get_history(place, "c")[-1]["version"] == 3


async def test_the_asynchronous_store(store: Any) -> None:
    await store.aput(("n",), "k", {"value": 1})
    assert (await store.aget(("n",), "k")).value == {"value": 1}
    assert [item.key for item in await store.asearch(("n",))] == ["k"]
    assert await store.alist_namespaces() == [("n",)]
    await store.adelete(("n",), "k")
    assert await store.aget(("n",), "k") is None
    await store._get_async_client().aclose()
    store._async_client = None


def test_without_a_project_the_namespace_names_it(opened: dict[str, str]) -> None:
    with memstate.MemstateStore(**opened) as client:
        client.put(("teams", "core"), "k", {"value": 1})
        assert client.get(("teams", "core"), "k").value == {"value": 1}


def test_chat_history(opened: dict[str, str]) -> None:
    with ExitStack() as stack:

        def talk() -> Any:
            history = memstate.MemstateChatMessageHistory(**opened, session_id="User-1", project_id="bot")
            stack.callback(history._client.close)
            return history

        history = talk()
        assert history.messages == []
        history.add_message(messages.HumanMessage("Hello"))
        history.add_messages([messages.AIMessage("Hi"), messages.HumanMessage("I am Alice")])
        again = talk()
        assert [message.content for message in again.messages] == ["Hello", "Hi", "I am Alice"]
        assert 0 < len(again.get_session_summary()) <= 100
        again.clear()
        assert talk().messages == []


def test_retriever(store: Any, opened: dict[str, str]) -> None:
    store.put(("billing",), "provider", {"provider": "Stripe handles payments"})
    store.put(("ops",), "deploys", {"when": "Deploys run on Fridays"})
    retriever = memstate.MemstateRetriever(**opened, project_id="my-agent", k=1)
    (document,) = retriever.invoke("Who handles payments?")
    assert json.loads(document.page_content) == {"provider": "Stripe handles payments"}
    assert document.metadata["keypath"] == "billing.provider"
    assert document.metadata["version"] == 1
    assert document.metadata["source"] == "memstate://my-agent/billing.provider"
    demanding = memstate.MemstateRetriever(**opened, project_id="my-agent", score_threshold=1.1)
    assert demanding.invoke("payments") == []


def test_tools(house: House, opened: dict[str, str]) -> None:
    tools = {tool.name: tool for tool in memstate.get_memstate_tools(**opened, project_id="my-agent")}
    assert "job_id=job_" in tools["memstate_remember"].invoke({"content": "# Auth\n- Provider: Okta"})
    house.at_rest()
    path = "project.my-agent.auth.provider"
    assert f"{path}: Provider: Okta" in tools["memstate_browse"].invoke({"keypath": "project.my-agent"})
    assert path in tools["memstate_recall"].invoke({"query": "Which provider for auth?"})
    stored = {"content": "8080", "keypath": "config.port"}
    assert "Successfully created" in tools["memstate_store"].invoke(stored)
    assert "Successfully superseded" in tools["memstate_store"].invoke({**stored, "content": "9090"})
    told = tools["memstate_get_history"].invoke({"keypath": "config.port"})
    assert "(2 versions)" in told
    assert "(current)" in told
    assert "config.port: 8080" in tools["memstate_time_travel"].invoke({"keypath": "config", "revision": 2})
    assert "No memories" in tools["memstate_time_travel"].invoke({"keypath": "config", "revision": 1})
