"""`mnemograph reindex` where there is nothing to rebuild, and how it tells of what it did."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from app.commands import reindex
from app.indexing.rebuild import Rebuilt

DONE = Rebuilt(generation="Mnemograph_abc_2", memories=1_200, embedded=1, refused=0, asked=20, found=20)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Typer:
    monkeypatch.setenv("MNEMOGRAPH_STORE", "sqlite")
    app = Typer()
    app.command()(reindex.reindex)
    return app


def test_an_embedded_store_has_no_index_beside_it(cli: Typer) -> None:
    ended = CliRunner().invoke(cli, [])
    assert (ended.exit_code, ended.output) == (
        0,
        "The embedded store is its own search index: there is nothing to rebuild.\n",
    )
    assert json.loads(CliRunner().invoke(cli, ["--json"]).output) == {"generation": None}


def test_people_and_programs_are_told_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    reindex._tell_programs(DONE, ["Mnemograph_abc_1"])
    assert json.loads(capsys.readouterr().out) == {
        "generation": "Mnemograph_abc_2",
        "memories": 1_200,
        "embedded": 1,
        "refused": 0,
        "samples": {"asked": 20, "found": 20},
        "dropped": ["Mnemograph_abc_1"],
    }
