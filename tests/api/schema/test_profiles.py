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


async def test_a_bio_by_hand_stands_until_it_is_taken_back(world: World) -> None:
    told = await world.add("I love hiking and tea.", user="ada")
    ask = '{ user(id: "ada") { biography(form: BULLETS, style: FORMAL) { text form style confidence writtenAt sources { id } } } }'
    drawn = {
        "text": "• Interests include hiking and tea.",
        "form": "BULLETS",
        "style": "FORMAL",
        "confidence": 0.9,
        "writtenAt": None,
        "sources": [{"id": told["id"]}],
    }
    assert (await world.ask(ask))["user"]["biography"] == drawn
    give = 'mutation($text: String) { setBio(input: {user: "ada", text: $text}) { user { biography { text sources { id } } } userErrors { field code } } }'
    kept = await world.ask(give, {"text": " A hiker. "})
    assert kept["setBio"] == {"user": {"biography": {"text": "A hiker.", "sources": []}}, "userErrors": []}
    by_hand = (await world.ask(ask))["user"]["biography"]
    assert (by_hand["text"], by_hand["confidence"], by_hand["writtenAt"] is None) == ("A hiker.", 1.0, False)
    await world.ask(give, {"text": None})
    assert (await world.ask(ask))["user"]["biography"] == drawn
    wrong = await world.ask(give, {"text": "x" * 5_001})
    assert wrong["setBio"]["userErrors"] == [{"field": ["input", "text"], "code": "too_long"}]
