"""Knowledge pages: compiled, cited, always the same."""

from datetime import UTC, datetime, timedelta

from app.domain.graph import EntityType
from app.domain.ids import EntityId, MemoryId
from app.understanding.pages import Known, page_of
from tests.builders import NOON, a_memory, a_relation, an_entity

ADA, CLUB = an_entity(), an_entity(id="ent_2", name="Chess Club", type=EntityType.ORGANIZATION)
ONE = a_memory(text="Ada founded\n# the chess club.", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
TWO = a_memory(id="mem_2", text="Ada likes green tea.", importance=0.9, created_at=NOON + timedelta(1))
KNOWN = Known(
    entity=ADA,
    mentions=2,
    relations=[a_relation(type="founder_of", valid_from=datetime(2024, 5, 1, tzinfo=UTC), evidence=(ONE.id,))],
    memories=[TWO, ONE],
    beside={ONE.id: [ADA.id, CLUB.id], TWO.id: [ADA.id]},
    others={ADA.id: ADA, CLUB.id: CLUB},
)


def test_a_page_says_what_it_knows_and_from_where() -> None:
    page = page_of(KNOWN)
    assert page.citations == (ONE.id, TWO.id)
    assert (
        page.markdown
        == """# Ada Lovelace

## Who or what it is

- Ada Lovelace: person.
- Named in 2 memories, from 2024-05-01 to 2026-11-21.

## Facts

- Ada Lovelace founder of Chess Club (since 2024-05-01) [1]

## What is said

- Ada likes green tea. [2]
- Ada founded # the chess club. [1]

## Timeline

- 2024-05-01: Ada founded # the chess club. [1]

## Related

- Chess Club (organization), once [1]
"""
    )
    assert page_of(KNOWN) == page


def test_an_entity_of_which_nothing_is_said_has_a_short_page() -> None:
    bare = Known(entity=an_entity(aliases=("Countess",)), mentions=0, relations=[], memories=[])
    assert (
        page_of(bare).markdown
        == "# Ada Lovelace\n\n## Who or what it is\n\n- Ada Lovelace: person, also called Countess.\n"
    )


def test_what_cannot_be_seen_is_not_told() -> None:
    """A relation whose other end is hidden, and an entity that is named along with it but hidden."""
    hidden = Known(
        entity=ADA,
        mentions=1,
        relations=KNOWN.relations,
        memories=[ONE],
        beside={MemoryId(ONE.id): [ADA.id, EntityId("ent_2")]},
    )
    assert [section.title for section in page_of(hidden).sections] == ["Who or what it is", "What is said", "Timeline"]
