"""docker-compose.yml: valid, sized, on loopback, without a password, and on the versions that `make services` starts.

`compose-spec.json` is the Compose Specification's own schema (github.com/compose-spec/compose-spec, Apache License 2.0).
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from services.passwords import keep, keep_for_compose
from services.places import versions

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("app", "api", "worker")
SERVERS = ("neo4j", "weaviate", "redis")
ASSIGNMENT = re.compile(r"\b([A-Z][A-Z_]+)=(\S+)")


def test_it_is_what_the_compose_specification_allows() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(COMPOSE)] == []


def test_the_services_are_ours_and_the_servers() -> None:
    assert sorted(SERVICES) == sorted(OURS + SERVERS)


def test_a_plain_start_is_the_embedded_app_alone() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["app"]
    assert not {"depends_on", "secrets"} & SERVICES["app"].keys()
    assert "MNEMOGRAPH_STORE" not in SERVICES["app"]["environment"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_bounded_restarted_and_stopped_with_grace(name: str) -> None:
    assert {"mem_limit", "restart", "stop_grace_period", "security_opt"} <= SERVICES[name].keys()


@pytest.mark.parametrize("name", SERVERS)
def test_every_server_is_watched_and_published_on_loopback_only(name: str) -> None:
    assert SERVICES[name]["healthcheck"].keys() == {"test", "interval", "timeout", "retries", "start_period"}
    assert SERVICES[name]["ports"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


@pytest.mark.parametrize("name", ["app", "api"])
def test_our_servers_are_watched_as_the_image_says(name: str) -> None:
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text("utf-8")
    assert "healthcheck" not in SERVICES[name]


@pytest.mark.parametrize("name", ["api", "worker"])
def test_ours_wait_until_the_servers_are_healthy(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {server: {"condition": "service_healthy"} for server in SERVERS}


def test_the_images_are_of_the_versions_that_the_tests_ran_on() -> None:
    tagged = {name: re.match(r"[\d.]+", SERVICES[name]["image"].rpartition(":")[2]) for name in SERVERS}
    assert {name: tag and tag[0] for name, tag in tagged.items()} == versions()


@pytest.mark.parametrize("name", ["neo4j", "weaviate", "app", "api", "worker"])
def test_what_keeps_data_has_a_volume(name: str) -> None:
    assert [volume.partition(":")[0] in COMPOSE["volumes"] for volume in SERVICES[name]["volumes"]] == [True]


def test_passwords_come_from_the_files_that_the_command_makes(tmp_path: Path) -> None:
    keep_for_compose(tmp_path)
    assert {name: secret["file"] for name, secret in COMPOSE["secrets"].items()} == {
        made.name: f"${{SECRETS_FOLDER:-./secrets}}/{made.name}" for made in tmp_path.iterdir()
    }


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_stands_in_the_environment(name: str) -> None:
    secret = re.compile(r"(PASSWORD|_KEY|_KEYS|TOKEN|REDIS_URL|NEO4J_AUTH)$")
    assert [variable for variable in SERVICES[name].get("environment", {}) if secret.search(variable)] == []


@pytest.mark.parametrize("name", OURS + SERVERS)
def test_a_service_is_given_the_secrets_that_it_reads_and_no_other(name: str) -> None:
    read = set(re.findall(r"/run/secrets/(\w+)", json.dumps(SERVICES[name])))
    assert set(SERVICES[name].get("secrets", [])) == read


def test_a_password_reads_as_nothing_else(tmp_path: Path) -> None:
    """On a command line one that begins with a dash is an option, in an address a slash or an at ends it."""
    assert [re.sub("[0-9a-f]{48}", "", password) for password in keep(tmp_path).values()] == ["", "", ""]


def test_the_secrets_are_for_their_owner_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    keep_for_compose(folder)
    made = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    keep_for_compose(folder)
    assert made == {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(set(made.values())) == 4
    assert made["redis_url"] == f"redis://:{made['redis']}@redis:6379/0"


def test_neo4j_is_configured_as_in_the_tests() -> None:
    here_only = re.compile(r"server\.(directories\b|default_|bolt\b|http\b)|dbms\.security\.auth_max_failed_attempts")
    conf = dict(re.findall(r"^([a-z][\w.]+)=(.+)$", (ROOT / "services/neo4j.conf").read_text("utf-8"), re.MULTILINE))
    tested = {key: value for key, value in conf.items() if not here_only.match(key)} | {
        "server.memory.pagecache.size": "512m",
        "server.memory.heap.initial_size": "512m",
        "server.memory.heap.max_size": "512m",
    }
    assert {_dotted(name): value for name, value in SERVICES["neo4j"]["environment"].items()} == tested


def _dotted(name: str) -> str:
    return name.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".").replace("\0", "_")


def test_weaviate_is_configured_as_in_the_tests() -> None:
    tested = dict(ASSIGNMENT.findall((ROOT / "services/run-weaviate").read_text("utf-8")))
    for port_path_or_secret in (
        "PERSISTENCE_DATA_PATH",
        "GRPC_PORT",
        "CLUSTER_GOSSIP_BIND_PORT",
        "CLUSTER_DATA_BIND_PORT",
        "RAFT_PORT",
        "RAFT_INTERNAL_RPC_PORT",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS",
    ):
        del tested[port_path_or_secret]
    tested["GOMEMLIMIT"] = "1GiB"
    given = SERVICES["weaviate"]["environment"]
    assert given == tested | {"PERSISTENCE_DATA_PATH": given["PERSISTENCE_DATA_PATH"]}


def test_redis_is_configured_as_in_the_tests() -> None:
    script = (ROOT / "services/run-redis").read_text("utf-8")
    settings = dict(re.findall(r"^(save|appendonly|maxmemory|maxmemory-policy) (\S+)$", script, re.MULTILINE))
    settings["maxmemory"] = "256mb"
    assert dict(re.findall(r"--(\S+) (\S+)", SERVICES["redis"]["command"][-1])) == settings
