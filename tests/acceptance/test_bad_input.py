"""Bad input on the real server: a clear error with a code and a field, nothing stored, nothing lost, no 500."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.command_line import furnished
from tests.acceptance.server import Server, running

pytestmark = pytest.mark.process

ABSENT = "mem_00000000000000000000000000"
ADD = "mutation($i: AddMemoryInput!) { addMemory(input: $i) { memory { id } userErrors { code field message } } }"
COUNT = "{ memories(first: 0, filter: { life: ANY }) { totalCount } }"


@dataclass(frozen=True, slots=True)
class Visitor:
    server: Server
    http: httpx.Client

    def send(self, content: str | bytes, **headers: str) -> httpx.Response:
        told = {"Authorization": f"Bearer {self.server.key}", "Content-Type": "application/json", **headers}
        return self.http.post(self.server.url, content=content, headers={"Accept": "application/json", **told})

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = self.send(json.dumps({"query": document, "variables": variables}))
        assert answer.status_code < 500
        body: dict[str, Any] = answer.json()
        return body

    def refused(self, document: str, **variables: Any) -> tuple[str, list[str] | None]:
        """Code and field of the only error, in the payload or at the top."""
        body = self.ask(document, **variables)
        if "errors" not in body:
            ((payload),) = body["data"].values()
            (wrong,) = payload["userErrors"]
            assert wrong["message"]
            return wrong["code"], wrong["field"]
        (wrong,) = body["errors"]
        assert wrong["message"]
        fields = wrong["extensions"].get("fields", [{"field": None, "code": wrong["extensions"]["code"]}])
        assert len(fields) == 1
        return fields[0]["code"], fields[0]["field"]

    def added(self, **given: Any) -> str:
        id_: str = self.ask(ADD, i=given)["data"]["addMemory"]["memory"]["id"]
        return id_

    @property
    def stored(self) -> int:
        count: int = self.ask(COUNT)["data"]["memories"]["totalCount"]
        return count


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Visitor]:
    data = furnished(tmp_path_factory.mktemp("bad") / "data", models)
    with running(data) as server, httpx.Client(timeout=30) as http:
        visitor = Visitor(server, http)
        visitor.added(text="The ferry leaves at nine.", mode="VERBATIM")
        visitor.added(text="The bakery opens at six.", mode="VERBATIM")
        yield visitor
        assert server.stop() == 0


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"text": "x" * 50_001}, "too_long", ["text"]),
        ({"text": ""}, "blank", ["text"]),
        ({"text": " \n\t\u00a0"}, "blank", ["text"]),
        ({"text": "\u200b\u200d"}, "blank", ["text"]),
        ({"text": "a\0b"}, "malformed_text", ["text"]),
        ({"text": "x", "user": "a\0"}, "malformed_text", ["user"]),
        ({"text": "x", "user": " "}, "blank", ["user"]),
        ({"text": "x", "project": "nowhere"}, "unknown", ["project"]),
        ({"text": "x", "project": "prj_00000000000000000000000000"}, "unknown", ["project"]),
        ({"text": "x", "user": "usr_00000000000000000000000000"}, "unknown", ["user"]),
        ({"text": "x", "agent": "agt_00000000000000000000000000"}, "unknown", ["agent"]),
        ({"text": "x", "session": "ses_00000000000000000000000000"}, "unknown", ["session"]),
        ({"text": "x", "validFrom": "2024-02-01", "validTo": "2024-01-01"}, "out_of_order", ["validTo"]),
        ({"text": "x", "expiresAt": "2020-01-01"}, "out_of_range", ["expiresAt"]),
        ({"text": "x", "metadata": {"a": "y" * 16_384}}, "too_long", ["metadata"]),
        ({"text": "x", "metadata": nested(9)}, "too_deep", ["metadata"]),
        ({"text": "x", "importance": 1.5}, "out_of_range", ["importance"]),
        ({"text": "x", "tags": [""]}, "blank", ["tags"]),
        ({"text": "x", "source": {"kind": "PAGE", "uri": " "}}, "blank", ["source", "uri"]),
        ({"text": "x", "idempotencyKey": ""}, "blank", ["idempotencyKey"]),
        ({"text": "x", "idempotencyKey": "k" * 257}, "too_long", ["idempotencyKey"]),
        ({"text": "x", "idempotencyKey": "\0"}, "malformed_text", ["idempotencyKey"]),
    ],
    ids=str,
)
def test_a_memory_that_cannot_be_stored(visitor: Visitor, given: dict[str, Any], code: str, field: list[str]) -> None:
    before = visitor.stored
    assert visitor.refused(ADD, i=given) == (code, ["input", *field])
    assert visitor.stored == before


@pytest.mark.parametrize(
    "given",
    [
        {"occurredAt": "soon"},
        {"occurredAt": "10000-01-01T00:00:00Z"},
        {"metadata": [1]},
        {"metadata": {"a\0": 1}},
        {"metadata": {"a": 2**63}},
        {"kind": "NOSTALGIC"},
        {"importance": "much"},
        {"owner": "me"},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_its_type_is_named(visitor: Visitor, given: dict[str, Any]) -> None:
    (error,) = visitor.ask(ADD, i={"text": "x", **given})["errors"]
    assert error["extensions"]["code"] == "bad_request"
    assert next(iter(given)) in error["message"]


@pytest.mark.parametrize(
    "value", ['"a\\ud800b"', '"\\udc00"', "NaN", "1e400", '{"a":' * 101 + "1" + "}" * 101], ids=lambda v: v[:12]
)
def test_json_that_is_none(visitor: Visitor, value: str) -> None:
    answer = visitor.send(f'{{"query": {json.dumps(ADD)}, "variables": {{"i": {{"text": {value}}}}}}}')
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "bad_json"


def test_a_lone_surrogate_escaped_in_the_document(visitor: Visitor) -> None:
    document = 'mutation { addMemory(input: { text: "a\\uD800" }) { userErrors { code field message } } }'
    assert visitor.refused(document) == ("syntax_error", None)


def test_one_bad_memory_of_many_stores_none(visitor: Visitor) -> None:
    before = visitor.stored
    document = "mutation($i: AddMemoriesInput!) { addMemories(input: $i) { userErrors { code field message } } }"
    batch = [{"text": "Batch of good and bad."}, {"text": " "}]
    assert visitor.refused(document, i={"memories": batch}) == ("blank", ["input", "memories", "1", "text"])
    many = [{"text": "x"}] * 1_001
    assert visitor.refused(document, i={"memories": many}) == ("too_long", ["input", "memories"])
    assert visitor.refused(document, i={"memories": []}) == ("blank", ["input", "memories"])
    assert visitor.stored == before


@pytest.mark.parametrize("first", [-1, 101])
@pytest.mark.parametrize(
    "list_", ["memories", "entities", "users", "jobs", "projects", "apiKeys", 'search(query: "x")']
)
def test_a_page_that_is_too_small_or_too_large(visitor: Visitor, list_: str, first: int) -> None:
    given = list_.replace(")", f", first: {first})") if ")" in list_ else f"{list_}(first: {first})"
    assert visitor.refused(f"{{ {given} {{ nodes {{ id }} }} }}") == ("out_of_range", ["first"])


def test_a_page_past_any_number(visitor: Visitor) -> None:
    document = "query($n: Int) { memories(first: $n) { nodes { id } } }"
    assert visitor.refused(document, n=2_147_483_647) == ("limit_exceeded", None)
    assert visitor.refused(document, n=2_147_483_648)[0] in {"bad_request", "limit_exceeded"}


def test_a_foreign_or_altered_cursor(visitor: Visitor) -> None:
    shown = visitor.ask("{ memories(first: 1) { pageInfo { endCursor } } }")
    cursor = shown["data"]["memories"]["pageInfo"]["endCursor"]
    altered = cursor[:10] + ("A" if cursor[10] != "A" else "B") + cursor[11:]
    document = "query($c: String) { %s(first: 1, after: $c%s) { nodes { id } } }"
    assert "errors" not in visitor.ask(document % ("memories", ""), c=cursor)
    wrong = ("bad_cursor", ["after"])
    for bad in (altered, cursor[:-4], "", "junk", "\0", "é🙂", "W10"):
        assert visitor.refused(document % ("memories", ""), c=bad) == wrong, bad
    assert visitor.refused(document % ("entities", ""), c=cursor) == wrong
    assert visitor.refused(document % ("memories", ", orderBy: { field: IMPORTANCE }"), c=cursor) == wrong
    assert visitor.refused(document % ("memories", ', filter: { tags: ["a"] }'), c=cursor) == wrong


@pytest.mark.parametrize(
    ("filter_", "code", "field"),
    [
        ('project: "nowhere"', "unknown", ["project"]),
        ('occurred: { after: "2025-01-01", before: "2024-01-01" }', "out_of_order", ["occurred"]),
        ('valid: { after: "2025-01-01", before: "2024-01-01" }', "out_of_order", ["valid"]),
        ('recorded: { after: "2025-01-01", before: "2024-01-01" }', "out_of_order", ["recorded"]),
        ("importanceMin: 0.9, importanceMax: 0.1", "out_of_order", ["importanceMax"]),
        ("importanceMin: 5", "out_of_range", ["importanceMin"]),
        ("kinds: [NOSTALGIC]", "validation_failed", None),
        ('colour: "red"', "validation_failed", None),
    ],
)
def test_a_filter_that_makes_no_sense(visitor: Visitor, filter_: str, code: str, field: list[str] | None) -> None:
    assert visitor.refused(f"{{ memories(filter: {{ {filter_} }}) {{ nodes {{ id }} }} }}") == (code, field)
    assert visitor.refused(f'{{ search(query: "x", filter: {{ {filter_} }}) {{ nodes {{ id }} }} }}') == (code, field)


@pytest.mark.parametrize("filter_", ['users: ["nobody"]', 'entities: ["nobody"]', 'ids: ["x"]', 'tags: ["none"]'])
def test_a_filter_on_what_is_not_known_matches_nothing(visitor: Visitor, filter_: str) -> None:
    assert visitor.ask(f"{{ memories(filter: {{ {filter_} }}) {{ totalCount }} }}") == {
        "data": {"memories": {"totalCount": 0}}
    }


@pytest.mark.parametrize("budget", [0, -1, 200_001])
def test_a_budget_that_holds_nothing(visitor: Visitor, budget: int) -> None:
    document = "mutation($i: ComposePromptInput!) { composePrompt(input: $i) { userErrors { code field message } } }"
    assert visitor.refused(document, i={"query": "ferry", "budget": budget}) == ("out_of_range", ["input", "budget"])


@pytest.mark.parametrize("query", ["", " ", "\u200b"])
def test_a_question_without_words(visitor: Visitor, query: str) -> None:
    assert visitor.refused("query($q: String!) { search(query: $q) { nodes { id } } }", q=query) == ("blank", ["query"])


@pytest.mark.parametrize("id_", ["", "x", "\0", ABSENT, "mem_" + "z" * 5_000, "usr_00000000000000000000000000"])
def test_a_foreign_id_is_like_one_that_was_never_given(visitor: Visitor, id_: str) -> None:
    shown = visitor.ask("query($i: ID!) { memory(id: $i) { id } node(id: $i) { id } job(id: $i) { id } }", i=id_)
    assert shown == {"data": {"memory": None, "node": None, "job": None}}
    update = "mutation($i: UpdateMemoryInput!) { updateMemory(input: $i) { userErrors { code field message } } }"
    assert visitor.refused(update, i={"id": id_, "text": "x"}) == ("not_found", None)


def test_a_link_names_the_end_that_is_not_there(visitor: Visitor) -> None:
    here = visitor.added(text="The lighthouse is white.", mode="VERBATIM")
    document = "mutation($i: LinkMemoriesInput!) { linkMemories(input: $i) { userErrors { code field message } } }"
    link = {"source": here, "target": ABSENT, "type": "SUPPORTS"}
    assert visitor.refused(document, i={"links": [link]}) == ("unknown", ["input", "links", "0", "target"])


def test_what_exists_already_is_named(visitor: Visitor) -> None:
    document = 'mutation { createProject(input: { slug: "twice" }) { userErrors { code field message } } }'
    assert visitor.ask(document)["data"]["createProject"]["userErrors"] == []
    (wrong,) = visitor.ask(document)["data"]["createProject"]["userErrors"]
    assert (wrong["code"], wrong["message"]) == ("conflict", "there is a project 'twice' already")


def test_after_all_this_the_server_is_well(visitor: Visitor) -> None:
    assert visitor.http.get(f"{visitor.server.address}/ready").status_code == 200
    assert visitor.ask('{ search(query: "ferry", first: 1) { nodes { text } } }') == {
        "data": {"search": {"nodes": [{"text": "The ferry leaves at nine."}]}}
    }
