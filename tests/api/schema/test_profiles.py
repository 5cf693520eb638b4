"""A person's profile and bio through the schema."""

from tests.api.schema.world import World

ASK = (
    '{ user(id: "ada") { profile { current { field value since until confidence sources { id } }'
    " former { field value } read total updatedAt } bio { text wordCount confidence sentences { text sources { id } } } } }"
)


async def test_a_profile_and_a_bio_with_their_sources(world: World) -> None:
    old = await world.add("I live in Lyon.", user="ada", occurredAt="2026-01-01T00:00:00Z")
    new = await world.add("I moved to Porto.", user="ada", occurredAt="2026-02-01T00:00:00Z")
    await world.add("I live in Rome.", user="ben")
    user = (await world.ask(ASK))["user"]
    profile, bio = user["profile"], user["bio"]
    assert profile.pop("updatedAt") is not None
    assert profile == {
        "current": [
            {
                "field": "HOME",
                "value": "Porto",
                "since": "2026-02-01T00:00:00Z",
                "until": None,
                "confidence": 0.9,
                "sources": [{"id": new["id"]}],
            }
        ],
        "former": [{"field": "HOME", "value": "Lyon"}],
        "read": 2,
        "total": 2,
    }
    assert bio == {
        "text": "ada lives in Porto.",
        "wordCount": 4,
        "confidence": 0.9,
        "sentences": [{"text": "ada lives in Porto.", "sources": [{"id": new["id"]}]}],
    }
    await world.ask("mutation($id: ID!) { forgetMemories(input: {ids: [$id]}) { count } }", {"id": new["id"]})
    again = (await world.ask(ASK))["user"]
    assert [fact["value"] for fact in again["profile"]["current"]] == ["Lyon"]
    assert again["bio"]["sentences"][0]["sources"] == [{"id": old["id"]}]
