"""The same servers in containers, where a Docker engine answers."""

from collections.abc import Mapping

from services.command import need, output, run
from services.passwords import keep_for_compose
from services.places import CACHE, REPOSITORY, SECRETS
from services.servers import Server

LOG = CACHE / "log" / "compose.log"
NAMES = ("neo4j", "weaviate", "redis")
# Not the operator's project: its volumes hold other passwords.
PROJECT = "mnemograph-services"


def answers() -> bool:
    return bool(output("docker", "info") and output("docker", "compose", "version"))


def begin(environ: Mapping[str, str]) -> None:
    keep_for_compose(SECRETS)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    _compose("up", "--detach", "--wait", *NAMES, environ=environ)


def end(environ: Mapping[str, str]) -> None:
    _compose("stop", *NAMES, environ=environ)


def running(server: Server) -> bool:
    return bool(output("docker", "compose", "--project-name", PROJECT, "ps", "--quiet", server.name))


def _compose(*words: str, environ: Mapping[str, str]) -> None:
    docker = need("docker", "it answered a moment ago")
    variables = {**environ, "SECRETS_FOLDER": str(SECRETS)}
    run(docker, "compose", "--project-name", PROJECT, *words, log=LOG, environ=variables, folder=REPOSITORY)


def log(server: Server) -> str:
    return f"docker compose --project-name {PROJECT} logs {server.name}"
