"""Documents taken apart into values at keypaths, projects that come and go, and the state after each write."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.memory import Memory
from app.domain.work import Job, JobState
from app.extraction.outline import Statement, outline
from app.services.inputs import Address, NewDocument, NewValue, Question, SearchMode
from app.services.references import EVERY_PROJECT
from app.settings import Settings

DOCUMENT = """# Billing
- **Provider**: Stripe
- Webhooks are signed.

The database is Postgres 16. The database has daily backups at night.
"""


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def filed(application: Application, text: str) -> Job:
    operator = application.operator
    taken = await application.services.filing.take(operator, document=NewDocument(text=text, origin="readme"))
    found = await found_words(application, text.rsplit(maxsplit=1)[-1])
    assert taken.memory.id in {memory.id for memory in found}
    (job,) = await application.runner.drain(operator.tenant, [taken.job.id])
    assert job.state is JobState.COMPLETED
    return job


async def found_words(application: Application, query: str) -> list[Memory]:
    question = Question(query=query, mode=SearchMode.KEYWORD)
    found = await application.services.recall.search(application.operator, question=question)
    return [item.node.memory for item in found.hits.items]


async def texts(application: Application) -> dict[str, str]:
    found = await application.services.trees.below(application.operator, project=EVERY_PROJECT)
    return {memory.keypath or "": memory.text for memory in found.items}


def test_an_outline_names_each_statement_and_loses_none() -> None:
    assert outline("# A\n## B\ntext here\n```\ncode\n```\n# Left alone", context="unused") == [
        Statement(("a", "b", "text_here"), "text here", "A / B"),
        Statement(("a", "b", "code"), "```\ncode\n```", "A / B"),
        Statement(("left_alone",), "Left alone"),
    ]
    assert outline("We use Stripe. Port: 80", context="the stack") == [
        Statement(("stack", "use_stripe"), "We use Stripe."),
        Statement(("stack", "port"), "Port: 80", labelled=True),
    ]
    assert outline("!!!") == [Statement(("note",), "!!!")]


async def test_a_document_is_findable_at_once_and_then_stands_at_keypaths(application: Application) -> None:
    job = await filed(application, DOCUMENT)
    assert job.result["created"] == 4
    assert await texts(application) == {
        "project.default.billing.database": "The database is Postgres 16.",
        "project.default.billing.database_2": "The database has daily backups at night.",
        "project.default.billing.provider": "**Provider**: Stripe",
        "project.default.billing.webhooks": "Webhooks are signed.",
    }
    (found, *_) = await found_words(application, "Postgres")
    assert (found.keypath, found.title) == ("project.default.billing.database", "Billing")
    assert found.metadata == {"source": "readme", "ingestion": job.id}


async def test_what_stands_already_is_left_and_what_differs_takes_its_place(application: Application) -> None:
    await filed(application, DOCUMENT)
    again = await filed(application, "# Billing\nProvider: Adyen\n\nWebhooks are signed")
    assert again.result == {
        "keypaths": ["project.default.billing.provider"],
        "created": 1,
        "conflicts": 1,
        "project_revision": 2,
    }
    address = Address(keypath="project.default.billing.provider")
    provider = await application.services.keypaths.at(application.operator, address=address)
    assert provider is not None
    assert (provider.text, provider.version) == ("Provider: Adyen", 2)
    assert provider.metadata["conflict_reason"] == "Replaces: **Provider**: Stripe"


async def test_each_write_is_one_revision_of_its_project(application: Application) -> None:
    operator, services = application.operator, application.services
    project = await services.projects.used(operator, slug="my_shop")
    assert await services.projects.used(operator, slug="my_shop") == project
    for keypath, value in (("a.b", "one"), ("a.c", "two"), ("a.b", "three")):
        stored = await services.keypaths.store(
            operator, value=NewValue(keypath=keypath, value=value, project=project.id)
        )
    assert stored.project_revision == 3
    await services.keypaths.forget(operator, address=Address(keypath="a", project=project.id), subtree=True)
    stood = [
        [memory.text for memory in await services.trees.then(operator, project=project.id, revision=number)]
        for number in range(6)
    ]
    assert stood == [[], ["one"], ["one", "two"], ["three", "two"], [], []]
    written = await services.projects.revisions(operator, ref="my_shop", limit=2)
    assert [(each.number, [v.memory.keypath for v in each.versions]) for each in written] == [
        (4, ["a.c", "a.b"]),
        (3, ["a.b"]),
    ]
    with pytest.raises(errors.Invalid):
        await services.trees.then(operator, project=project.id, revision=-1)


async def test_a_deleted_project_is_empty_and_comes_back_with_the_next_write(application: Application) -> None:
    operator, services = application.operator, application.services
    await services.projects.put(operator, slug="shop", name="Shop", metadata={"git_remote": "x"})
    value = NewValue(keypath="a", value="one", project="shop")
    await services.keypaths.store(operator, value=value)
    deleted = await services.projects.delete(operator, ref="shop")
    assert (deleted.count, deleted.keypaths, deleted.already) == (1, ("a",), False)
    assert deleted.project.deleted_at is not None
    assert (await services.projects.delete(operator, ref="shop")).already
    await services.keypaths.store(operator, value=value)
    project = await services.explore.project(operator, ref="shop")
    assert project is not None
    assert (project.deleted_at, project.name, project.metadata) == (None, "Shop", {"git_remote": "x"})
    assert project.revision == 3
    with pytest.raises(errors.NotFound):
        await services.projects.delete(operator, ref="nowhere")
    for wrong in ("Shop", "-a", "prj_a", "a b", ""):
        with pytest.raises(errors.Invalid):
            await services.projects.put(operator, slug=wrong)
