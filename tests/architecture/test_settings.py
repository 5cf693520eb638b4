"""The README's table of settings is the truth: every variable, its default, what it does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from app.domain.errors import Invalid
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(MNEMOGRAPH_\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def shown(value: object) -> str:
    match value:
        case True | False:
            return f"`{str(value).lower()}`"
        case "":
            return "–"
        case _:
            return f"`{value}`"


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    told = {name: (default, doc) for name, default, doc in ROW.findall((ROOT / "README.md").read_text("utf-8"))}
    real = {PREFIX + s.name.upper(): (shown(s.default), s.metadata["doc"]) for s in fields(Settings)}
    assert told == real


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile"])
def test_what_the_containers_set_is_what_the_code_reads(file: str) -> None:
    named = set(re.findall(r"\bMNEMOGRAPH_[A-Z_]+", (ROOT / file).read_text("utf-8")))
    assert named
    assert named <= {PREFIX + s.name.upper() for s in fields(Settings)}


def test_the_compose_file_publishes_on_loopback_only() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_environment_sets_fields() -> None:
    settings = Settings.from_env({"MNEMOGRAPH_PORT": "9000", "MNEMOGRAPH_DATA": "/x", "MNEMOGRAPH_INTROSPECTION": "No"})
    assert (settings.port, settings.data, settings.introspection) == (9000, Path("/x"), False)


def test_every_value_that_does_not_fit_is_named() -> None:
    with pytest.raises(Invalid) as raised:
        Settings.from_env({"MNEMOGRAPH_PORT": "many", "MNEMOGRAPH_GRAPHIQL": "maybe", "MNEMOGRAPH_LOG_LEVEL": "loud"})
    assert [(e.field, e.message) for e in raised.value.fields] == [
        ("MNEMOGRAPH_PORT", "'many' is not a number"),
        ("MNEMOGRAPH_LOG_LEVEL", "'loud' is not one of debug, info, warning, error"),
        ("MNEMOGRAPH_GRAPHIQL", "'maybe' is neither true nor false"),
    ]
