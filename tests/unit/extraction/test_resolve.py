from datetime import UTC, datetime

import pytest

from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, ProjectId
from app.extraction.findings import FoundEntity
from app.extraction.resolve import resolve
from app.extraction.spelling import edit_distance

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PERSON, ORGANIZATION, PLACE, TECHNOLOGY, THING = (
    EntityType.PERSON,
    EntityType.ORGANIZATION,
    EntityType.PLACE,
    EntityType.TECHNOLOGY,
    EntityType.THING,
)


def known(name: str, type_: EntityType = PERSON, *aliases: str) -> Entity:
    return Entity(
        id=EntityId(f"ent_{name}"),
        project=ProjectId("prj_1"),
        user=None,
        name=name,
        type=type_,
        aliases=aliases,
        created_at=THEN,
        updated_at=THEN,
    )


def resolved(name: str, type_: EntityType, *entities: Entity) -> str | None:
    (resolution,) = resolve([FoundEntity(name=name, type=type_, start=0, end=len(name))], entities)
    return resolution.entity.name if resolution.entity else None


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("ANNA", known("Anna")),
        ("José", known("Jose")),
        ("Anna", known("Anna Keller")),
        ("Anna Keller", known("Anna")),
        ("Dr. Keller", known("Anna Keller")),
        ("Liz", known("Elizabeth Moss")),
        ("Bel", known("Belinda")),
        ("Annika Kellerman", known("Annika Kelleman")),
        ("Bob", known("Robert Hale", PERSON, "Bobby")),
        ("Postgre SQL", known("PostgreSQL", TECHNOLOGY)),
        ("Acme", known("Acme Inc.", ORGANIZATION)),
        ("NHS", known("National Health Service", ORGANIZATION)),
        ("Kuberentes", known("Kubernetes", TECHNOLOGY)),
        ("Stripe", known("Stripe", ORGANIZATION)),
        ("Søren Holm", known("Soren Holm")),
        ("Müller", known("Mueller")),
        ("my sister Anna", known("Anna")),
        ("Anna", known("my sister Anna")),
        ("Uncle Bob", known("Robert Hale", PERSON, "Bobby")),
        ("J. Alvarez", known("José Alvarez")),
        ("Anna M. Keller", known("Anna Keller")),
        ("Van Gogh", known("Vincent van Gogh")),
        ("Gabe", known("Gabriel Ruiz")),
        ("Caro", known("Caroline")),
        ("@tomreyes", known("Tom Reyes")),
        ("Anna's", known("Anna")),
        ("k8s", known("Kubernetes", TECHNOLOGY)),
        ("NYC", known("New York", PLACE)),
        ("Mt. Fuji", known("Mount Fuji", PLACE)),
        ("Frankfurt", known("Frankfurt am Main", PLACE)),
        ("Vue.js", known("Vue", TECHNOLOGY)),
        ("Mongo", known("MongoDB", TECHNOLOGY)),
        ("Novo Nordisk A/S", known("Novo Nordisk", ORGANIZATION)),
        ("Philadelpia", known("Philadelphia", PLACE)),
    ],
)
def test_a_name_that_is_known(name: str, entity: Entity) -> None:
    assert resolved(name, entity.type, entity) == entity.name


@pytest.mark.parametrize(
    ("name", "type_", "entity"),
    [
        ("Maria", PERSON, known("Marie")),
        ("Anna Keller", PERSON, known("Anna Weber")),
        ("Paris", PERSON, known("Paris", PLACE)),
        ("Java", TECHNOLOGY, known("JavaScript", TECHNOLOGY)),
        ("Python 2", TECHNOLOGY, known("Python 3", TECHNOLOGY)),
        ("Google Maps", ORGANIZATION, known("Google", ORGANIZATION)),
        ("React", TECHNOLOGY, known("Preact", TECHNOLOGY)),
        ("Austria", PLACE, known("Australia", PLACE)),
        ("Daniel Ross", PERSON, known("Daniela Ross")),
        ("Joseph", PERSON, known("Josephine")),
        ("Anna", PERSON, known("Annabel")),
        ("Sarah Johnson", PERSON, known("Sarah Johnston")),
        ("Anna M. Keller", PERSON, known("Anna S. Keller")),
        ("Aunt May", PERSON, known("Uncle May")),
        ("Oscar", THING, known("Oscar Wilde")),
        ("Apple", ORGANIZATION, known("Apple", EntityType.CONCEPT)),
        ("SWIFT", ORGANIZATION, known("Swift", TECHNOLOGY)),
        ("AngularJS", TECHNOLOGY, known("Angular", TECHNOLOGY)),
        ("University of York", ORGANIZATION, known("University of Cork", ORGANIZATION)),
        ("New York", PLACE, known("York", PLACE)),
        ("!!!", PERSON, known("???")),
    ],
)
def test_a_likeness_that_is_not_the_same(name: str, type_: EntityType, entity: Entity) -> None:
    assert resolved(name, type_, entity) is None


def test_two_who_fit_leave_it_open() -> None:
    assert resolved("Anna", PERSON, known("Anna Keller"), known("Anna Weber")) is None


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("Kim", (known("Kim Larsen"), known("Daniel Kim"))),
        ("Tom", (known("Thomas Hale"), known("Tommy Lee"))),
        ("Lee Ann", (known("Lee"), known("Ann"))),
        ("Rui Costa", (known("Rui"), known("Rui Silva"))),
        ("R. Costa", (known("Rui Costa"), known("Rita Costa"))),
    ],
)
def test_a_name_that_could_be_somebody_elses_as_well_is_new(name: str, people: tuple[Entity, ...]) -> None:
    assert resolved(name, PERSON, *people) is None


def test_an_alias_does_not_lead_to_somebody_whose_name_is_another() -> None:
    assert resolved("Anna Weber", PERSON, known("Anna Keller", PERSON, "Anna")) is None
    assert (
        resolved("National Highway Service", ORGANIZATION, known("National Health Service", ORGANIZATION, "NHS"))
        is None
    )


def test_the_whole_name_wins_over_a_part() -> None:
    assert resolved("Anna", PERSON, known("Anna Keller"), known("Anna")) == "Anna"


def test_a_chain_of_likenesses_joins_nothing() -> None:
    found = [FoundEntity(name=name, type=PERSON, start=0, end=9) for name in ("Anna Keller", "Anna Weber")]
    first, second = resolve(found, [known("Anna")])
    assert first.entity == second.entity == known("Anna")
    assert resolve([found[1]], [known("Anna Keller")])[0].entity is None


def test_each_name_is_resolved_once_and_says_why() -> None:
    twice = [FoundEntity(name="Liz", type=PERSON, start=i, end=i + 3) for i in (0, 9)]
    (resolution,) = resolve(twice, [known("Elizabeth")])
    assert (resolution.reason, resolution.confidence) == ("short form", 0.88)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("kitten", "kitten", 0), ("kitten", "kittne", 1), ("kitten", "mitten", 1), ("a", "abcd", 3)],
)
def test_slips_are_counted_up_to_the_limit(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other, limit=2) == min(distance, 3)
