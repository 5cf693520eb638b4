"""The README's tables of settings are the truth: every variable, its default, what it does; and no secret is shown."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from app.domain.errors import Invalid
from app.settings import FILE, PREFIX, Settings, secrets

ROOT = Path(__file__).parents[2]
VARIABLES = {PREFIX + s.name.upper() for s in fields(Settings)} | {PREFIX + name.upper() + FILE for name in secrets()}
SERVERS = {
    "MNEMOGRAPH_STORE": "neo4j",
    "MNEMOGRAPH_NEO4J_PASSWORD": "canary-1",
    "MNEMOGRAPH_WEAVIATE_KEY": "canary-2",
    "MNEMOGRAPH_REDIS_URL": "redis://:canary-3@127.0.0.1:6379/0",
}
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
    named = set(re.findall(r"\bMNEMOGRAPH_[A-Z0-9_]+", (ROOT / file).read_text("utf-8")))
    assert named
    assert named <= VARIABLES


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


def wrong(**given: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as raised:
        Settings.from_env({PREFIX + name: value for name, value in given.items()})
    assert "canary" not in str(raised.value)
    return [(e.field.removeprefix(PREFIX), e.message) for e in raised.value.fields]


def test_the_secrets_are_those_that_the_readme_calls_so() -> None:
    assert secrets() == {s.name for s in fields(Settings) if "; secret" in s.metadata["doc"]}
    assert secrets() == {"embedding_key", "llm_key", "neo4j_password", "weaviate_key", "redis_url"}


@pytest.mark.parametrize("name", sorted(secrets()))
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    secret = "redis://:canary@host/0" if name == "redis_url" else "canary"
    (tmp_path / "secret").write_text(f"{secret}\n")
    settings = Settings.from_env({PREFIX + name.upper() + FILE: str(tmp_path / "secret")})
    assert getattr(settings, name) == secret
    assert "canary" not in repr(settings)


def test_a_secret_given_twice_or_in_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert wrong(NEO4J_PASSWORD="canary", NEO4J_PASSWORD_FILE=absent) == [
        (
            "NEO4J_PASSWORD",
            "MNEMOGRAPH_NEO4J_PASSWORD and MNEMOGRAPH_NEO4J_PASSWORD_FILE are both set; keep one of them",
        )
    ]
    assert wrong(WEAVIATE_KEY_FILE=absent, REDIS_URL_FILE=str(tmp_path / "bytes")) == [
        (
            "WEAVIATE_KEY",
            f"MNEMOGRAPH_WEAVIATE_KEY_FILE names {absent}, which cannot be read: No such file or directory",
        ),
        ("REDIS_URL", f"MNEMOGRAPH_REDIS_URL_FILE names {tmp_path / 'bytes'}, which is not UTF-8 text"),
    ]


def test_no_secret_is_in_what_settings_say_of_themselves() -> None:
    settings = Settings.from_env({**SERVERS, "MNEMOGRAPH_EMBEDDING_KEY": "canary-4"})
    assert "canary" not in f"{settings!r} {settings}"
    assert settings.neo4j_password == "canary-1"


def test_the_servers_store_names_what_it_cannot_do_without() -> None:
    def needed(name: str) -> tuple[str, str]:
        variable = PREFIX + name
        return name, f"is needed with MNEMOGRAPH_STORE=neo4j (or {variable}_FILE, a file that holds it)"

    assert wrong(STORE="neo4j") == [needed("REDIS_URL"), needed("NEO4J_PASSWORD"), needed("WEAVIATE_KEY")]
    assert wrong(STORE="neo4j", ALLOW_INSECURE_STORES="yes", NEO4J_URL="") == [
        ("NEO4J_URL", "is needed with MNEMOGRAPH_STORE=neo4j"),
        needed("REDIS_URL"),
    ]
    assert Settings.from_env(SERVERS).store == "neo4j"


def test_addresses_that_are_none_are_named_and_not_quoted() -> None:
    assert wrong(NEO4J_URL="http://canary", REDIS_URL="redis://:canary@:99999", OTEL_ENDPOINT="canary:4318") == [
        (
            "NEO4J_URL",
            "is not an address that begins with bolt://, bolt+s://, bolt+ssc://, neo4j://, neo4j+s://, neo4j+ssc://",
        ),
        ("REDIS_URL", "is not an address that begins with redis://, rediss://, unix://"),
        ("OTEL_ENDPOINT", "is not an address that begins with http://, https://"),
    ]
    held = "must not hold a password: an address is shown in logs; there is a setting of its own for it"
    assert wrong(NEO4J_URL="bolt://neo4j:canary@host:7687", WEAVIATE_URL="http://:canary@host") == [
        ("NEO4J_URL", held),
        ("WEAVIATE_URL", held),
    ]
    assert wrong(OTEL_SAMPLE="2", WEAVIATE_GRPC="host", WEAVIATE_PREFIX="memory") == [
        ("WEAVIATE_GRPC", "'host' is not host:port"),
        ("WEAVIATE_PREFIX", "'memory' does not begin with a capital and go on with letters, digits or _"),
        ("OTEL_SAMPLE", "2.0 is not within 0 and 1"),
    ]


@pytest.mark.parametrize(
    ("url", "grpc", "address"),
    [
        ("http://127.0.0.1:8080", "", ("127.0.0.1", 50051)),
        ("https://weaviate.example", "", ("weaviate.example", 50051)),
        ("http://a:8080", "b:7777", ("b", 7777)),
    ],
)
def test_grpc_is_on_the_same_host_unless_it_is_said(url: str, grpc: str, address: tuple[str, int]) -> None:
    settings = Settings.from_env({"MNEMOGRAPH_WEAVIATE_URL": url, "MNEMOGRAPH_WEAVIATE_GRPC": grpc})
    assert settings.weaviate_grpc_address == address
