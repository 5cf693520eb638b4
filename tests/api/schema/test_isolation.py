"""No answer holds another tenant's or another end user's data, whatever is asked (promise 4, R4.1 to R4.11, R4.66 to R4.69)."""

import json
from typing import Any

import pytest

from app.adapters.runtime import SystemClock
from app.domain.ids import MemoryId
from app.domain.principal import Principal, Scope
from app.ports.search import Candidate
from app.services.attention import Attention
from app.services.inputs import Question, SearchMode
from app.services.recall import Recall
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords, World

TEXT = "Zyzzogeton met Ada Lovelace at Acme in Oslo"
EVERYTHING = """query($entity: ID!, $memory: ID!) {
  viewer { organization { id } }
  memories(first: 100) { nodes { id text user { id } mentions { entity { id name mentions(first: 10) { memory { id text } } } } } }
  search(query: "Zyzzogeton Ada Acme", first: 100) { nodes { id text } }
  entities(first: 100) { nodes { id name relations(first: 10) { id source { id } target { id name } } } }
  users(first: 100) { nodes { id externalId } }
  agents(first: 100) { nodes { id externalId } }
  sessions(first: 100) { nodes { id externalId } }
  projects(first: 100) { nodes { id slug } }
  jobs(first: 100) { nodes { id } }
  apiKeys(first: 100) { nodes { id name } }
  members(first: 100) { nodes { id name } }
  node(id: $memory) { id }
  entity(id: $entity) { id }
  memory(id: $memory) { id text }
}"""


async def stocked(world: World, principal: Principal) -> dict[str, str]:
    """The same content for a tenant: a memory about alice, an entity, a job; the ids by noun."""
    made = await world.ask(
        'mutation { createProject(input: {slug: "default"}) { userErrors { code } project { id } } }',
        principal=principal,
    )
    assert made is not None
    data = await world.ask(
        "mutation($input: AddMemoryInput!) { addMemory(input: $input)"
        " { memory { id user { id } session { id } agent { id } project { id } } job { id } userErrors { message } } }",
        {"input": {"text": TEXT, "user": "alice", "session": "s1", "agent": "bot"}},
        principal=principal,
    )
    memory = data["addMemory"]["memory"]
    return {
        "memory": memory["id"],
        "user": memory["user"]["id"],
        "session": memory["session"]["id"],
        "agent": memory["agent"]["id"],
        "project": memory["project"]["id"],
        "job": data["addMemory"]["job"]["id"],
    }


@pytest.fixture
async def theirs(world: World) -> dict[str, str]:
    return await stocked(world, world.principal(tenant="org_theirs"))


@pytest.fixture
async def ours(world: World) -> dict[str, str]:
    return await stocked(world, world.principal())


async def test_r4_1_a_foreign_id_answers_like_an_unknown_one(world: World, theirs: dict[str, str]) -> None:
    for noun, foreign in theirs.items():
        unknown = foreign[:-6] + "000000"
        asked = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
        answers = [json.dumps(await world.ask(asked, {"id": id_})).replace(id_, "") for id_ in (foreign, unknown)]
        assert answers[0] == answers[1] == '{"node": null, "nodes": [null]}', noun


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ('mutation($id: ID!) { updateMemory(input: {id: $id, text: "x"}) { userErrors { code message } } }', "memory"),
        ("mutation($id: ID!) { forgetMemories(input: {ids: [$id]}) { count userErrors { code message } } }", "memory"),
        ("mutation($id: ID!) { restoreMemories(input: {ids: [$id]}) { userErrors { code } } }", "memory"),
        ("mutation($id: ID!) { replayJob(input: {id: $id}) { userErrors { code message } } }", "job"),
        ("mutation($id: ID!) { revokeApiKey(input: {id: $id}) { userErrors { code message } } }", "memory"),
        ("query($id: ID!) { neighborhood(from: $id) { nodes { distance } } }", "memory"),
        ("query($id: ID!) { neighborhood(from: $id) { nodes { distance } } }", "user"),
        ("query($id: ID!) { project(id: $id) { id } }", "project"),
    ],
)
async def test_r4_1_every_door_says_the_same_of_foreign_and_unknown_ids(
    world: World, theirs: dict[str, str], operation: str, path: str
) -> None:
    foreign = theirs[path]
    outcomes = []
    for id_ in (foreign, foreign[:-6] + "000000"):
        result = await world.schema.execute(operation, {"id": id_}, world.context())
        told = {"data": result.data, "errors": [dict(e.formatted) for e in result.errors or []]}
        outcomes.append(json.dumps(told, default=str).replace(id_, "ID"))
    assert outcomes[0] == outcomes[1]


async def test_r4_2_and_r4_3_nothing_of_the_other_tenant_is_in_any_answer(
    world: World, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    data = await world.ask(EVERYTHING, {"entity": theirs["memory"], "memory": theirs["memory"]})
    text = json.dumps(data)
    assert ours["memory"] in text
    assert not [noun for noun, id_ in theirs.items() if id_ in text]
    assert "org_theirs" not in text


async def test_r4_2_counts_are_the_tenants_own(world: World, ours: dict[str, str], theirs: dict[str, str]) -> None:
    dry = 'mutation { forgetMemories(input: {user: "alice", dryRun: true}) { count ids userErrors { code } } }'
    counted = (await world.ask(dry))["forgetMemories"]
    assert (counted["count"], counted["ids"]) == (1, [ours["memory"]])


async def test_an_end_users_key_sees_that_user_only(world: World, ours: dict[str, str]) -> None:
    other = await world.add("Bob keeps a secret in Lima", user="bob", session="bobs-session")
    alice = world.principal(user=ours["user"])
    text = json.dumps(await world.ask(EVERYTHING, {"entity": other["id"], "memory": other["id"]}, principal=alice))
    assert ours["memory"] in text
    assert not [
        canary for canary in ("Lima", "bob", other["id"], other["user"]["id"], "bobs-session") if canary in text
    ]


async def test_an_end_users_key_writes_about_that_user_only(world: World, ours: dict[str, str]) -> None:
    await world.add("Bob is here", user="bob")
    alice = world.principal(user=ours["user"])
    answers = {}
    for ref in ("bob", "carol", None):
        told = await world.ask(
            "mutation($user: String) { addMemory(input: {text: $text, user: $user})"
            " { memory { user { id } } userErrors { code field } } }".replace("$text", '"a note"'),
            {"user": ref},
            principal=alice,
        )
        answers[ref] = told["addMemory"]
    refused = {"memory": None, "userErrors": [{"code": "unknown", "field": ["input", "user"]}]}
    assert answers["bob"] == answers["carol"] == refused
    assert answers[None]["memory"]["user"]["id"] == ours["user"]


async def test_r4_4_what_a_caller_may_not_read_is_an_error_and_not_an_empty_list(world: World) -> None:
    reader = world.principal(Scope.READ)
    for field in ("apiKeys", "members"):
        errors = await world.errors(f"{{ {field} {{ nodes {{ id }} }} }}", principal=reader)
        assert [error["extensions"]["code"] for error in errors] == ["forbidden"], field


class HauntedIndex:
    """An index that proposes the same memories whoever asks."""

    def __init__(self, *memories: str) -> None:
        self._candidates = [Candidate(MemoryId(memory), 1.0) for memory in memories]

    def for_one_question(self) -> "HauntedIndex":
        return self

    async def words(self, principal: Principal, **_: Any) -> list[Candidate]:
        return self._candidates

    async def nearest(self, principal: Principal, **_: Any) -> list[Candidate]:
        return self._candidates

    async def mentioning(self, principal: Principal, **_: Any) -> list[Candidate]:
        return self._candidates


async def test_r4_7_a_ghost_in_the_index_is_never_shown(
    world: World, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    index = HauntedIndex(theirs["memory"], ours["memory"], "mem_00000000000000000000000000")
    clock = SystemClock()
    attention = Attention(store=world.store, clock=clock)
    recall = Recall(store=world.store, index=index, vectors=Vectors(BagOfWords()), attention=attention, clock=clock)
    for mode in SearchMode:
        found = await recall.search(world.principal(), question=Question(query="Zyzzogeton", mode=mode))
        assert [item.node.memory.id for item in found.hits.items] == [ours["memory"]]


async def test_r4_8_a_warm_cache_shows_nobody_more_than_they_may_see(world: World, ours: dict[str, str]) -> None:
    asked = '{ search(query: "Zyzzogeton", mode: SEMANTIC, first: 10) { nodes { id } } }'
    assert (await world.ask(asked))["search"]["nodes"] == [{"id": ours["memory"]}]
    empty = world.principal(projects=[])
    stranger = world.principal(tenant="org_theirs")
    bob = world.principal(user="usr_nobody")
    for principal in (empty, stranger, bob):
        errors_or_nothing = await world.schema.execute(asked, {}, world.context(principal))
        assert ours["memory"] not in json.dumps(errors_or_nothing.data)


@pytest.mark.parametrize("field", ["tenant", "organization", "owner", "actor", "version", "createdAt", "id", "status"])
async def test_r4_10_fields_of_ownership_cannot_be_sent(world: World, field: str) -> None:
    errors = await world.errors(f'mutation {{ addMemory(input: {{text: "x", {field}: "y"}}) {{ memory {{ id }} }} }}')
    assert len(errors) == 1
    assert f"'{field}'" in errors[0]["message"]


WRITES = (
    'addMemory(input: {text: "x"})',
    'addMemories(input: {memories: [{text: "x"}]})',
    'addConversation(input: {messages: [{text: "x"}]})',
    'updateMemory(input: {id: "mem_0", text: "x"})',
    'linkMemories(input: {links: [{source: "mem_0", target: "mem_1", type: SIMILAR}]})',
    'unlinkMemories(input: {source: "mem_0", target: "mem_1", type: SIMILAR})',
    'forgetMemories(input: {ids: ["mem_0"]})',
    'restoreMemories(input: {ids: ["mem_0"]})',
    'createProject(input: {slug: "x"})',
    'createApiKey(input: {name: "x"})',
    'revokeApiKey(input: {id: "key_0"})',
    'replayJob(input: {id: "job_0"})',
)


@pytest.mark.parametrize("write", WRITES)
async def test_r4_66_a_reading_key_changes_nothing(world: World, write: str) -> None:
    reader = world.principal(Scope.READ)
    data = await world.ask(f"mutation {{ it: {write} {{ userErrors {{ code }} }} }}", principal=reader)
    assert data["it"]["userErrors"] == [{"code": "forbidden"}]


HOSTILE = (
    "' OR 1=1 --",
    '"; DROP TABLE memory; --',
    "`tenant`",
    "\\u0027 UNION SELECT * FROM api_key",
    "/* comment */",
    "%_%",
    ":tenant",
    "?1",
    "{visible m}",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_r4_67_text_in_filters_stays_text(world: World, ours: dict[str, str], text: str) -> None:
    filters: tuple[dict[str, Any], ...] = (
        {"tags": [text]},
        {"categories": [text]},
        {"users": [text]},
        {"sessions": [text]},
        {"entities": [text]},
    )
    for filter_ in filters:
        found = await world.ask(
            "query($filter: MemoryFilter) { memories(filter: $filter) { nodes { id } } }", {"filter": filter_}
        )
        assert found["memories"]["nodes"] == [], filter_
    stored = await world.add(text)
    again = await world.ask("query($id: ID!) { memory(id: $id) { text } }", {"id": stored["id"]})
    assert again["memory"]["text"] == text
    assert (await world.ask("{ memories(first: 10) { nodes { id } } }"))["memories"]["nodes"]


@pytest.mark.parametrize(
    "query",
    [
        "*",
        "*:*",
        "text:Zyzzogeton",
        "NEAR(Zyzzogeton Ada)",
        '"Zyzzogeton',
        "Zyzzogeton*",
        "-Zyzzogeton",
        "^Zyz AND OR NOT",
        "((((",
    ],
)
async def test_r4_68_search_words_are_words_and_no_query_language(
    world: World, ours: dict[str, str], query: str
) -> None:
    found = await world.ask("query($q: String!) { search(query: $q, mode: KEYWORD) { nodes { id } } }", {"q": query})
    expected = [{"id": ours["memory"]}] if "Zyzzogeton" in query else []
    assert found["search"]["nodes"] == expected


async def test_r4_68_a_query_of_a_thousand_words_is_bounded(world: World, ours: dict[str, str]) -> None:
    words = " ".join(f"w{n}" for n in range(390))
    found = await world.ask("query($q: String!) { search(query: $q) { nodes { id } } }", {"q": f"Zyzzogeton {words}"})
    assert found["search"]["nodes"][0]["id"] == ours["memory"]
    errors = await world.errors("query($q: String!) { search(query: $q) { nodes { id } } }", {"q": "w " * 1_001})
    assert [error["extensions"]["code"] for error in errors] == ["invalid"]


def test_r4_69_no_argument_takes_a_regular_expression(world: World) -> None:
    graph = world.schema._schema
    fields = [(name, kind) for name, kind in graph.type_map.items() if not name.startswith("__")]
    named = {
        argument
        for _, kind in fields
        for field in getattr(kind, "fields", {}).values()
        for argument in (*getattr(field, "args", {}), *([] if hasattr(field, "args") else [field.out_name]))
    }
    assert named
    assert not [name for name in named if name and any(word in name.lower() for word in ("regex", "pattern", "match"))]


async def test_r4_88_a_key_used_for_another_input_is_refused(world: World) -> None:
    asked = (
        'mutation($text: String!) { addMemory(input: {text: $text, idempotencyKey: "k1"})'
        " { memory { id } userErrors { code } } }"
    )
    first = (await world.ask(asked, {"text": "one"}))["addMemory"]
    again = (await world.ask(asked, {"text": "one"}))["addMemory"]
    other = (await world.ask(asked, {"text": "two"}))["addMemory"]
    assert first == again
    assert other == {"memory": None, "userErrors": [{"code": "conflict"}]}


async def test_r4_88_keys_belong_to_their_tenant(world: World, theirs: dict[str, str]) -> None:
    asked = 'mutation { addMemory(input: {text: "one", idempotencyKey: "k1"}) { memory { id } userErrors { code } } }'
    mine = (await world.ask(asked))["addMemory"]["memory"]["id"]
    foreign = (await world.ask(asked, principal=world.principal(tenant="org_theirs")))["addMemory"]["memory"]["id"]
    assert mine != foreign
