"""R4.11, R4.12: who may call what. Every query, mutation and subscription has a row; one without fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.principal import Principal, Scope, permissions_of
from tests.api.schema.world import World, open_world

NOBODY, READ, WRITE, ADMIN = "nobody", "read", "write", "admin"
SCOPES: dict[str, tuple[Scope, ...]] = {NOBODY: (), READ: (Scope.READ,), WRITE: (Scope.WRITE,), ADMIN: (Scope.ADMIN,)}

# Field, arguments and selection, and the least scope that it opens to.
ROWS: list[tuple[str, str, str]] = [
    # Shown to whoever is let in at all; what the principal may not read is null.
    ("viewer", "{ actor }", NOBODY),
    ("node", '(id: "mem_1") { id }', NOBODY),
    ("nodes", '(ids: ["mem_1"]) { id }', NOBODY),
    ("memory", '(id: "mem_1") { id }', NOBODY),
    ("entity", '(id: "ent_1") { id }', NOBODY),
    ("decision", '(id: "dec_1") { id }', NOBODY),
    ("job", '(id: "job_1") { id }', NOBODY),
    ("memories", "{ totalCount }", READ),
    ("search", '(query: "x") { degraded }', READ),
    ("route", '(query: "x") { kind }', READ),
    ("memoryAt", '(keypath: "a.b") { id }', READ),
    ("keypaths", "{ nodes { path } }", READ),
    ("keypathHistory", '(keypath: "a.b") { nodes { version } }', READ),
    ("changelog", "{ nodes { revision } }", READ),
    ("memoryDiff", '(id: "mem_1") { text }', READ),
    ("entities", "{ nodes { id } }", READ),
    ("decisions", "{ nodes { id } }", READ),
    ("merges", "{ nodes { name } }", READ),
    ("neighborhood", '(from: "mem_1") { truncated }', READ),
    ("paths", '(from: "mem_1", to: "mem_2") { length }', READ),
    ("project", '(id: "default") { id }', READ),
    ("vocabulary", "{ nodes { term } }", READ),
    ("projects", "{ nodes { id } }", READ),
    ("user", '(id: "u") { id }', READ),
    ("users", "{ nodes { id } }", READ),
    ("agents", "{ nodes { id } }", READ),
    ("sessions", "{ nodes { id } }", READ),
    ("jobs", "{ nodes { id } }", READ),
    ("clusters", "{ nodes { id } }", READ),
    ("categories", "{ count }", READ),
    ("labelCounts", "(by: TYPE) { count }", READ),
    ("intelligence", "{ readCount }", READ),
    ("transcript", '(user: "u", session: "s") { nodes { role } }', READ),
    ("storedValues", '(user: "u") { nodes { key } }', READ),
    ("apiKeys", "{ nodes { id } }", ADMIN),
    ("members", "{ nodes { id } }", ADMIN),
    ("webhooks", "{ nodes { id } }", ADMIN),
    ("createWebhook", '(input: {url: "https://a.example/", events: ["*"]}) { userErrors { code } }', ADMIN),
    ("updateWebhook", '(input: {id: "whk_1"}) { userErrors { code } }', ADMIN),
    ("deleteWebhook", '(input: {id: "whk_1"}) { userErrors { code } }', ADMIN),
    ("testWebhook", '(input: {id: "whk_1"}) { userErrors { code } }', ADMIN),
    ("composePrompt", '(input: {query: "x"}) { userErrors { code } }', READ),
    ("addMemory", '(input: {text: "x"}) { userErrors { code } }', WRITE),
    ("addMemories", '(input: {memories: [{text: "x"}]}) { userErrors { code } }', WRITE),
    ("addConversation", '(input: {messages: [{text: "x"}]}) { userErrors { code } }', WRITE),
    ("updateMemory", '(input: {id: "mem_1", text: "x"}) { userErrors { code } }', WRITE),
    ("promoteMemory", '(input: {id: "mem_1"}) { userErrors { code } }', WRITE),
    ("demoteMemory", '(input: {id: "mem_1"}) { userErrors { code } }', WRITE),
    ("setBio", '(input: {user: "x", text: "y"}) { userErrors { code } }', WRITE),
    ("giveFeedback", '(input: {memory: "mem_1", value: 1}) { userErrors { code } }', WRITE),
    ("linkMemories", '(input: {links: [{source: "a", target: "b", type: SIMILAR}]}) { userErrors { code } }', WRITE),
    ("unlinkMemories", '(input: {source: "a", target: "b", type: SIMILAR}) { userErrors { code } }', WRITE),
    ("forgetMemories", '(input: {ids: ["mem_1"]}) { userErrors { code } }', WRITE),
    ("forgetMemories", '(input: {ids: ["mem_1"], dryRun: true}) { userErrors { code } }', READ),
    ("forgetMemories", '(input: {ids: ["mem_1"], erasure: ERASE}) { userErrors { code } }', ADMIN),
    ("restoreMemories", '(input: {ids: ["mem_1"]}) { userErrors { code } }', WRITE),
    ("restoreVersion", '(input: {id: "mem_1", version: 1}) { userErrors { code } }', WRITE),
    ("storeAtKeypath", '(input: {keypath: "a", value: "x"}) { userErrors { code } }', WRITE),
    ("forgetKeypath", '(input: {keypath: "a"}) { userErrors { code } }', WRITE),
    ("forgetKeypath", '(input: {keypath: "a", dryRun: true}) { userErrors { code } }', READ),
    ("refreshClusters", "(input: {}) { userErrors { code } }", WRITE),
    ("summarizeMemories", "(input: {filter: {}}) { userErrors { code } }", WRITE),
    ("summarizeMemories", "(input: {filter: {}, dryRun: true}) { userErrors { code } }", READ),
    ("mergeEntities", '(input: {into: "ent_1", entities: ["ent_2"]}) { userErrors { code } }', WRITE),
    ("splitEntity", '(input: {entity: "ent_1"}) { userErrors { code } }', WRITE),
    (
        "resolveDecision",
        '(input: {decision: "dec_1", outcome: KEEP_BOTH, reason: "x"}) { userErrors { code } }',
        WRITE,
    ),
    ("fileDocument", '(input: {text: "x"}) { userErrors { code } }', WRITE),
    ("ingestFile", '(input: {name: "a.txt", file: "eA=="}) { userErrors { code } }', WRITE),
    ("putProject", '(input: {slug: "p"}) { userErrors { code } }', WRITE),
    ("deleteProject", '(input: {project: "p"}) { userErrors { code } }', WRITE),
    ("refreshVectors", "(input: {}) { userErrors { code } }", WRITE),
    (
        "appendTurns",
        '(input: {user: "u", session: "s", turns: [{role: "user", content: "x"}]}) { userErrors { code } }',
        WRITE,
    ),
    ("putValue", '(input: {user: "u", namespace: ["a"], key: "k", value: {}}) { userErrors { code } }', WRITE),
    ("setOntology", '(input: {contentTypes: ["recipe"]}) { userErrors { code } }', WRITE),
    ("createProject", '(input: {slug: "p"}) { userErrors { code } }', ADMIN),
    ("setVocabulary", '(input: {terms: [{term: "x", type: CONCEPT}]}) { userErrors { code } }', ADMIN),
    ("createApiKey", '(input: {name: "k"}) { userErrors { code } }', ADMIN),
    ("revokeApiKey", '(input: {id: "key_1"}) { userErrors { code } }', ADMIN),
    ("replayJob", '(input: {id: "job_1"}) { userErrors { code } }', ADMIN),
]
STREAMS: list[tuple[str, str, str]] = [
    ("jobStatus", '(id: "job_1") { gap }', READ),
    ("jobs", "{ gap }", READ),
    ("memoryEvents", "{ gap }", READ),
    ("graphChanges", "{ gap }", READ),
]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        await opened.ask('mutation { createProject(input: {slug: "default"}) { userErrors { code } } }')
        await opened.add("a memory")  # also a job that the stream of jobs begins with
        yield opened


def holder(world: World, scope: str) -> Principal:
    return replace(world.principal(), permissions=permissions_of(SCOPES[scope]))


def least(*, allowed: list[bool]) -> str:
    """The scope from which on everything is allowed; "none" when the scopes do not contain each other."""
    first = allowed.index(True) if True in allowed else len(allowed)
    return [*SCOPES, "none"][first] if all(allowed[first:]) else "none"


def root(schema: Any, kind: str) -> dict[str, Any]:
    type_ = getattr(schema._schema, f"{kind}_type")
    return dict(type_.fields)


def test_r4_11_and_r4_12_every_field_of_a_root_has_a_row(world: World) -> None:
    mutations = {field for field, rest, _ in ROWS if "userErrors" in rest}
    assert mutations == set(root(world.schema, "mutation"))
    assert {field for field, *_ in ROWS} - mutations == set(root(world.schema, "query"))
    assert {field for field, *_ in STREAMS} == set(root(world.schema, "subscription"))


@pytest.mark.parametrize(("field", "rest", "scope"), ROWS, ids=[f"{field}-{scope}" for field, _, scope in ROWS])
async def test_r4_11_and_r4_12_it_opens_from_its_scope_on(world: World, field: str, rest: str, scope: str) -> None:
    kind = "mutation" if field in root(world.schema, "mutation") else "query"
    allowed = []
    for name in SCOPES:
        result = await world.schema.execute(f"{kind} {{ {field}{rest} }}", None, world.context(holder(world, name)))
        codes = [(error.extensions or {})["code"] for error in result.errors or []]
        payload = (result.data or {}).get(field)
        if isinstance(payload, dict):
            codes += [error["code"] for error in payload.get("userErrors", [])]
        assert "internal" not in codes
        allowed.append("forbidden" not in codes)
    assert least(allowed=allowed) == scope


@pytest.mark.parametrize(("field", "rest", "scope"), STREAMS, ids=[field for field, *_ in STREAMS])
async def test_r4_11_a_stream_opens_from_its_scope_on(world: World, field: str, rest: str, scope: str) -> None:
    allowed = []
    for name in SCOPES:
        async with world.watch(f"subscription {{ {field}{rest} }}", principal=holder(world, name)) as stream:
            async with asyncio.timeout(5):
                result = await anext(stream)
        codes = [(error.extensions or {})["code"] for error in result.errors or []]
        assert "internal" not in codes
        allowed.append("forbidden" not in codes)
    assert least(allowed=allowed) == scope


def test_r4_6_no_argument_and_no_input_names_a_tenant(world: World) -> None:
    graph = world.schema._schema
    kinds = [kind for name, kind in graph.type_map.items() if not name.startswith("__")]
    fields = [(name, field) for kind in kinds for name, field in getattr(kind, "fields", {}).items()]
    given = {name for _, field in fields for name in getattr(field, "args", {})}
    given |= {name for name, field in fields if not hasattr(field, "args")}
    assert {"project", "user", "filter"} <= given
    assert not [name for name in given if any(word in name.lower() for word in ("tenant", "org"))]


async def test_what_is_open_to_whoever_comes_shows_them_nothing(world: World) -> None:
    listed = await world.ask("{ memories { nodes { id } } jobs { nodes { id } } projects { nodes { id } } }")
    ids = [connection["nodes"][0]["id"] for connection in listed.values()]
    asked = "query($ids: [ID!]!, $memory: ID!, $job: ID!) { nodes(ids: $ids) { id } memory(id: $memory) { id } job(id: $job) { id } }"
    found = await world.ask(asked, {"ids": ids, "memory": ids[0], "job": ids[1]}, principal=holder(world, NOBODY))
    assert found == {"nodes": [None, None, None], "memory": None, "job": None}
