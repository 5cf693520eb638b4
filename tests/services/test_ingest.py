"""Files become memories, in a job."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain.errors import Invalid
from app.domain.work import JobState
from app.services.ingest import Upload
from app.services.inputs import Mode, Slice, Sort, Where
from app.settings import Settings
from tests.papers import a_docx, a_pdf


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        yield opened


async def taken_in(application: Application, upload: Upload) -> dict[str, object]:
    job = await application.services.ingest.request(application.operator, upload=upload)
    (ended,) = await application.runner.drain(application.operator.tenant, [job.id])
    assert ended.state is JobState.COMPLETED
    assert "text" not in ended.arguments
    return dict(ended.result)


async def texts(application: Application, user: str) -> list[tuple[str | None, str]]:
    page = await application.services.explore.memories(
        application.operator, where=Where(users=(user,)), sort=Sort(), page=Slice(first=9)
    )
    return sorted((item.node.title, item.node.text) for item in page.items)


async def test_a_document_is_remembered_by_its_headings(application: Application) -> None:
    upload = Upload(name="plan.docx", file=a_docx(), user="ada", mode=Mode.VERBATIM, categories=("plans",))
    assert await taken_in(application, upload) == {"memories": 2, "flaws": []}
    assert await texts(application, "ada") == [
        ("Plan", "Ada moves to Porto.\n\nCity | Year\nPorto in 2026"),
        ("Plan › Later", "# marks no heading here."),
    ]
    assert await taken_in(application, upload) == {"memories": 0, "flaws": []}


@pytest.mark.parametrize(
    ("name", "file", "problem"),
    [
        ("song.mp3", b"x", "name: has an ending that is not read"),
        ("scan.pdf", a_pdf(""), "file: holds no text"),
        ("scan.pdf", b"%PDF", "file: is damaged"),
        ("a.txt", b"\xff", "file: is not UTF-8"),
        ("a.txt", b" ", "file: holds no text"),
        ("a.txt", b"a\x00b", "file: must not contain"),
    ],
)
async def test_what_cannot_be_read_leaves_no_job(
    application: Application, name: str, file: bytes, problem: str
) -> None:
    with pytest.raises(Invalid, match=problem):
        await application.services.ingest.request(application.operator, upload=Upload(name=name, file=file))
