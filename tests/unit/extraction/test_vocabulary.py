"""A project's names in its texts: found in one pass, whole, however they are spelt."""

import pytest

from app.adapters.spacy_analysis import SpacyAnalyzer
from app.domain.graph import EntityType
from app.domain.vocabulary import VocabularyTerm
from app.extraction.findings import Turn
from app.extraction.pipeline import Extractor
from app.extraction.vocabulary import Vocabulary
from tests.unit.extraction.conftest import WEDNESDAY

TERMS = [
    VocabularyTerm(name="Blue Heron", type=EntityType.PRODUCT, aliases=("BH-2",)),
    VocabularyTerm(name="Blue Heron Cloud", type=EntityType.PRODUCT),
    VocabularyTerm(name="Go", type=EntityType.TECHNOLOGY),
    VocabularyTerm(name="zarquon", type=EntityType.CONCEPT, aliases=("Zärq", "zqx7")),
]
VOCABULARY = Vocabulary(TERMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We ship blue heron today.", ["blue heron"]),
        ("Blue Heron Cloud is not Blue Heron.", ["Blue Heron Cloud", "Blue Heron"]),
        ("The bh-2 and the BH-2's battery.", ["bh-2", "BH-2"]),
        ("We go there; it is written in Go.", ["Go"]),
        ("A zarq, two ZQX7.", ["zarq", "ZQX7"]),
        ("Zarquonite and bluish heron are others.", []),
        ("", []),
    ],
)
def test_names_are_found_whole_and_the_longest_first(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in VOCABULARY.mentions(text)] == found


def test_a_taught_name_is_an_entity_with_its_type_and_aliases() -> None:
    (finding,) = Extractor(SpacyAnalyzer()).extract(
        [Turn(text="I moved the invoices to blue heron yesterday.", at=WEDNESDAY)], taught=[VOCABULARY]
    )
    told = [(one.name, one.type, one.aliases) for one in finding.entities if one.is_taught]
    assert told == [("Blue Heron", EntityType.PRODUCT, ("BH-2",))]


def test_ten_thousand_names_are_one_pass() -> None:
    """Each token is looked at as often as names that begin there are long, not once a name."""
    vocabulary = Vocabulary([VocabularyTerm(name=f"Part {n} of X", type=EntityType.THING) for n in range(10_000)])
    text = "Part 77 of X, part 9999 of x, Part 10000 of X. " * 100
    assert [one.name for one in vocabulary.mentions(text)] == ["Part 77 of X", "Part 9999 of X"] * 100
