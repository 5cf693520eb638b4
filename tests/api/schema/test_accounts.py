"""Viewer, projects, people, keys and members through the schema."""

import pytest

from app.domain.principal import Scope
from tests.api.schema.world import World

CREATE_KEY = (
    "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name scopes lastFour"
    " projects { slug } endUser { externalId } expiresAt revokedAt } userErrors { code field } } }"
)


async def test_the_viewer_sees_who_they_are(world: World) -> None:
    memory = await world.add("text", user="ada")
    admin = await world.ask("{ viewer { actor permissions projects { slug } endUser { id } key { id } } }")
    assert admin["viewer"]["actor"] == "tester"
    assert len(admin["viewer"]["permissions"]) == 10
    assert (admin["viewer"]["projects"], admin["viewer"]["endUser"], admin["viewer"]["key"]) == (None, None, None)
    narrow = world.principal(Scope.READ, projects=[memory["project"]["id"]], user=memory["user"]["id"])
    seen = await world.ask("{ viewer { permissions projects { slug } endUser { externalId } } }", principal=narrow)
    assert seen["viewer"] == {
        "permissions": ["MEMORY_READ"],
        "projects": [{"slug": "default"}],
        "endUser": {"externalId": "ada"},
    }


async def test_projects_are_made_and_found_by_id_or_slug(world: World) -> None:
    made = await world.ask(
        'mutation { createProject(input: {slug: "research", name: "Research", description: "d"}) {'
        " project { id slug name description } userErrors { code } } }"
    )
    project = made["createProject"]["project"]
    assert {**project, "id": ""} == {"id": "", "slug": "research", "name": "Research", "description": "d"}
    find = "query($ref: String!) { project(id: $ref) { id } }"
    for ref in (project["id"], "research"):
        assert (await world.ask(find, {"ref": ref}))["project"] == {"id": project["id"]}
    assert (await world.ask(find, {"ref": "absent"}))["project"] is None
    listed = await world.ask("{ projects { nodes { slug memories { totalCount } users { nodes { id } } } } }")
    assert [each["slug"] for each in listed["projects"]["nodes"]] == ["default", "research"]
    again = await world.ask(
        'mutation { createProject(input: {slug: "research"}) { project { id } userErrors { code } } }'
    )
    assert again["createProject"] == {"project": None, "userErrors": [{"code": "conflict"}]}


async def test_people_are_found_by_the_callers_own_id_or_ours(world: World) -> None:
    memory = await world.add("text", user="ada", agent="bot", session="s1")
    find = "query($ref: String!) { user(id: $ref) { id externalId label memories { nodes { text } } } }"
    user = {"id": memory["user"]["id"], "externalId": "ada", "label": "ada", "memories": {"nodes": [{"text": "text"}]}}
    for ref in ("ada", memory["user"]["id"]):
        assert (await world.ask(find, {"ref": ref}))["user"] == user
    assert (await world.ask(find, {"ref": "nobody"}))["user"] is None
    listed = await world.ask(
        '{ users(project: "default") { nodes { externalId sessions { nodes { externalId } } entities { nodes { id } } } }'
        " agents { nodes { externalId memories { totalCount } } } sessions { nodes { externalId } } }"
    )
    assert listed == {
        "users": {
            "nodes": [{"externalId": "ada", "sessions": {"nodes": [{"externalId": "s1"}]}, "entities": {"nodes": []}}]
        },
        "agents": {"nodes": [{"externalId": "bot", "memories": {"totalCount": 1}}]},
        "sessions": {"nodes": [{"externalId": "s1"}]},
    }


async def test_r4_19_a_key_is_shown_once(world: World) -> None:
    memory = await world.add("text", user="ada")
    asked = {"name": "app", "scopes": ["READ"], "projects": ["default"], "user": "ada", "expiresAt": "2999-01-01"}
    made = (await world.ask(CREATE_KEY, {"input": asked}))["createApiKey"]
    assert made["userErrors"] == []
    key = made["apiKey"]
    assert made["secret"].endswith(key["lastFour"])
    assert {**key, "id": "", "lastFour": ""} == {
        "id": "",
        "name": "app",
        "scopes": ["READ"],
        "lastFour": "",
        "projects": [{"slug": "default"}],
        "endUser": {"externalId": "ada"},
        "expiresAt": "2999-01-01T00:00:00Z",
        "revokedAt": None,
    }
    listed = await world.ask("{ apiKeys { nodes { id lastFour revokedAt } } }")
    assert listed["apiKeys"]["nodes"] == [{"id": key["id"], "lastFour": key["lastFour"], "revokedAt": None}]
    assert made["secret"] not in str(
        await world.ask("query($id: ID!) { node(id: $id) { ... on ApiKey { name } } }", {"id": key["id"]})
    )
    assert memory["user"]


async def test_a_key_has_read_and_write_unless_told_otherwise(world: World) -> None:
    made = (await world.ask(CREATE_KEY, {"input": {"name": "app"}}))["createApiKey"]
    assert made["apiKey"]["scopes"] == ["READ", "WRITE"]
    assert made["apiKey"]["projects"] is None


async def test_a_revoked_key_stays_revoked(world: World) -> None:
    made = (await world.ask(CREATE_KEY, {"input": {"name": "app"}}))["createApiKey"]
    revoke = "mutation($id: ID!) { revokeApiKey(input: {id: $id}) { apiKey { revokedAt } userErrors { code } } }"
    first = await world.ask(revoke, {"id": made["apiKey"]["id"]})
    assert first["revokeApiKey"]["apiKey"]["revokedAt"] is not None
    assert await world.ask(revoke, {"id": made["apiKey"]["id"]}) == first
    absent = await world.ask(revoke, {"id": "key_absent"})
    assert absent["revokeApiKey"] == {"apiKey": None, "userErrors": [{"code": "not_found"}]}


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"name": "k", "scopes": []}, "blank", ["input", "scopes"]),
        ({"name": " "}, "blank", ["input", "name"]),
        ({"name": "k", "projects": ["absent"]}, "unknown", ["input", "projects"]),
        ({"name": "k", "user": "ada"}, "required", ["input", "user"]),
        ({"name": "k", "expiresAt": "2000-01-01"}, "out_of_range", ["input", "expiresAt"]),
    ],
)
async def test_a_wrong_key_is_told_why(world: World, asked: dict[str, object], code: str, field: list[str]) -> None:
    made = (await world.ask(CREATE_KEY, {"input": asked}))["createApiKey"]
    assert made == {"secret": None, "apiKey": None, "userErrors": [{"code": code, "field": field}]}


async def test_r4_20_lists_of_keys_and_members_need_admin(world: World) -> None:
    assert (await world.ask("{ members { nodes { id role active } } }"))["members"] == {"nodes": []}
    shown = await world.errors(
        "{ apiKeys { nodes { id } } members { nodes { id } } }", principal=world.principal(Scope.WRITE)
    )
    assert sorted((each["path"][0], each["extensions"]["code"]) for each in shown) == [
        ("apiKeys", "forbidden"),
        ("members", "forbidden"),
    ]
