import pytest

from tests.unit.extraction.conftest import Extract


@pytest.mark.parametrize(
    ("text", "previous", "reason"),
    [
        ("Hey Nina! Long time no see, how are you?", None, "greeting"),
        ("Good morning!", None, "greeting"),
        ("Thanks a lot, that means so much!", "You did well.", "thanks"),
        ("Wow, that looks amazing! What inspired you?", "I painted the shed green.", "praise"),
        ("You're doing great, keep going!", "I ran again today.", "praise"),
        ("No way! I knew you could do it!", "I got the part.", "praise"),
        ("I totally agree.", "Rest matters.", "agreement"),
        ("Wow, Nina, that's incredible!", "I won the race. How was your day?", "praise"),
        ("Congrats on the flat, Nina!", "I moved.", "praise"),
        ("Give her a big squeeze from me!", "My niece sang.", "farewell"),
        ("I am so sorry, Nina.", "My goldfish died.", "sympathy"),
        ("Ahh, I'm so happy for you and for the kids!", "We got the grant.", "praise"),
        ("I really needed to hear that.", "You will be fine.", "thanks"),
        ("That's incredible, I'm so happy for you.", "We are funded! Any news?", "praise"),
        ("You've worked so hard for it and I know it's going to be a hit!", "I signed the lease.", "praise"),
        ("Biscuit looks like the sweetest boy.", "His name is Biscuit, he used to race.", "praise"),
        ("That just warmed my whole heart.", "We take the kids out for free.", "sympathy"),
        ("My goodness, Nina, sounds like she is a fine helper!", "My daughter helped.", "agreement"),
        ("Everybody stumbles sometimes, and that's how we grow.", "My slides froze.", "encouragement"),
        ("Ohh, that makes sense.", "Raise your saddle.", "agreement"),
        ("Got it, thanks for pointing me to the docs.", "It is in the docs.", "thanks"),
        ("Take care, talk soon!", None, "farewell"),
        ("Which port does it use?", None, "question"),
        ("I'm so sorry to hear that.", "My goldfish died.", "sympathy"),
        ("😀👍", None, "interjection"),
        ("That's incredible, 😀, I'm so happy for you.", "We are funded! Any news?", "praise"),
        ("7?", None, "question"),
        ("@!?", None, "interjection"),
        ("", None, "nothing said"),
    ],
)
def test_talk_is_skipped_with_its_reason(extract: Extract, text: str, previous: str, reason: str) -> None:
    found = extract(text, speaker="Tess", previous=previous)
    assert (found.skip_reason, found.kind, found.type, found.facts) == (reason, None, None, ())


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("Thanks! We moved into the new flat on Sunday.", "How was the move?"),
        ("Her name is Juniper.", "Is that your niece?"),
        ("You should try the night bus, it is half empty.", "Getting home takes ages."),
        ("That's great! I got a job at the aquarium.", "I passed."),
        ("I hope to start a podcast about beetles.", "What's next?"),
        ("Two cats and a gecko.", "What pets do you have?"),
        ("Did I tell you that we sold the caravan to my uncle?", "Hello!"),
        ("Harbour FC have a weak bench and an awful scouting network!", "As a Harbour FC fan I doubt that."),
        ("You'll need your passport at the airport on Friday.", "I am ready!"),
        ("That's great, and I found a flat in Leeds.", "I passed."),
        ("I remember you mentioned the captain's exam, the written one.", "I work at the station."),
        ("Je suis allée au marché avec ma mère.", None),
        ("我昨天去了北京。", None),
    ],
)
def test_what_tells_something_is_kept(extract: Extract, text: str, previous: str) -> None:
    assert extract(text, speaker="Tess", previous=previous).skip_reason is None


@pytest.mark.parametrize(
    "text",
    [
        "Sure, I'll fix that right away.",
        "Let me check the logs first.",
        "Looks fine, merge it.",
        "On it. I'll report back when it's finished.",
        "Linting now, give me a second.",
        "Nice catch, thank you!",
        "Understood, I'll do that now.",
        "Perfect, merge it whenever you're ready.",
        "Starting the database for a test run, this takes a moment.",
    ],
)
def test_promises_to_a_program_are_talk(note: Extract, text: str) -> None:
    assert note(text).skip_reason is not None


def test_an_echo_of_the_turn_before_is_talk(extract: Extract) -> None:
    found = extract("I'm resting and drinking water.", speaker="Tess", previous="Rest and drink water!")
    assert found.skip_reason == "echo"
