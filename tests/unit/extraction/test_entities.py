import pytest

from app.adapters.spacy_analysis import SpacyAnalyzer
from app.domain.graph import EntityType
from app.domain.vocabulary import VocabularyTerm
from app.extraction.findings import Finding, Turn
from app.extraction.pipeline import Extractor
from app.extraction.vocabulary import Vocabulary
from tests.unit.extraction.conftest import WEDNESDAY, Extract


def names(found: Finding) -> list[tuple[str, str]]:
    return [(entity.name, entity.type.value) for entity in found.entities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "My sister Anna works at Novatek and lives in Lisbon.",
            [("Anna", "PERSON"), ("Novatek", "ORGANIZATION"), ("Lisbon", "PLACE")],
        ),
        ("We adopted a kitten named Pickles!", [("Pickles", "THING")]),
        (
            "I finished The Left Hand of Darkness by Ursula K. Le Guin.",
            [("The Left Hand of Darkness", "PRODUCT"), ("Ursula K. Le Guin", "PERSON")],
        ),
        ('We watched "Night Train" with Omar.', [("Night Train", "PRODUCT"), ("Omar", "PERSON")]),
        ("I studied at the University of Leeds.", [("University of Leeds", "ORGANIZATION")]),
        (
            "We camped near Lake Bled and hiked Eagle Peak Trail.",
            [("Lake Bled", "PLACE"), ("Eagle Peak Trail", "PLACE")],
        ),
        ("I ran the Rotterdam Marathon.", [("Rotterdam Marathon", "EVENT")]),
        ("I'm learning Spanish.", [("Spanish", "CONCEPT")]),
        ("I started taking Portuguese classes.", [("Portuguese", "CONCEPT")]),
        ("Holly! I'm back.", [("Holly", "PERSON")]),
        ("Our billing service runs on Postgres, and deploys are on Tuesdays.", [("Postgres", "TECHNOLOGY")]),
        ("They type it in Polish.", [("Polish", "CONCEPT")]),
        ("That is Sprocket, my one-eyed beagle.", [("Sprocket", "THING")]),
        ("The label printer by the door is called Hulda.", [("Hulda", "THING")]),
        ("My boss at Home Depot clapped.", [("Home Depot", "ORGANIZATION")]),
        ("I'm a sucker for the Clint Eastwood ones.", [("Clint Eastwood", "PERSON")]),
        ("I bought an Italian coat on Monday in May.", []),
        ("It was AMAZING and I am SO happy.", []),
        ("Maya Lindqvist moved to Oslo.", [("Maya Lindqvist", "PERSON"), ("Oslo", "PLACE")]),
        ("Rose Miller works at Novatek.", [("Rose Miller", "PERSON"), ("Novatek", "ORGANIZATION")]),
        ("Mark Berg likes tea.", [("Mark Berg", "PERSON")]),
        ("Mark Anna as away.", [("Anna", "PERSON")]),
        ("We adopted a beagle and named her Pepper.", [("Pepper", "THING")]),
        ("I grew up speaking Tagalog and love Greek and Indian food.", [("Tagalog", "CONCEPT")]),
        ("My parents' place in Cork is near the sea.", [("Cork", "PLACE")]),
        ("We flew from Frankfurt to Montreal.", [("Frankfurt", "PLACE"), ("Montreal", "PLACE")]),
        (
            "He left the Navy and gives to Doctors Without Borders.",
            [("Navy", "ORGANIZATION"), ("Doctors Without Borders", "ORGANIZATION")],
        ),
        ("We sold the old Volvo.", [("Volvo", "PRODUCT")]),
        ("Edinburgh, Scotland would be great for that.", [("Edinburgh", "PLACE"), ("Scotland", "PLACE")]),
        (
            "I trekked through the Himalayas and watched Lyon vs Marseille.",
            [("Himalayas", "PLACE"), ("Lyon", "ORGANIZATION"), ("Marseille", "ORGANIZATION")],
        ),
    ],
)
def test_names_in_a_chat(extract: Extract, text: str, expected: list[tuple[str, str]]) -> None:
    assert names(extract(text, speaker="Tess")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We moved the Falcon importer from RabbitMQ to NATS.",
            [("Falcon", "PRODUCT"), ("RabbitMQ", "TECHNOLOGY"), ("NATS", "TECHNOLOGY")],
        ),
        (
            "Our vendor Brightline Analytics ends support for SAML.",
            [("Brightline Analytics", "ORGANIZATION"), ("SAML", "TECHNOLOGY")],
        ),
        ("We follow ISO 8601 and run Python 3.12.", [("ISO 8601", "CONCEPT"), ("Python", "TECHNOLOGY")]),
        ("Kestrel, our job scheduler, is down.", [("Kestrel", "PRODUCT")]),
        (
            "The tokens live in the Heron repo, the totals on the Tagus search service.",
            [("Heron", "PRODUCT"), ("Tagus", "PRODUCT")],
        ),
        (
            "Iven from Northwind Traders called about the Marlow account.",
            [("Iven", "PERSON"), ("Northwind Traders", "ORGANIZATION"), ("Marlow", "ORGANIZATION")],
        ),
        (
            "The login is in 1Password, in front stands Traefik.",
            [("1Password", "TECHNOLOGY"), ("Traefik", "TECHNOLOGY")],
        ),
        ("Hafsa told us at KubeCon in Paris.", [("Hafsa", "PERSON"), ("KubeCon", "EVENT"), ("Paris", "PLACE")]),
        (
            "Weekly: Amara Osei of Finchley Robotics joined us.",
            [("Amara Osei", "PERSON"), ("Finchley Robotics", "ORGANIZATION")],
        ),
        ("Ledger entries live in CockroachDB.", [("CockroachDB", "TECHNOLOGY")]),
        ("Keep the log lines in English.", [("English", "CONCEPT")]),
        ("SQLite on the Ceph mount is slow.", [("SQLite", "TECHNOLOGY"), ("Ceph", "TECHNOLOGY")]),
        ("The API is in src/Main/App.py behind the `Gate` class, see https://Example.org/Docs.", []),
    ],
)
def test_names_in_a_note(note: Extract, text: str, expected: list[tuple[str, str]]) -> None:
    assert names(note(text)) == expected


def test_every_mention_counts_and_shares_one_type(extract: Extract) -> None:
    found = extract("My dog Rocky loves the park. Rocky barks a lot.", speaker="Tess")
    assert names(found) == [("Rocky", "THING"), ("Rocky", "THING")]


def test_the_turn_before_tells_what_a_name_is(extract: Extract) -> None:
    found = extract("Their name is Biscuit.", speaker="Tess", previous="What a sweet puppy! What's their name?")
    assert names(found) == [("Biscuit", "THING")]


def test_who_is_called_is_a_person_and_least_central(extract: Extract) -> None:
    (mia, otis) = extract("Thanks, Mia! My cousin Otis moved to a farm.", speaker="Tess").entities
    assert (mia.name, mia.type, mia.salience) == ("Mia", EntityType.PERSON, 0.1)
    assert otis.salience > mia.salience


def test_a_nickname_of_who_spoke_is_a_person(extract: Extract) -> None:
    assert names(extract("Rosa, Bel and I won.", speaker="Tess", previous_speaker="Belinda"))[1] == ("Bel", "PERSON")


def test_a_word_of_the_projects_vocabulary_is_known_by_any_of_its_spellings(analyzer: SpacyAnalyzer) -> None:
    term = VocabularyTerm(name="Quokka", type=EntityType.PRODUCT, aliases=("qk",))
    found = Extractor(analyzer).extract(
        [Turn(text="The qk queue is full.", at=WEDNESDAY, role="user")], taught=[Vocabulary([term])]
    )
    assert names(found[0]) == [("Quokka", "PRODUCT")]


def test_names_of_skipped_turns_are_found_too(extract: Extract) -> None:
    found = extract("Thank you so much, Ravi!", speaker="Tess")
    assert (found.skip_reason, names(found)) == ("thanks", [("Ravi", "PERSON")])
