"""What a project calls its things: replaced as a whole, listed by name, its own."""

import pytest

from app.domain import errors
from app.domain.graph import EntityType
from app.domain.ids import ProjectId
from app.domain.query import Window
from app.domain.vocabulary import VocabularyTerm
from app.services.inputs import NewTerm, Slice
from app.services.vocabulary import Vocabularies
from tests.builders import PROJECT, a_principal, a_project
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ATLAS = VocabularyTerm(name="Atlas", type=EntityType.PRODUCT, aliases=("AT-1", "Átlas Pro"))
BOREAS = VocabularyTerm(name="boreas", type=EntityType.TECHNOLOGY)
CIRCE = VocabularyTerm(name="Çirce", type=EntityType.CONCEPT)


async def teach(store: WholeStore, *terms: VocabularyTerm, project: ProjectId = PROJECT) -> None:
    async with store.write(US) as uow:
        await uow.projects.put(a_project(id=project, slug=project.replace("_", "-")))
        await uow.vocabulary.replace(project, terms)


async def test_terms_come_back_by_name_a_page_at_a_time(store: WholeStore) -> None:
    await teach(store, CIRCE, BOREAS, ATLAS)
    async with store.read(US) as reader:
        assert await reader.vocabulary.terms(PROJECT) == [ATLAS, BOREAS, CIRCE]
        first = await reader.vocabulary.page(Window(limit=2), project=PROJECT)
        rest = await reader.vocabulary.page(Window(limit=2, position=first.rows[-1].position), project=PROJECT)
    assert ([row.item for row in first.rows], first.more) == ([ATLAS, BOREAS], True)
    assert ([row.item for row in rest.rows], rest.more) == ([CIRCE], False)


async def test_a_vocabulary_takes_the_place_of_the_one_before_in_its_project_only(store: WholeStore) -> None:
    other = ProjectId("prj_2")
    await teach(store, ATLAS, project=other)
    await teach(store, ATLAS, BOREAS)
    await teach(store, CIRCE)
    async with store.read(US) as reader:
        assert await reader.vocabulary.terms(PROJECT) == [CIRCE]
        assert await reader.vocabulary.terms(other) == [ATLAS]
    await teach(store)
    async with store.read(US) as reader:
        assert await reader.vocabulary.terms(PROJECT) == []


async def test_ten_thousand_terms_are_kept(store: WholeStore, clock: FixedClock) -> None:
    await teach(store)
    service = Vocabularies(store=store, clock=clock)
    terms = [NewTerm(term=f"Part {number}", type="thing") for number in range(10_000)]
    slug = PROJECT.replace("_", "-")
    changed = await service.set(US, project=slug, terms=terms)
    assert changed.updated_at > a_project().updated_at
    async with store.read(US) as reader:
        assert len(await reader.vocabulary.terms(PROJECT)) == 10_000
    page = await service.terms(US, project=slug, page=Slice(first=1))
    assert [item.node.name for item in page.items] == ["Part 0"]
    with pytest.raises(errors.Invalid, match="10,001"):
        await service.set(US, project=slug, terms=[*terms, NewTerm(term="More", type="thing")])


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        ([NewTerm(term=" ", type="thing")], "terms.0.term", "blank"),
        ([NewTerm(term="--", type="thing")], "terms.0.term", "invalid"),
        ([NewTerm(term="x" * 101, type="thing")], "terms.0.term", "too_long"),
        ([NewTerm(term="x", type="animal")], "terms.0.type", "unknown"),
        ([NewTerm(term="x", type="thing", aliases=("y", ""))], "terms.0.aliases.1", "blank"),
        ([NewTerm(term="x", type="thing"), NewTerm(term="X", type="thing")], "terms.1.term", "duplicate"),
        (
            [NewTerm(term="x", type="thing"), NewTerm(term="y", type="thing", aliases=("x",))],
            "terms.1.aliases.0",
            "duplicate",
        ),
        ([NewTerm(term="x", type="thing", aliases=tuple(map(str, range(21))))], "terms.0.aliases", "too_long"),
    ],
)
async def test_wrong_terms_are_named_and_nothing_is_lost(
    store: WholeStore, clock: FixedClock, terms: list[NewTerm], field: str, code: str
) -> None:
    await teach(store, ATLAS)
    with pytest.raises(errors.Invalid) as raised:
        await Vocabularies(store=store, clock=clock).set(US, project=PROJECT.replace("_", "-"), terms=terms)
    assert [(wrong.field, wrong.code) for wrong in raised.value.fields] == [(field, code)]
    async with store.read(US) as reader:
        assert await reader.vocabulary.terms(PROJECT) == [ATLAS]
