from datetime import date

import pytest

from app.extraction.facts import spoken
from tests.unit.extraction.conftest import Extract


def statements(extract: Extract, text: str, **about: str) -> list[str]:
    return [fact.statement for fact in extract(text, **about).facts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I went to the lake yesterday!", ["Tess went to the lake on 7 April 2026."]),
        ("I sold my boat last week.", ["Tess sold Tess's boat between 30 March and 5 April 2026."]),
        ("I usually walk my dog at night.", ["Tess usually walks Tess's dog at night."]),
        ("Yeah, I'm learning to weave, Mia.", ["Tess is learning to weave."]),
        ("Got a new bike last month.", ["Tess got a new bike in March 2026."]),
        ("I wanna help people. That is my plan.", ["Tess wants to help people.", "That is Tess's plan."]),
        ("I gotta go back to Graz soon.", ["Tess has to go back to Graz soon."]),
        ("I'm gonna paint the shed.", ["Tess is going to paint the shed."]),
        ("I dunno the code of the shed.", ["Tess doesn't know the code of the shed."]),
        ("I rely on Omar in Graz.", ["Tess relies on Omar in Graz."]),
        ("I like the shed.", ["Tess likes the shed."]),
        ("Hi! I'm Tess, I live in Graz.", ["Tess lives in Graz."]),
        ("Just started doing aerial yoga.", ["Tess just started doing aerial yoga."]),
        ("Haven't painted the shed yet.", ["Tess hasn't painted the shed yet."]),
        ("Learning to weave.", ["Tess is learning to weave."]),
        ("Taking the bus to Graz was tiring. I sold it.", ["Taking the bus to Graz was tiring.", "Tess sold it."]),
        ("Been a few days in Graz.", ["It has been a few days in Graz."]),
        ("I've sold my boat. My uncle bought it.", ["Tess has sold Tess's boat.", "Tess's uncle bought it."]),
    ],
)
def test_the_speaker_and_the_day_stand_in_the_statement(extract: Extract, text: str, expected: list[str]) -> None:
    found = statements(extract, text, speaker="Tess")
    assert [s.replace("their", "Tess's") for s in found] == expected


def test_one_plain_sentence_needs_no_fact(extract: Extract) -> None:
    assert statements(extract, "Marta keeps bees in Graz.", speaker="Tess") == []


def test_talk_between_statements_gives_none(extract: Extract) -> None:
    text = "Thanks, Mia! I sold the caravan. What are you up to?"
    assert statements(extract, text, speaker="Tess") == ["Tess sold the caravan."]


def test_a_fact_knows_its_sentence_its_names_and_its_day(extract: Extract) -> None:
    text = "Hello there! Omar visited me in Graz last Friday."
    (fact,) = extract(text, speaker="Tess").facts
    assert text[fact.start : fact.end] == "Omar visited me in Graz last Friday."
    assert (fact.entities, fact.occurred, fact.valid_from) == (("Omar", "Graz"), date(2026, 4, 3), None)


def test_since_tells_from_when_it_holds(extract: Extract) -> None:
    (fact,) = extract("I have worked there since May 2024.", speaker="Tess").facts
    assert (fact.occurred, fact.valid_from) == (None, date(2024, 5, 1))


def test_without_a_known_speaker_the_first_person_stays(extract: Extract) -> None:
    assert statements(extract, "I sold the caravan yesterday.", role="user") == ["I sold the caravan on 7 April 2026."]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2023-05-07", "7 May 2023"),
        ("2023-05", "May 2023"),
        ("2023", "2023"),
        ("2023-05-06/2023-05-07", "6 to 7 May 2023"),
        ("2023-12-30/2024-01-05", "30 December 2023 to 5 January 2024"),
    ],
)
def test_values_in_words(value: str, words: str) -> None:
    assert spoken(value) == words
