"""Storing, listing, searching, changing and forgetting through the schema."""

import base64
from typing import Any

import pytest

from app.domain.principal import Scope
from tests.api.schema.world import World
from tests.papers import a_pdf

ADD_MANY = (
    "mutation($memories: [MemoryInput!]!, $key: String) { addMemories(input: {memories: $memories, idempotencyKey: $key})"
    " { memories { id text } created job { id name state } userErrors { code field } } }"
)
LIST = (
    "query($filter: MemoryFilter, $order: MemoryOrder, $first: Int, $after: String, $last: Int, $before: String) {"
    " memories(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {"
    " totalCount edges { cursor node { text } } nodes { text }"
    " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)
UPDATE = (
    "mutation($input: UpdateMemoryInput!) { updateMemory(input: $input) {"
    " memory { text title tags metadata version importance } userErrors { code field message } } }"
)
FORGET = (
    "mutation($input: ForgetMemoriesInput!) { forgetMemories(input: $input)"
    " { count ids dryRun job { name } userErrors { code field } } }"
)


async def texts(world: World, **variables: Any) -> list[str]:
    return [each["text"] for each in (await world.ask(LIST, variables))["memories"]["nodes"]]


async def test_a_memory_comes_back_with_all_it_was_given(world: World) -> None:
    given = {
        "title": "T",
        "summary": "S",
        "kind": "EPISODIC",
        "type": "decision",
        "categories": ["work"],
        "tags": ["a", "b"],
        "files": ["x.py"],
        "keypath": "a.b",
        "importance": 0.75,
        "layer": "TASK",
        "role": "user",
        "speaker": "Ada",
        "metadata": {"k": 1},
        "occurredAt": "2026-03-01T09:30:00Z",
        "validFrom": "2026-03-01T00:00:00Z",
        "validTo": "2026-04-01T00:00:00Z",
    }
    source = {"kind": "DOCUMENT", "uri": "doc:1", "title": "Doc"}
    memory = await world.add("the text", user="ada", agent="bot", session="s1", source=source, position=3, **given)
    found = await world.ask(
        "query($id: ID!) { memory(id: $id) { text title summary kind type categories tags files keypath importance layer"
        " role speaker metadata occurredAt validFrom validTo position version deletedAt label"
        " user { externalId } agent { externalId } session { externalId user { externalId } } source { kind uri title }"
        " project { slug } usage { accessCount feedback } versions { nodes { version text title } } } }",
        {"id": memory["id"]},
    )
    assert found["memory"] == {
        **given,
        "text": "the text",
        "position": 3,
        "version": 1,
        "deletedAt": None,
        "label": "T",
        "user": {"externalId": "ada"},
        "agent": {"externalId": "bot"},
        "session": {"externalId": "s1", "user": {"externalId": "ada"}},
        "source": source,
        "project": {"slug": "default"},
        "usage": {"accessCount": 0, "feedback": 0.0},
        "versions": {"nodes": [{"version": 1, "text": "the text", "title": "T"}]},
    }


async def test_many_are_stored_in_order_and_known_ones_joined(world: World) -> None:
    await world.add("second")
    stored = await world.ask(
        ADD_MANY, {"memories": [{"text": text, "mode": "VERBATIM"} for text in ("first", "second", "third")]}
    )
    payload = stored["addMemories"]
    assert [each["text"] for each in payload["memories"]] == ["first", "second", "third"]
    assert payload["created"] == [True, False, True]
    assert payload["userErrors"] == []
    assert payload["job"]["name"] == "extract"


async def test_a_wrong_one_of_many_is_named_and_none_is_stored(world: World) -> None:
    stored = await world.ask(ADD_MANY, {"memories": [{"text": "good"}, {"text": "  "}, {"text": "x", "importance": 2}]})
    assert stored["addMemories"] == {
        "memories": [],
        "created": [],
        "job": None,
        "userErrors": [
            {"code": "blank", "field": ["input", "memories", "1", "text"]},
            {"code": "out_of_range", "field": ["input", "memories", "2", "importance"]},
        ],
    }
    assert await texts(world) == []


async def test_the_same_idempotency_key_has_one_effect(world: World) -> None:
    asked = {"memories": [{"text": "once", "mode": "VERBATIM"}], "key": "k1"}
    first, second = await world.ask(ADD_MANY, asked), await world.ask(ADD_MANY, asked)
    assert first == second
    assert await texts(world) == ["once"]
    other = await world.ask(ADD_MANY, {"memories": [{"text": "other"}], "key": "k1"})
    assert [each["code"] for each in other["addMemories"]["userErrors"]] == ["conflict"]


async def test_a_conversation_becomes_the_memories_of_its_session(world: World) -> None:
    conversation = {
        "session": "chat",
        "user": "ada",
        "mode": "VERBATIM",
        "time": "2026-03-01T09:30:00Z",
        "tags": ["import"],
        "messages": [
            {"text": "I moved to Paris", "name": "Ada"},
            {"text": "How is it there?", "role": "assistant", "time": "2026-03-01T09:31:00Z"},
        ],
    }
    await world.ask(
        "mutation($input: AddConversationInput!) { addConversation(input: $input) { userErrors { message } } }",
        {"input": conversation},
    )
    found = await world.ask(
        '{ sessions(user: "ada") { nodes { externalId memories(orderBy: {direction: ASC}) {'
        " nodes { text role speaker position occurredAt tags } } } } }"
    )
    assert found["sessions"]["nodes"] == [
        {
            "externalId": "chat",
            "memories": {
                "nodes": [
                    {
                        "text": "I moved to Paris",
                        "role": "user",
                        "speaker": "Ada",
                        "position": 0,
                        "occurredAt": "2026-03-01T09:30:00Z",
                        "tags": ["import"],
                    },
                    {
                        "text": "How is it there?",
                        "role": "assistant",
                        "speaker": None,
                        "position": 1,
                        "occurredAt": "2026-03-01T09:31:00Z",
                        "tags": ["import"],
                    },
                ]
            },
        }
    ]


async def test_pages_forward_and_backward(world: World) -> None:
    for number in range(5):
        await world.add(f"m{number}")
    first = (await world.ask(LIST, {"first": 2}))["memories"]
    assert [each["node"]["text"] for each in first["edges"]] == ["m4", "m3"]
    assert first["totalCount"] == 5
    info = first["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    assert [info["startCursor"], info["endCursor"]] == [each["cursor"] for each in first["edges"]]
    assert await texts(world, first=2, after=info["endCursor"]) == ["m2", "m1"]
    assert await texts(world, last=2) == ["m1", "m0"]
    last = (await world.ask(LIST, {"last": 1}))["memories"]["pageInfo"]
    assert await texts(world, last=2, before=last["startCursor"]) == ["m2", "m1"]
    empty = (await world.ask(LIST, {"filter": {"tags": ["none"]}}))["memories"]
    assert empty["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"first": 101}, "first"),
        ({"first": -1}, "first"),
        ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": "nonsense"}, "after"),
        ({"filter": {"project": "unknown"}}, "project"),
    ],
)
async def test_a_wrong_page_is_an_error_with_its_field(world: World, variables: dict[str, Any], field: str) -> None:
    (shown,) = await world.errors(LIST, variables)
    assert shown["extensions"]["code"] == "invalid"
    assert [each["field"] for each in shown["extensions"]["fields"]] == [[field]]


async def test_r4_5_a_cursor_holds_for_its_list_and_its_tenant(world: World) -> None:
    for number in range(3):
        await world.add(f"m{number}")
    cursor = (await world.ask(LIST, {"first": 1}))["memories"]["pageInfo"]["endCursor"]
    (other_list,) = await world.errors(LIST, {"first": 1, "after": cursor, "order": {"field": "IMPORTANCE"}})
    assert other_list["extensions"]["fields"][0]["code"] == "bad_cursor"
    theirs = world.principal(tenant="org_theirs")
    await world.ask('mutation { createProject(input: {slug: "default"}) { userErrors { code } } }', principal=theirs)
    (other_tenant,) = await world.errors(LIST, {"first": 1, "after": cursor}, principal=theirs)
    assert other_tenant["extensions"]["fields"][0]["code"] == "bad_cursor"


async def test_filters_and_order(world: World) -> None:
    await world.add("old", user="ada", tags=["t"], importance=0.9, occurredAt="2020-01-01", kind="EPISODIC")
    await world.add("new", user="grace", importance=0.1, occurredAt="2026-01-01", kind="SEMANTIC")
    assert await texts(world, filter={"users": ["ada"]}) == ["old"]
    assert await texts(world, filter={"users": ["nobody"]}) == []
    assert await texts(world, filter={"tags": ["t"]}) == ["old"]
    assert await texts(world, filter={"kinds": ["SEMANTIC"]}) == ["new"]
    assert await texts(world, filter={"occurred": {"after": "2025-01-01"}}) == ["new"]
    assert await texts(world, filter={"importanceMin": 0.5}) == ["old"]
    assert await texts(world, filter={"tags": []}) == ["new", "old"]
    assert await texts(world, order={"field": "IMPORTANCE"}) == ["old", "new"]
    assert await texts(world, order={"field": "OCCURRED_AT", "direction": "ASC"}) == ["old", "new"]


async def test_a_search_shows_score_factors_and_steps(world: World) -> None:
    await world.add("Ada lives in Paris")
    await world.add("The weather is fine")
    found = await world.ask(
        'query { search(query: "where does Ada live", first: 1) { degraded nodes { text } edges { cursor score node { text }'
        " factors { signal value weight contribution } } pageInfo { endCursor }"
        " explain { recipe degradedSources steps { name candidates milliseconds } } } }"
    )
    search = found["search"]
    (edge,) = search["edges"]
    assert edge["node"] == search["nodes"][0] == {"text": "Ada lives in Paris"}
    assert edge["cursor"] == search["pageInfo"]["endCursor"]
    assert edge["score"] == pytest.approx(sum(each["contribution"] for each in edge["factors"]), abs=1e-5)
    assert [each["signal"] for each in edge["factors"]] == ["words", "meaning"]
    assert (search["degraded"], search["explain"]["degradedSources"]) == (False, [])
    assert search["explain"]["recipe"] == "hybrid"
    assert search["explain"]["steps"]


async def test_a_patch_keeps_what_is_absent_and_empties_what_is_null(world: World) -> None:
    id_ = (await world.add("text", title="title", tags=["t"], metadata={"k": 1}, importance=0.9))["id"]
    kept = await world.ask(UPDATE, {"input": {"id": id_, "text": "new"}})
    assert kept["updateMemory"]["memory"] == {
        "text": "new",
        "title": "title",
        "tags": ["t"],
        "metadata": {"k": 1},
        "version": 2,
        "importance": 0.9,
    }
    emptied = await world.ask(UPDATE, {"input": {"id": id_, "title": None, "tags": None, "metadata": None}})
    assert emptied["updateMemory"]["memory"] == {
        "text": "new",
        "title": None,
        "tags": [],
        "metadata": {},
        "version": 3,
        "importance": 0.9,
    }


@pytest.mark.parametrize("field", ["text", "importance", "layer"])
async def test_some_fields_cannot_be_emptied(world: World, field: str) -> None:
    id_ = (await world.add("text"))["id"]
    refused = await world.ask(UPDATE, {"input": {"id": id_, field: None}})
    assert refused["updateMemory"]["userErrors"] == [
        {"code": "required", "field": ["input", field], "message": "must not be null"}
    ]


async def test_r4_90_a_stale_update_is_refused(world: World) -> None:
    id_ = (await world.add("text"))["id"]
    await world.ask(UPDATE, {"input": {"id": id_, "text": "one", "expectedVersion": 1}})
    stale = await world.ask(UPDATE, {"input": {"id": id_, "text": "two", "expectedVersion": 1}})
    assert stale["updateMemory"]["memory"] is None
    assert [each["code"] for each in stale["updateMemory"]["userErrors"]] == ["conflict"]


async def test_links_go_both_ways_and_can_be_removed(world: World) -> None:
    old, new = (await world.add("old"))["id"], (await world.add("new"))["id"]
    link = {"source": new, "target": old, "type": "SUPERSEDES", "confidence": 0.8}
    made = await world.ask(
        "mutation($link: MemoryLinkInput!) { linkMemories(input: {links: [$link]}) {"
        " links { type confidence sourceId source { text } target { text } } userErrors { message } } }",
        {"link": link},
    )
    shown = {
        "type": "SUPERSEDES",
        "confidence": 0.8,
        "sourceId": new,
        "source": {"text": "new"},
        "target": {"text": "old"},
    }
    assert made["linkMemories"] == {"links": [shown], "userErrors": []}
    found = await world.ask("query($id: ID!) { memory(id: $id) { links { sourceId targetId } } }", {"id": old})
    assert found["memory"]["links"] == [{"sourceId": new, "targetId": old}]
    unlink = (
        "mutation($s: ID!, $t: ID!) { unlinkMemories(input: {source: $s, target: $t, type: SUPERSEDES}) { removed } }"
    )
    assert (await world.ask(unlink, {"s": new, "t": old}))["unlinkMemories"] == {"removed": True}
    assert (await world.ask(unlink, {"s": new, "t": old}))["unlinkMemories"] == {"removed": False}


async def test_a_link_has_a_label_that_the_project_knows(world: World) -> None:
    soup, bread = (await world.add("soup"))["id"], (await world.add("bread"))["id"]
    link = (
        "mutation($links: [MemoryLinkInput!]!) { linkMemories(input: {links: $links})"
        " { links { type label } userErrors { code message field } } }"
    )

    async def tried(*links: tuple[str, str | None]) -> dict[str, Any]:
        given = [{"source": soup, "target": bread, "type": type_, "label": label} for type_, label in links]
        told: dict[str, Any] = (await world.ask(link, {"links": given}))["linkMemories"]
        return told

    (refused,) = (await tried(("REFERENCES", None), ("REFERENCES", "cooked with")))["userErrors"]
    assert refused == {
        "code": "unknown",
        "message": "'cooked with' is not one of the project's relation types",
        "field": ["input", "links", "1", "label"],
    }
    await world.ask('mutation { setOntology(input: {relationTypes: ["cooked with"]}) { userErrors { code } } }')
    (refused,) = (await tried(("SIMILAR", "cooked with")))["userErrors"]
    assert refused["message"] == "goes with links of type references alone"
    (refused,) = (await tried(("REFERENCES", "")))["userErrors"]
    assert refused["code"] == "unknown"
    made = await tried(("REFERENCES", None), ("REFERENCES", "cooked with"))
    shown = [{"type": "REFERENCES", "label": None}, {"type": "REFERENCES", "label": "cooked with"}]
    assert made == {"links": shown, "userErrors": []}
    around = await world.ask(
        "query($id: ID!) { neighborhood(from: $id, depth: 1) { edges { kind type label } } }", {"id": soup}
    )
    assert sorted((edge for edge in around["neighborhood"]["edges"] if edge["kind"] == "LINKS"), key=str) == [
        {"kind": "LINKS", "type": "references", "label": "cooked with"},
        {"kind": "LINKS", "type": "references", "label": None},
    ]
    unlink = (
        "mutation($s: ID!, $t: ID!, $label: String) {"
        " unlinkMemories(input: {source: $s, target: $t, type: REFERENCES, label: $label}) { removed } }"
    )
    ends = {"s": soup, "t": bread}
    assert (await world.ask(unlink, {**ends, "label": "cooked with"}))["unlinkMemories"] == {"removed": True}
    assert (await world.ask(unlink, {**ends, "label": "cooked with"}))["unlinkMemories"] == {"removed": False}
    assert (await world.ask(unlink, ends))["unlinkMemories"] == {"removed": True}


async def test_forgetting_can_be_tried_done_and_undone(world: World) -> None:
    keep, drop = await world.add("keep"), await world.add("drop", tags=["x"])
    where = {"filter": {"tags": ["x"]}}
    tried = await world.ask(FORGET, {"input": {**where, "dryRun": True}})
    assert tried["forgetMemories"] == {"count": 1, "ids": [drop["id"]], "dryRun": True, "job": None, "userErrors": []}
    assert await texts(world) == ["drop", "keep"]
    done = await world.ask(FORGET, {"input": where})
    assert done["forgetMemories"] == {"count": 1, "ids": [drop["id"]], "dryRun": False, "job": None, "userErrors": []}
    assert await texts(world) == ["keep"]
    assert await texts(world, filter={"life": "FORGOTTEN"}) == ["drop"]
    restored = await world.ask(
        "mutation($ids: [ID!]!) { restoreMemories(input: {ids: $ids}) { memories { text deletedAt } userErrors { code } } }",
        {"ids": [drop["id"]]},
    )
    assert restored["restoreMemories"] == {"memories": [{"text": "drop", "deletedAt": None}], "userErrors": []}
    assert await texts(world, filter={"ids": [keep["id"], drop["id"]]}) == ["drop", "keep"]


async def test_erasing_needs_the_admin_scope(world: World) -> None:
    memory = await world.add("secret")
    erase = {"input": {"ids": [memory["id"]], "erasure": "ERASE"}}
    refused = await world.ask(FORGET, erase, principal=world.principal(Scope.WRITE))
    assert refused["forgetMemories"]["userErrors"] == [{"code": "forbidden", "field": None}]
    done = await world.ask(FORGET, erase)
    assert done["forgetMemories"]["job"] == {"name": "scrub"}
    assert (await world.ask("query($id: ID!) { memory(id: $id) { id } }", {"id": memory["id"]}))["memory"] is None


async def test_forgetting_asks_for_exactly_one_way(world: World) -> None:
    refused = await world.ask(FORGET, {"input": {"user": "ada", "filter": {"tags": ["x"]}}})
    assert refused["forgetMemories"]["userErrors"] == [{"code": "required", "field": ["input", "ids"]}]


async def test_a_prompt_keeps_its_budget_and_cites(world: World) -> None:
    await world.add("Ada lives in Paris")
    made = await world.ask(
        'mutation { composePrompt(input: {query: "where does Ada live", budget: 200, format: TEXT}) { userErrors { code }'
        " prompt { text tokens budget omitted messages { role } citations { marker score memory { text } } } } }"
    )
    prompt = made["composePrompt"]["prompt"]
    assert "Ada lives in Paris" in prompt["text"]
    assert prompt["tokens"] <= prompt["budget"] == 200
    assert prompt["messages"] == []
    (citation,) = prompt["citations"]
    assert citation["memory"] == {"text": "Ada lives in Paris"}
    assert citation["marker"] in prompt["text"]
    refused = await world.ask(
        'mutation { composePrompt(input: {query: "x", budget: 0}) { userErrors { code field } } }'
    )
    assert refused["composePrompt"]["userErrors"] == [{"code": "out_of_range", "field": ["input", "budget"]}]


async def test_a_job_is_listed_and_found(world: World) -> None:
    await world.add("text")
    listed = await world.ask(
        "{ jobs(states: [PENDING]) { nodes { id name state done total parked project { slug } } } }"
    )
    (job,) = listed["jobs"]["nodes"]
    assert (job["name"], job["state"], job["parked"], job["project"]) == (
        "extract",
        "PENDING",
        False,
        {"slug": "default"},
    )
    assert (await world.ask("query($id: ID!) { job(id: $id) { name } }", {"id": job["id"]}))["job"] == {
        "name": "extract"
    }
    refused = await world.ask(
        "mutation($id: ID!) { replayJob(input: {id: $id}) { job { id } userErrors { code } } }", {"id": job["id"]}
    )
    assert refused["replayJob"] == {"job": None, "userErrors": [{"code": "conflict"}]}


async def test_links_that_lead_one_way_close_no_circle(world: World) -> None:
    one, two, three = [(await world.add(text))["id"] for text in ("first", "second", "third")]
    link = (
        "mutation($links: [MemoryLinkInput!]!) { linkMemories(input: {links: $links})"
        " { links { type } userErrors { code message field } } }"
    )

    async def tried(*links: tuple[str, str, str]) -> list[dict[str, Any]]:
        given = [{"source": source, "type": type_, "target": target} for source, type_, target in links]
        errors: list[dict[str, Any]] = (await world.ask(link, {"links": given}))["linkMemories"]["userErrors"]
        return errors

    assert await tried((two, "SUPERSEDES", one), (three, "SUPERSEDES", two), (one, "SIMILAR", three)) == []
    (refused,) = await tried((one, "SUPERSEDES", three))
    assert (refused["code"], refused["field"]) == ("circle", ["input", "links", "0", "target"])
    (refused,) = await tried((one, "CAUSED_BY", two), (two, "CAUSED_BY", one))
    assert refused["field"] == ["input", "links", "1", "target"]
    assert await tried((one, "SIMILAR", two), (two, "SIMILAR", one), (one, "CAUSED_BY", three)) == []


INGEST = "mutation($input: IngestFileInput!) { ingestFile(input: $input) { job { name state } userErrors { field message } } }"


async def test_a_file_is_handed_to_a_job(world: World) -> None:
    given = {"name": "a.pdf", "file": base64.b64encode(a_pdf("The ferry leaves at nine.")).decode(), "user": "ada"}
    told = await world.ask(INGEST, {"input": given})
    assert told["ingestFile"] == {"job": {"name": "ingest", "state": "PENDING"}, "userErrors": []}


async def test_a_file_that_cannot_be_read_is_a_user_error(world: World) -> None:
    for name, file, field, message in (
        ("a.pdf", b"%PDF", "file", "is damaged, or no PDF document"),
        ("a.mp3", b"x", "name", "has an ending that is not read; .pdf, .docx, .md and .txt are"),
    ):
        given = {"name": name, "file": base64.b64encode(file).decode()}
        told = await world.ask(INGEST, {"input": given})
        assert told["ingestFile"] == {"job": None, "userErrors": [{"field": ["input", field], "message": message}]}
    for broken in ("abcde", "no base64!", 7, None):
        (error,) = await world.errors(INGEST, {"input": {"name": "a.txt", "file": broken}})
        assert "Base64" in error["message"]
