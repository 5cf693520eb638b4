"""Webhooks through the schema: made, listed, tried, changed, removed; their secret shown once."""

from app.domain.principal import Scope
from tests.api.schema.world import World

CREATE = (
    "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { secret webhook { id url events description"
    " headers { name value } active form project { slug } } userErrors { code field } } }"
)
URL = "https://hooks.example.com/in"
FULL = {
    "url": URL,
    "events": ["*"],
    "description": "All",
    "headers": [{"name": "X-A", "value": "1"}],
    "form": "MEMSOLUS",
}


async def created(world: World, **given: object) -> dict[str, str]:
    made = await world.ask(CREATE, {"input": {"url": URL, "events": ["memory.created"], **given}})
    assert made["createWebhook"]["userErrors"] == []
    webhook: dict[str, str] = made["createWebhook"]["webhook"]
    return webhook


async def test_it_is_made_and_listed_and_its_secret_shown_once(world: World) -> None:
    await world.add("text")
    made = (await world.ask(CREATE, {"input": FULL}))["createWebhook"]
    assert made["secret"].startswith("whs_live_")
    shown = {**FULL, "id": made["webhook"]["id"], "active": True, "project": {"slug": "default"}}
    assert made["webhook"] == shown
    listed = await world.ask(
        '{ webhooks { nodes { id } } project(id: "default") { webhooks { nodes { id url createdAt updatedAt } } } }'
    )
    assert listed["webhooks"]["nodes"] == [{"id": shown["id"]}]
    assert [each["url"] for each in listed["project"]["webhooks"]["nodes"]] == [URL]
    assert made["secret"] not in str(listed)
    found = await world.ask("query($id: ID!) { node(id: $id) { ... on Webhook { url } } }", {"id": shown["id"]})
    assert found["node"] == {"url": URL}


async def test_what_is_wrong_is_said(world: World) -> None:
    await world.add("text")
    made = await world.ask(CREATE, {"input": {"url": "nowhere", "events": ["*"]}})
    assert made["createWebhook"] == {
        "secret": None,
        "webhook": None,
        "userErrors": [{"code": "invalid", "field": ["input", "url"]}],
    }


async def test_a_test_is_told_among_its_deliveries(world: World) -> None:
    await world.add("text")
    id_ = (await created(world))["id"]
    tested = await world.ask(
        "mutation($id: ID!) { testWebhook(input: {id: $id}) { delivery { jobId event state attempts responseCode"
        " responseBody error createdAt dueAt deliveredAt memory { id } } userErrors { code } } }",
        {"id": id_},
    )
    sent = tested["testWebhook"]["delivery"]
    assert (sent["event"], sent["state"], sent["attempts"], sent["responseCode"]) == ("webhook.test", "SUCCESS", 1, 200)
    assert (sent["responseBody"], sent["error"], sent["dueAt"], sent["memory"]) == ("", None, None, None)
    ask = "query($id: ID!) { node(id: $id) { ... on Webhook { deliveries { nodes { jobId state } } } } }"
    assert (await world.ask(ask, {"id": id_}))["node"]["deliveries"]["nodes"] == [
        {"jobId": sent["jobId"], "state": "SUCCESS"}
    ]


async def test_it_is_changed_and_removed(world: World) -> None:
    await world.add("text")
    id_ = (await created(world))["id"]
    changed = await world.ask(
        'mutation($id: ID!) { updateWebhook(input: {id: $id, events: ["*"], active: false, headers: [],'
        ' description: ""}) { webhook { events active url } userErrors { code } } }',
        {"id": id_},
    )
    assert changed["updateWebhook"]["webhook"] == {"events": ["*"], "active": False, "url": URL}
    delete = "mutation($id: ID!) { deleteWebhook(input: {id: $id}) { id userErrors { code } } }"
    assert (await world.ask(delete, {"id": id_}))["deleteWebhook"] == {"id": id_, "userErrors": []}
    gone = await world.ask(delete, {"id": id_})
    assert gone["deleteWebhook"] == {"id": None, "userErrors": [{"code": "not_found"}]}


async def test_readers_see_none_and_projects_stay(world: World) -> None:
    await world.add("text")
    id_ = (await created(world))["id"]
    reader = world.principal(Scope.READ)
    found = await world.ask("query($id: ID!) { node(id: $id) { id } }", {"id": id_}, principal=reader)
    assert found["node"] is None
    ask = '{ project(id: "default") { slug webhooks { nodes { id } } } }'
    result = await world.schema.execute(ask, None, world.context(reader))
    assert result.data == {"project": {"slug": "default", "webhooks": None}}
