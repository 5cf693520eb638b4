import pytest

from tests.unit.extraction.conftest import Extract


def triples(extract: Extract, text: str) -> list[tuple[str, str, str]]:
    return [(r.source, r.type, r.target) for r in extract(text, speaker="Tess").relations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My sister Anna lives in Lisbon.", [("Tess", "sibling_of", "Anna"), ("Anna", "lives_in", "Lisbon")]),
        ("Our dog is called Waffles.", [("Tess", "has_pet", "Waffles")]),
        ("Samir joined Helix Robotics.", [("Samir", "works_at", "Helix Robotics")]),
        ("I moved to Porto with my cat.", [("Tess", "lives_in", "Porto")]),
        ("Elena's husband Mateo bakes.", [("Elena", "married_to", "Mateo")]),
        (
            "Anna works at Novatek and lives in Lisbon.",
            [("Anna", "works_at", "Novatek"), ("Anna", "lives_in", "Lisbon")],
        ),
        ("Anna is Ben's sister.", [("Ben", "sibling_of", "Anna")]),
        ("Ben is Anna's brother.", [("Anna", "sibling_of", "Ben")]),
        ("Anna is Ben's mother.", [("Ben", "child_of", "Anna")]),
        ("Anna isn't Ben's sister.", []),
        ("Helix Robotics employs Samir.", [("Helix Robotics", "employs", "Samir")]),
        ("I don't live in Porto.", []),
        ("I want to move to Porto.", []),
        ("Does Anna live in Lisbon? We should ask around the village.", []),
    ],
)
def test_relations_that_a_text_states(extract: Extract, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert triples(extract, text) == expected


def test_since_when(extract: Extract) -> None:
    (relation,) = extract("Samir works at Helix Robotics since May 2024.", speaker="Tess").relations
    assert relation.since is not None
    assert relation.since.isoformat() == "2024-05-01"


def test_a_symmetric_relation_is_given_once(extract: Extract) -> None:
    text = "Elena married Mateo. Mateo married Elena."
    assert triples(extract, text) == [("Elena", "married_to", "Mateo")]
