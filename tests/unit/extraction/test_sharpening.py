"""What a model read, laid over what the rules found: nothing is lost, and what is taught stays."""

from datetime import date

from app.domain.graph import EntityType
from app.domain.memory import Kind
from app.extraction.findings import Finding, FoundEntity, FoundFact, FoundRelation
from app.extraction.sharpening import sharpened
from app.ports.models import Account, ReadFact, ReadName, ReadTie

RULES = Finding(
    kind=Kind.SEMANTIC,
    type="fact",
    categories=("work",),
    entities=(
        FoundEntity(name="Quirrel", type=EntityType.PERSON, start=10, end=17, salience=0.9),
        FoundEntity(name="Atlas", type=EntityType.PRODUCT, start=30, end=35, is_taught=True),
        FoundEntity(name="Oslo", type=EntityType.PLACE, start=40, end=44),
    ),
    relations=(FoundRelation(source="Maya", type="uses", target="Quirrel"),),
    facts=(FoundFact(statement="Rules.", kind=Kind.SEMANTIC, type="fact", start=0, end=5),),
)


def test_names_of_both_are_kept_and_those_of_the_model_win_but_over_what_is_taught() -> None:
    account = Account(
        kind=Kind.EPISODIC,
        type="decision",
        names=(
            ReadName(name="Quirrel", type=EntityType.TECHNOLOGY, spans=((10, 17), (50, 57))),
            ReadName(name="Atlas", type=EntityType.PLACE, spans=((30, 35),)),
        ),
        ties=(ReadTie(source="Maya", type="uses", target="Quirrel", since=date(2026, 1, 1)),),
    )
    found = sharpened(RULES, account)
    assert [(one.name, one.type, one.start, one.salience, one.is_taught) for one in found.entities] == [
        ("Quirrel", EntityType.TECHNOLOGY, 10, 0.9, False),
        ("Atlas", EntityType.PRODUCT, 30, 0.5, True),
        ("Oslo", EntityType.PLACE, 40, 0.5, False),
        ("Quirrel", EntityType.TECHNOLOGY, 50, 0.9, False),
    ]
    assert found.relations == (FoundRelation(source="Maya", type="uses", target="Quirrel", since=date(2026, 1, 1)),)
    assert (found.kind, found.type, found.categories) == (Kind.EPISODIC, "decision", ("work",))


def test_facts_are_the_models_where_it_has_any() -> None:
    fact = ReadFact(
        statement="Maya uses Quirrel.",
        kind=Kind.SEMANTIC,
        type="fact",
        start=3,
        end=9,
        names=("Quirrel",),
        occurred=date(2026, 5, 7),
        valid_from=None,
    )
    plain = Account(kind=Kind.SEMANTIC, type="fact")
    assert sharpened(RULES, plain).facts == RULES.facts
    (told,) = sharpened(RULES, Account(kind=Kind.SEMANTIC, type="fact", facts=(fact,))).facts
    assert (told.statement, told.start, told.end, told.entities) == ("Maya uses Quirrel.", 3, 9, ("Quirrel",))
    assert (told.occurred, told.valid_from) == (date(2026, 5, 7), None)
